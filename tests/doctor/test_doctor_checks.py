"""Every outcome of every check, with probes that say what they are told to."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from avatar_cam.characters.library import user_folder
from avatar_cam.doctor import cameras, display, virtual_camera
from avatar_cam.doctor.apart import NoAnswer
from avatar_cam.doctor.cameras import Camera, Locked, Look, Refused, check_cameras
from avatar_cam.doctor.config import Read, check_config
from avatar_cam.doctor.display import Shown, check_display
from avatar_cam.doctor.faces import Measured, check_faces
from avatar_cam.doctor.folders import check_folders
from avatar_cam.doctor.kernel import check_kernel
from avatar_cam.doctor.licences import check_licences
from avatar_cam.doctor.machine import Facts, check_memory, check_python, facts
from avatar_cam.doctor.model import check_model
from avatar_cam.doctor.packs import check_packs
from avatar_cam.doctor.port import check_port
from avatar_cam.doctor.virtual_camera import check_virtual_camera
from avatar_cam.emotions.card import DEFAULT_MODEL
from avatar_cam.formats import Finding
from avatar_cam.system import System
from tests.emotions.models import card, constant_model, write_model
from tests.factories import MANIFEST, write_pack

UBUNTU = System("Linux", ("ubuntu", "debian"), "Ubuntu 24.04", checkout=True)
FEDORA = System("Linux", ("fedora",), "Fedora 41", python="python3.12")
ARCH = System("Linux", ("arch",), "Arch Linux")
NIX = System("Linux", ("nixos",), "NixOS")
WINDOWS = System("Windows", (), "Windows 11")
MAC = System("Darwin", (), "macOS 15")


def test_the_system_we_run_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    release = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "PRETTY_NAME": "Linux Mint 22"}
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: release)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr(sys, "executable", "/with blanks/python")
    system = System.here()
    assert (system.name, system.likes) == ("Linux", ("linuxmint", "ubuntu", "debian"))
    assert system.words.startswith("Linux Mint 22, Linux ")
    assert system.checkout, "the tests run in one"
    assert system.python == "'/with blanks/python'"
    (tmp_path / "file").write_text(" text \n", "utf-8")
    assert replace(system, root=tmp_path).read("file") == "text"
    assert replace(system, root=tmp_path).read("none") == ""


def only(findings: Iterable[Finding], verdict: str) -> Finding:
    [finding] = findings
    assert finding.verdict == verdict, finding
    assert (finding.mend is None) == (verdict == "ok"), finding
    assert finding.found and "\n" not in finding.found
    return finding


def silent(what: str) -> Callable[..., object]:
    def raises(*_: object) -> object:
        raise NoAnswer(what, late=what.startswith("did not"))

    return raises


GOOD = Facts((3, 12), 64, "x86_64", 8, 16_000_000_000, 9_000_000_000)


def test_python_that_fits() -> None:
    assert "3.12" in only(check_python(UBUNTU, GOOD), "ok").found


UV_PYTHON = "python -m pip install uv && python -m uv run --python 3.12 avatar-cam doctor"


@pytest.mark.parametrize(
    ("system", "change", "mend"),
    [
        (UBUNTU, {"python": (3, 13)}, UV_PYTHON),
        (FEDORA, {"python": (3, 10)}, UV_PYTHON),
        (WINDOWS, {"bits": 32}, "winget install Python.Python.3.12"),
        (MAC, {"python": (3, 14)}, "brew install python@3.12"),
        (WINDOWS, {"processor": "ARM64"}, "install the x64 version of Python 3.12 from python.org"),
    ],
)
def test_python_that_does_not_fit(system: System, change: dict[str, object], mend: str) -> None:
    assert only(check_python(system, replace(GOOD, **change)), "fault").mend == mend  # type: ignore[arg-type]


def test_memory_and_cores() -> None:
    assert only(check_memory(GOOD), "ok").figures == {"free_mb": 9000, "memory_mb": 16000, "cores": 8}
    only(check_memory(replace(GOOD, free=700_000_000)), "warning")
    only(check_memory(replace(GOOD, free=300_000_000)), "fault")
    assert "--no-pose" in str(only(check_memory(replace(GOOD, cores=1)), "warning").mend)
    only(check_memory(replace(GOOD, free=None)), "ok")


def test_facts_of_this_machine() -> None:
    here = facts()
    assert here.python == sys.version_info[:2]
    assert here.cores >= 1
    assert here.memory is None or here.memory > 100_000_000
    assert here.free is None or here.memory is None or 0 < here.free <= here.memory


LOOK = Look((1280, 720), "MJPG", 29.9, 0.6, 120.0)


def camera_probes(
    listed: list[Camera] | None = None, look: object = LOOK, locked: tuple[Locked, ...] = ()
) -> cameras.Probes:
    return cameras.Probes(
        listed=lambda: [Camera("0", "Webcam")] if listed is None else listed,
        look=look if callable(look) else lambda *_: look,
        locked=lambda: locked,
    )


def look_at(system: System, probes: cameras.Probes, chosen: str = "0") -> list[Finding]:
    return list(check_cameras(system, chosen, (1280, 720), 30, probes))


def test_no_camera() -> None:
    assert "avatar-cam demo" in str(only(look_at(UBUNTU, camera_probes([])), "warning").mend)
    mend = str(only(look_at(WINDOWS, camera_probes([])), "warning").mend)
    assert mend.startswith("start ms-settings:privacy-webcam")


def test_a_camera_that_gives_pictures() -> None:
    listed, one = look_at(UBUNTU, camera_probes())
    assert (listed.found, listed.figures) == ("0 (Webcam)", {"count": 1})
    assert (one.check, one.verdict) == ("camera 0", "ok")
    assert one.found == "Webcam: 1280x720, 30 pictures a second, MJPG; the first after 0.6 s"


@pytest.mark.parametrize(
    ("look", "verdict", "found", "mend"),
    [
        (replace(LOOK, fps=12.0), "warning", "12 pictures a second", "more light"),
        (replace(LOOK, brightness=1.0), "warning", "but they are black", "open the shutter"),
        (
            Refused("camera 0 is in use by obs: close it there", busy=True),
            "warning",
            "camera 0 is in use by obs",
            "close it there",
        ),
        (
            Refused("camera 0 was unplugged or switched off", busy=False),
            "fault",
            "camera 0 was unplugged or switched off",
            "unplug it and plug it in again",
        ),
        (silent("did not answer within 30 s"), "fault", "Webcam did not answer within 30 s", "unplug it"),
        (silent("crashed (SIGSEGV)"), "fault", "Webcam crashed (SIGSEGV)", "unplug it"),
    ],
)
def test_a_camera_that_does_not(look: object, verdict: str, found: str, mend: str) -> None:
    _, one = look_at(UBUNTU, camera_probes(look=look))
    only([one], verdict)
    assert found in one.found
    assert mend in str(one.mend)


def test_one_camera_that_hangs_does_not_hide_the_next() -> None:
    def look(which: str, size: tuple[int, int], fps: float) -> Look:
        if which == "0":
            raise NoAnswer("did not answer within 30 s")
        return LOOK

    both = [Camera("0", "Old"), Camera("1", "New")]
    _, old, new = look_at(UBUNTU, camera_probes(both, look))
    assert (old.verdict, new.verdict) == ("fault", "ok")


def test_devices_that_may_not_be_used() -> None:
    locked = (Locked("/dev/video0", "video", joined=False), Locked("/dev/video1", "video", joined=True))
    first, second, _ = look_at(UBUNTU, camera_probes([], locked=locked))
    assert first.mend == "sudo usermod -aG video $USER, then log out and in again"
    assert str(second.mend).startswith("log out and in again: you were added")
    assert {first.verdict, second.verdict} == {"fault"}


def test_a_list_that_hangs() -> None:
    probes = replace(camera_probes(), listed=silent("did not answer within 30 s"))  # type: ignore[arg-type]
    assert "listing the cameras did not answer" in only(look_at(UBUNTU, probes), "fault").found


def test_the_camera_of_the_config_file_is_looked_at_too() -> None:
    asked = []

    def look(which: str, size: tuple[int, int], fps: float) -> Look:
        asked.append(which)
        return LOOK

    findings = look_at(UBUNTU, camera_probes(look=look), chosen="rtsp://me:secret@door/1")
    assert asked == ["0", "rtsp://me:secret@door/1"]
    assert "secret" not in " ".join(finding.model_dump_json() for finding in findings)
    look_at(UBUNTU, camera_probes(look=look), chosen="demo")
    assert asked[2:] == ["0"]


@pytest.mark.skipif(sys.platform != "linux", reason="devices of Linux")
def test_locked_devices_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("video0", "video1", "null"):
        (tmp_path / name).touch()
    monkeypatch.setattr("os.access", lambda path, _: path.name != "video1")
    assert [Path(device.path).name for device in cameras.locked_devices(tmp_path)] == ["video1"]


def test_looking_at_a_camera_for_real() -> None:
    look = cameras.look_at("demo", (320, 180), 30.0)
    assert isinstance(look, Look)
    assert look.size == (320, 180)
    assert look.fps > 1
    assert 10 < look.brightness < 250


def test_looking_at_a_camera_that_is_not_there() -> None:
    look = cameras.look_at("/dev/video99", (320, 180), 30.0)
    assert isinstance(look, Refused)
    assert not look.busy


@pytest.fixture
def linux(tmp_path: Path) -> System:
    """A machine with v4l2loopback and one device of it."""
    module = tmp_path / "sys/module/v4l2loopback"
    (module / "parameters").mkdir(parents=True)
    (module / "version").write_text("0.12.7\n", "utf-8")
    (module / "parameters/exclusive_caps").write_text("Y,N,N,N\n", "utf-8")
    device = tmp_path / "sys/devices/virtual/video4linux/video10"
    device.mkdir(parents=True)
    (device / "name").write_text("avatar-cam\n", "utf-8")
    return replace(UBUNTU, root=tmp_path)


def virtual(
    version: str | None = "0.15.0", opened: object = ("/dev/video10", None), writable: bool = True
) -> virtual_camera.Probes:
    open_it = opened if callable(opened) else lambda _: opened
    return virtual_camera.Probes(lambda: version, lambda _: writable, open_it)


def test_a_virtual_camera_that_works(linux: System) -> None:
    findings = list(check_virtual_camera(linux, None, virtual()))
    assert [finding.verdict for finding in findings] == ["ok"] * 3
    assert findings[1].found == "v4l2loopback 0.12.7: /dev/video10 (avatar-cam)"
    assert findings[2].found == "/dev/video10 takes pictures"


def test_doctor_without_pyvirtualcam(linux: System) -> None:
    library, driver = check_virtual_camera(linux, None, virtual(version=None))
    assert "is not installed" in only([library], "warning").found
    assert "virtual" in str(library.mend)
    assert driver.verdict == "ok"


def test_without_exclusive_caps(linux: System) -> None:
    (linux.root / "sys/module/v4l2loopback/parameters/exclusive_caps").write_text("N,Y\n", "utf-8")
    _, driver, _ = check_virtual_camera(linux, None, virtual())
    assert "browsers and Zoom do not list it" in only([driver], "warning").found
    assert str(driver.mend).startswith(
        "sudo modprobe -r v4l2loopback && sudo modprobe v4l2loopback devices=1"
    )


def test_a_virtual_camera_that_may_not_be_used(linux: System) -> None:
    _, driver, _ = check_virtual_camera(linux, None, virtual(writable=False))
    assert "/dev/video10 may not be used by you" in only([driver], "warning").found
    assert str(driver.mend).startswith("sudo usermod -aG video $USER")


def test_without_a_driver(tmp_path: Path, linux: System) -> None:
    (linux.root / "sys/devices/virtual/video4linux/video10/name").unlink()
    (linux.root / "sys/devices/virtual/video4linux/video10").rmdir()
    _, driver = check_virtual_camera(linux, None, virtual())
    assert "sudo modprobe" in str(only([driver], "warning").mend)


@pytest.mark.parametrize(
    ("opened", "found"),
    [
        (("", "/dev/video10 is in use by obs: close it there"), "/dev/video10 is in use by obs"),
        (silent("did not answer within 30 s"), "opening the virtual camera did not answer within 30 s"),
    ],
)
def test_a_virtual_camera_that_does_not_open(linux: System, opened: object, found: str) -> None:
    *_, last = check_virtual_camera(linux, None, virtual(opened=opened))
    assert only([last], "warning").found == found


def test_a_virtual_camera_elsewhere_is_only_opened() -> None:
    message = "there is no virtual camera: install OBS Studio (winget install OBSProject.OBSStudio)"
    library, opening = check_virtual_camera(WINDOWS, None, virtual(opened=("", message)))
    assert library.verdict == "ok"
    assert "winget install OBSProject.OBSStudio" in str(only([opening], "warning").mend)


def window(shown: object, card: bool = True) -> display.Probes:
    return display.Probes(shown if callable(shown) else lambda: shown, lambda: card)


def test_a_display() -> None:
    good = Shown("x11", ((1920, 1080),), 0.4)
    assert only(check_display(window(good)), "ok").found == "1920x1080 by x11; a picture is shown in 0.4 ms"
    assert "no graphics card" in only(check_display(window(good, card=False)), "ok").found
    only(check_display(window(replace(good, ms=30.0))), "warning")
    gone = only(check_display(window("no window can be opened: there is no display here")), "warning")
    assert gone.found == "there is no display here"
    assert "crashed" in only(check_display(window(silent("crashed (SIGSEGV)"))), "warning").found


def test_a_window_for_real() -> None:
    """By SDL's dummy driver, which counts as a screen when it is asked for."""
    result = display.shown()
    assert isinstance(result, Shown)
    assert result.driver == "dummy"
    assert result.displays


def test_the_model_that_ships() -> None:
    found = only(check_model(UBUNTU, DEFAULT_MODEL, lambda _: None), "ok")
    assert "8 labels" in found.found
    broken = only(check_model(UBUNTU, DEFAULT_MODEL, lambda _: "it is broken"), "fault")
    assert broken.mend == "python -m uv run --reinstall-package avatar-cam avatar-cam doctor"


def test_a_model_of_ones_own_that_does_not_fit(tmp_path: Path) -> None:
    model = tmp_path / "mine.tflite"
    write_model(model, constant_model((0.1, 0.1, 0.8)), card())
    only(check_model(UBUNTU, model), "ok")
    model.write_bytes(b"another")
    other = only(check_model(UBUNTU, model), "fault")
    assert "SHA-256 differs" in other.found
    assert str(other.mend).startswith("leave --model out")
    write_model(model, b"no model", card())
    assert "is not a TFLite model" in only(check_model(UBUNTU, model), "fault").found
    assert "crashed" in only(check_model(UBUNTU, model, silent("crashed")), "fault").found  # type: ignore[arg-type]


FINE = Measured(1.0, 3.0, "pleasure", 0.98, 0.7, 0.5, 4)


def faces_of(result: object, model: Path = DEFAULT_MODEL, system: System = UBUNTU) -> list[Finding]:
    measure = result if callable(result) else lambda _: result
    return list(check_faces(system, model, 30, measure))


def test_faces_that_are_found_and_read() -> None:
    findings = faces_of(FINE)
    assert [(one.check, one.verdict) for one in findings] == [
        ("faces", "ok"),
        ("reading", "ok"),
        ("speed", "ok"),
    ]
    assert "expect all of a camera's 30 pictures a second" in findings[2].found
    assert findings[2].figures == {"face_ms": 3.0, "expected_fps": 166.7}


def test_faces_that_are_not_found() -> None:
    assert only(faces_of(replace(FINE, found=0.0)), "fault").check == "faces"


def test_faces_that_are_read_wrong() -> None:
    _, ours, _ = faces_of(replace(FINE, emotion="anger"))
    assert "is read as anger" in only([ours], "fault").found
    _, theirs, _ = faces_of(replace(FINE, emotion="anger"), Path("mine.tflite"))
    only([theirs], "warning")


def test_faces_that_are_found_slowly() -> None:
    *_, speed = faces_of(replace(FINE, face_ms=40.0))
    assert "expect about 12 pictures" in only([speed], "warning").found
    assert "--no-pose" in str(speed.mend)
    *_, slower = faces_of(replace(FINE, face_ms=400.0))
    assert "expect about 1.2 pictures" in slower.found
    *_, busy = faces_of(replace(FINE, face_ms=40.0, load=9.0))
    assert "load 9.0" in busy.found
    assert str(busy.mend).startswith("close other programs")


def test_mediapipe_that_does_not_run() -> None:
    crash = only(faces_of(silent("crashed (SIGILL)")), "fault")
    assert "AVX" in str(crash.mend)
    slow = only(faces_of(silent("did not answer within 240 s")), "fault")
    assert "too slow" in str(slow.mend)
    missing = only(faces_of(silent("ImportError: no mediapipe"), system=FEDORA), "fault")
    assert missing.mend == "python3.12 -m pip install --force-reinstall avatar-cam"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the packs that ship, with one in it: all of them take long."""
    folder = tmp_path / "installed"
    write_pack(folder / "square")
    monkeypatch.setattr("avatar_cam.characters.library.installed_folder", lambda: folder)
    return folder


@pytest.mark.usefixtures("installed")
def test_packs_that_ship() -> None:
    found = only(check_packs(UBUNTU, None), "ok")
    assert (found.found, found.figures) == ("1 installed: square", {"count": 1})


def test_a_pack_that_ships_and_is_broken(installed: Path) -> None:
    write_pack(installed / "broken", "name = 1\n")
    _, broken = check_packs(FEDORA, None)
    assert broken.mend == "python3.12 -m pip install --force-reinstall --no-deps avatar-cam"


@pytest.mark.usefixtures("installed")
def test_packs_of_ones_own_with_faults(tmp_path: Path) -> None:
    write_pack(user_folder() / "dot")
    tmp_path /= "mine"
    write_pack(tmp_path / "broken", "colour = 1\n" + MANIFEST)
    half = write_pack(tmp_path / "half a pack")
    next(half.glob("*.png")).write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    whole, *broken = check_packs(UBUNTU, tmp_path)
    assert whole.found == "1 installed, 1 yours: dot, square"
    assert [finding.check for finding in broken] == ["pack broken", "pack half a pack"]
    for finding in broken:
        only([finding], "warning")
    assert "character.toml: line 1: colour: is not a known key" in broken[0].found
    assert broken[1].mend == f"avatar-cam characters check '{half}'"


def test_no_packs_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_cam.characters.library.installed_folder", lambda: tmp_path / "none")
    assert "no character" in only(check_packs(FEDORA, None), "fault").found


@pytest.mark.usefixtures("installed")
def test_a_folder_of_packs_that_is_not_there(tmp_path: Path) -> None:
    wrong, packs = check_packs(UBUNTU, tmp_path / "none")
    assert (wrong.verdict, packs.verdict) == ("fault", "ok")


@pytest.mark.usefixtures("installed")
def test_a_folder_with_no_packs_in_it(tmp_path: Path) -> None:
    empty, packs = check_packs(UBUNTU, tmp_path)
    assert (empty.verdict, packs.verdict) == ("warning", "ok")
    assert empty.found == f"{tmp_path}: there is no character in it"


def test_the_compiled_drawing(tmp_path: Path) -> None:
    def finding(system: System, loads: bool, file: Path, compiler: bool, verdict: str) -> Finding:
        return only(check_kernel(system, lambda: loads, lambda: file, lambda: compiler), verdict)

    missing, there = tmp_path / "warp.so", tmp_path / "old.so"
    there.touch()
    again = "python -m uv run --reinstall-package avatar-cam avatar-cam doctor"
    assert finding(UBUNTU, True, there, False, "ok").found == "compiled code"
    assert "another version" in finding(UBUNTU, False, there, True, "warning").found
    assert finding(UBUNTU, False, missing, True, "warning").mend == again
    assert finding(UBUNTU, False, missing, False, "warning").mend == (
        f"sudo apt install gcc libc6-dev, then {again}"
    )
    for system, install in (
        (FEDORA, "sudo dnf install gcc"),
        (ARCH, "sudo pacman -S gcc"),
        (NIX, "install a C compiler with your system's package manager"),
        (WINDOWS, "winget install LLVM.LLVM"),
        (MAC, "xcode-select --install"),
    ):
        assert str(finding(system, False, missing, False, "warning").mend).startswith(f"{install}, then ")


def test_the_config_file(tmp_path: Path) -> None:
    file = tmp_path / "my config.toml"
    assert "no such config file" in only(check_config(Read.of(file)), "fault").found
    file.write_text("faces = 2\n", "utf-8")
    assert only(check_config(Read.of(file)), "ok").found == f"{file} sets faces"
    assert Read.of(file).settings.faces == 2
    file.write_text("\nfacse = 2\n", "utf-8")
    broken = only(check_config(Read.of(file)), "fault")
    assert broken.found == f"{file}: line 2: facse: is not a known key; did you mean faces?"
    assert str(broken.mend).endswith(f"config init --force --config '{file}'")
    assert Read.of(file).settings.faces == 1


def test_no_config_file_is_fine() -> None:
    assert "avatar-cam config init" in only(check_config(Read.of(None)), "ok").found


def test_folders_and_room(tmp_path: Path) -> None:
    def finding(folder: Path, free: int, verdict: str) -> Finding:
        return only(check_folders(UBUNTU, {"snapshots": folder}, lambda _: free), verdict)

    new = tmp_path / "a" / "b"
    assert finding(new, 5 * 10**9, "ok").found == f"{new}, 5.0 GB free"
    assert not new.exists()
    finding(new, 10**8, "warning")
    finding(new, 10**6, "fault")
    (tmp_path / "file").touch()
    assert "is no folder" in finding(tmp_path / "file" / "sub", 10**10, "warning").found


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(dir: Path) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", forbid)
    unix = only(check_folders(UBUNTU, {"logs": tmp_path}), "warning")
    assert "Permission denied" in unix.found
    assert str(unix.mend).startswith('sudo chown "$USER" ')
    assert "icacls" in str(only(check_folders(WINDOWS, {"logs": tmp_path}), "warning").mend)


def test_licences_of_what_is_installed() -> None:
    plain = {"opencv-contrib-python": "4.11.0.86", "av": "18.1.0"}
    with_gpl = plain | {"pyvirtualcam": "0.15.0"}
    assert "pyvirtualcam" not in only(check_licences(UBUNTU, lambda: plain), "ok").found
    assert "pyvirtualcam 0.15.0 (GPL-2.0)" in only(check_licences(UBUNTU, lambda: with_gpl), "ok").found
    assert "av 18" in only(check_licences(UBUNTU), "ok").found, "what is really installed"


def test_two_opencvs() -> None:
    both = {"opencv-contrib-python": "4.11.0.86", "opencv-python": "4.12.0"}
    _, doubled = check_licences(FEDORA, lambda: both)
    assert "opencv-contrib-python, opencv-python" in only([doubled], "fault").found
    assert str(doubled.mend).startswith("python3.12 -m pip uninstall -y opencv-python && ")


def test_the_overlay_port() -> None:
    only(check_port("127.0.0.1", None), "ok")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = only(check_port("127.0.0.1", port), "fault")
    assert f"{port} on 127.0.0.1 cannot be had: " in busy.found
    assert "--overlay-port" in str(busy.mend)
    assert only(check_port("127.0.0.1", port), "ok").found == f"{port} on 127.0.0.1 is free"
    assert "cannot be had" in only(check_port("no.such.host.invalid", 80), "fault").found
    assert "cannot be had" in only(check_port("a..b", 80), "fault").found


def test_a_port_that_was_just_let_go_is_free() -> None:
    """As it is when avatar-cam is started anew: a connection that it had still lingers in the system."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            accepted.close()  # who closes first is who lingers
            assert client.recv(1) == b""
    only(check_port("127.0.0.1", port), "ok")
