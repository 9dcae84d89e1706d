"""Pin every version that the project is built, run and tested with, transitive ones too.

    python scripts/pin.py            takes the newest versions that fit and writes them down
    python scripts/pin.py --check    says whether what is written down is complete and fits

uv.lock names the index that it was made with, so it is not committed. The versions stand in pyproject.toml
instead: as `constraint-dependencies`, and for building the package as `build-constraint-dependencies`, each
between two marker comments. Needs uv and nothing else.
"""

from __future__ import annotations

import argparse
import difflib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"
#: What an editable install asks hatchling for, beside `build-system.requires`.
BUILD_EXTRAS = ("editables",)
#: The oldest Python that the project runs on; newer ones are resolved at the same time.
PYTHON = "3.11"


class ResolutionError(Exception):
    """uv found no versions that fit; its own words."""


def uv(*arguments: str, cwd: Path, stdin: str = "") -> str:
    """What uv prints."""
    # `uv run` names itself in the environment.
    own = [sys.executable, "-m", "uv"] if importlib.util.find_spec("uv") else ["uv"]
    command = [os.environ["UV"]] if "UV" in os.environ else own
    done = subprocess.run(
        [*command, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ResolutionError(done.stderr.strip())
    return done.stdout


def with_pins(text: str, pins: dict[str, list[str]]) -> str:
    """`text` of a pyproject.toml with the lists under these keys replaced."""
    for key, lines in pins.items():
        body = "".join(f'    "{line}",\n' for line in lines)
        block = re.compile(rf"(# pins: begin.*\n{key} = \[\n)(?:.*\n)*?(\]\n# pins: end\n)")
        text, count = block.subn(rf"\g<1>{body}\g<2>", text)
        if count != 1:
            raise SystemExit(f"{PROJECT.name}: no block '# pins: begin … {key} = [ … ] # pins: end'")
    return text


def resolve(text: str) -> list[str]:
    """Every package of the lock that uv makes of this pyproject.toml, as `name==version`, sorted."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # The version is read from the package by the build backend: spare it.
        text = text.replace('dynamic = ["version"]', 'version = "0"')
        (place / "pyproject.toml").write_text(text, "utf-8")
        uv("lock", "--quiet", "--python", f">={PYTHON}", cwd=place)
        lock = tomllib.loads((place / "uv.lock").read_text("utf-8"))
    return sorted(
        _pin(package, lock["package"]) for package in lock["package"] if "registry" in package["source"]
    )


def _pin(package: dict[str, Any], packages: list[dict[str, Any]]) -> str:
    """`name==version`, with a marker where other Pythons or systems get another version."""
    pin = f"{package['name']}=={package['version']}"
    if sum(other["name"] == package["name"] for other in packages) == 1:
        return pin
    marker = " or ".join(f"({marker})" for marker in package["resolution-markers"])
    return f"{pin} ; {marker}"


def resolve_build(text: str, constraints: list[str]) -> list[str]:
    """The build backend and what it needs, as `name==version`, sorted."""
    requires = [*tomllib.loads(text)["build-system"]["requires"], *BUILD_EXTRAS]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "constraints.txt").write_text("\n".join(constraints), "utf-8")
        options = ["--universal", "--python-version", PYTHON, "--no-header", "--no-annotate", "--quiet"]
        asked = [*options, "--no-emit-index-url", "--no-emit-find-links", "--constraint", "constraints.txt"]
        printed = uv("pip", "compile", *asked, "-", cwd=place, stdin="\n".join(requires))
    return sorted(line for line in printed.splitlines() if "==" in line)


def main() -> int:
    """Write the pins, or check them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit status 1 if they do not fit"
    )
    check = parser.parse_args().check

    before = PROJECT.read_text("utf-8")
    keys = ("constraint-dependencies", "build-constraint-dependencies")
    # Checking resolves under the pins as they are: newer releases do not matter then.
    start = before if check else with_pins(before, {key: [] for key in keys})
    tool = tomllib.loads(start)["tool"]["uv"]
    try:
        pins = {keys[0]: resolve(start), keys[1]: resolve_build(start, tool[keys[1]])}
    except ResolutionError as error:
        print(error, file=sys.stderr)
        return 1
    after = with_pins(before, pins)
    if not check:
        PROJECT.write_text(after, "utf-8")
        print(f"{PROJECT.name}: {sum(map(len, pins.values()))} versions pinned")
        return 0
    if after == before:
        return 0
    sys.stderr.writelines(
        difflib.unified_diff(before.splitlines(True), after.splitlines(True), "is", "should be")
    )
    print("the pins do not fit: run python scripts/pin.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
