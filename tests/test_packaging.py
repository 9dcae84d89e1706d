"""The wheel carries all that the program needs, and works where the checkout is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import avatar_cam

ROOT = Path(__file__).parents[1]
#: `uv run` names itself in the environment.
UV = os.environ.get("UV") or shutil.which("uv")
NO_NETWORK = ("error sending request", "Failed to fetch", "Could not connect", "dns error")

pytestmark = pytest.mark.skipif(UV is None, reason="uv is not installed")


def uv(*arguments: str | Path, cwd: Path) -> None:
    done = subprocess.run(
        [str(UV), *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode and any(sign in done.stderr for sign in NO_NETWORK):
        pytest.skip("there is no network to fetch the build backend from")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    uv("build", "--quiet", "--wheel", "--out-dir", out, ROOT, cwd=out)
    [built] = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_artwork_model_and_types(names: set[str]) -> None:
    package = ROOT / "avatar_cam"
    needed = [
        "emotions/model/emotion.tflite",
        "emotions/model/emotion.json",
        "tracking/mean_face.npy",
        "kiosk/font/booth.ttf",
        "kiosk/font/OFL.txt",
        "characters/starter/character.toml",
        "characters/starter/drawing.svg",
        "characters/starter/neutrality.png",
        "py.typed",
    ]
    assert all((package / name).is_file() for name in needed)
    assert {f"avatar_cam/{name}" for name in needed} <= names
    pack = ROOT / "assets" / "characters" / "bear"
    assert (pack / "character.toml").is_file()
    artwork = {path.relative_to(ROOT).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert {f"avatar_cam/{name}" for name in artwork} <= names


def test_the_wheel_has_nothing_else(names: set[str]) -> None:
    top = {name.partition("/")[0] for name in names}
    assert top == {"avatar_cam", f"avatar_cam-{avatar_cam.__version__}.dist-info"}
    suffixes = {Path(name).suffix for name in names if name.startswith("avatar_cam/")}
    assert suffixes <= {
        ".py",
        ".typed",
        ".tflite",
        ".json",
        ".npy",
        ".toml",
        ".png",
        ".svg",
        ".c",
        ".so",
        ".html",
        ".js",
        ".h",
        ".ttf",
        ".txt",
    }


def test_the_wheel_says_what_it_is(wheel: Path, names: set[str]) -> None:
    [metadata] = (name for name in names if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        fields = Parser().parsestr(archive.read(metadata).decode())
    assert fields["Version"] == avatar_cam.__version__
    assert fields["License-Expression"] == "MIT"
    required = [line for line in fields.get_all("Requires-Dist", []) if "extra ==" not in line]
    # pip knows nothing of uv's constraints: what is too new must be excluded here.
    assert required
    assert all("<" in line or "==" in line for line in required), required
    assert not any(line.startswith(("tensorflow", "keras")) for line in required)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel; its dependencies are those of this one."""
    place = tmp_path_factory.mktemp("installed")
    environment = place / "env"
    uv("venv", "--quiet", "--no-project", "--python", sys.executable, environment, cwd=place)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    uv("pip", "install", "--quiet", "--no-deps", "--python", programs / "python", wheel, cwd=place)
    own = subprocess.run(
        [programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # Paths in a .pth file are added behind the environment's own, and no .pth file there is read: the
    # checkout, which is installed there, stays out of sight.
    (Path(own) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return programs


def in_another_folder(installed: Path, tmp_path: Path, *command: str) -> str:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    homes = dict.fromkeys(
        ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(tmp_path)
    )
    done = subprocess.run(
        [str(installed / command[0]), *command[1:]],
        cwd=tmp_path,
        env=environment | homes | {"COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_installed_program_lists_its_characters_from_any_folder(installed: Path, tmp_path: Path) -> None:
    printed = in_another_folder(installed, tmp_path, "avatar-cam", "characters", "list")
    assert "bear" in printed
    assert "CC0-1.0" in printed
    assert str(installed.parent.resolve()) in printed, "it lists the checkout's characters"


def test_the_installed_program_loads_its_model_and_mean_face(installed: Path, tmp_path: Path) -> None:
    code = (
        "from avatar_cam.emotions.recogniser import LiteRtRecogniser\n"
        "from avatar_cam.tracking.head import mean_face\n"
        "print(len(LiteRtRecogniser().card.labels), mean_face().shape)"
    )
    printed = in_another_folder(installed, tmp_path, "python", "-c", code)
    assert printed.split() == ["8", "(468,", "3)"]
