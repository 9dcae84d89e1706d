"""`avatar-cam config`: write the config file, show what is in effect, say where it lies."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

from avatar_cam.apps.config_file import config_text, toml_value
from avatar_cam.console import say
from avatar_cam.errors import UsageError
from avatar_cam.files import explaining, replacing
from avatar_cam.settings import Loaded, Settings, default_config
from avatar_cam.sources.camera import label

_DEFAULT = "default"


def run_init(config: Path | None, *, force: bool) -> None:
    """Write the commented config file, at `config` or where it is looked for, for this user's eyes only.

    Raises UsageError where there is one already, unless `force` replaces it and keeps a copy, and SinkError
    when it cannot be written.
    """
    path = config or default_config()
    if path.is_symlink() or path.exists():
        if not force:
            raise UsageError(f"{path} is there already; --force replaces it and keeps a copy")
        if path.is_file():
            say(f"what was there is kept as {_kept(path)}")
    with explaining(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    # There are passwords in it.
    with replacing(path, private=True) as beside:
        beside.write_text(config_text(), "utf-8", newline="\n")
    print(path)


def _kept(path: Path) -> Path:
    """A whole copy of the file, under a name that was free."""
    names = (f"{path.name}.bak{number if number > 1 else ''}" for number in count(1))
    backup = next(place for name in names if not (place := path.with_name(name)).exists())
    with replacing(backup, private=True) as beside:
        shutil.copyfile(path, beside)
        shutil.copymode(path, beside)
    return backup


def run_show(loaded: Loaded) -> None:
    """Print every setting, its value as the config file has it, and where it comes from."""
    # No table: paths are not to be folded.
    widest = max(len(str(field.alias)) for field in Settings.model_fields.values())
    for name, value in loaded.settings.model_dump(mode="json").items():
        key = str(Settings.model_fields[name].alias)
        print(f"{key:{widest}}  {_shown(name, value)}  ({loaded.origins.get(name, _DEFAULT)})")


def _shown(name: str, value: object) -> str:
    """A value, but no passwords: who asks for help sends this to others."""
    if value is None:
        return "not set"
    if not Settings.model_fields[name].repr:
        return "set, and not shown here"
    if name == "camera":
        return toml_value(label(str(value))) if "://" in str(value) else toml_value(value)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {toml_value(inner)}" for key, inner in value.items()) or "as they are"
    return toml_value(value)


def run_path(config: Path | None) -> None:
    """Print the config file's path, and say so where there is none yet."""
    path = config or default_config()
    print(path)
    if not path.exists():
        say("there is no such file yet; avatar-cam config init writes it")
