"""The config file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avatar_cam.doctor.findings import fault, ok
from avatar_cam.formats import Finding
from avatar_cam.settings import Loaded, Settings, config_faults, default_config, load


@dataclass(frozen=True, slots=True)
class Read:
    """The settings in effect, those built in where the file is broken; and all that is wrong with it."""

    path: Path
    there: bool
    loaded: Loaded
    wrong: list[str]

    @property
    def settings(self) -> Settings:
        """For the other checks."""
        return self.loaded.settings

    @classmethod
    def of(cls, config: Path | None) -> Read:
        """Of that config file, or of the default one, which need not exist."""
        path = config or default_config()
        wrong = config_faults(path, must_exist=config is not None)
        loaded = Loaded(Settings(), {}) if wrong else load(config, {})
        return cls(path, path.exists(), loaded, wrong)


def check_config(read: Read) -> Iterator[Finding]:
    """Whether it is valid, and what it sets."""
    if read.wrong:
        *others, last = read.wrong
        for wrong in others:
            yield fault("config file", wrong, "mend that line")
        mend = (
            "mend that line: all else was checked without the file; or, to begin anew with a copy of it "
            "kept: avatar-cam config init --force"
        )
        if read.path != default_config():
            mend += f" --config {shlex.quote(str(read.path))}"
        yield fault("config file", last, mend)
    elif not read.there:
        yield ok("config file", f"none, which is fine; avatar-cam config init would write {read.path}")
    else:
        names = ", ".join(name.replace("_", "-") for name in read.loaded.origins) or "nothing"
        yield ok("config file", f"{read.path} sets {names}")
