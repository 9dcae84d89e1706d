"""Whatever is given to it, the program ends with one clear line, the right status, and no half file."""

from __future__ import annotations

import errno
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatar_cam.sources.video import VideoFile
from tests.commands import Outcome, command, names, run, run_apart, write_clip
from tests.emotions.models import card, constant_model, write_model
from tests.factories import MANIFEST, write_pack
from tests.sources.media import cut

Capture = pytest.CaptureFixture[str]

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


@pytest.fixture(scope="module")
def _clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", count=30)


@pytest.fixture
def clip(_clip: Path, here: Path) -> Path:
    """A video in the current folder."""
    path = here / "clip.mp4"
    path.write_bytes(_clip.read_bytes())
    return path


@pytest.fixture
def folder(here: Path) -> Path:
    """The current folder."""
    return here


def test_missing_file(folder: Path, capfd: Capture) -> None:
    done = run(capfd, "render", "nobody.mp4", "-o", "out.mp4")
    assert done.status == FAILED
    assert "nobody.mp4" in done.error
    assert names(folder) == []


def test_a_photo_that_is_none(folder: Path, capfd: Capture) -> None:
    (folder / "text.png").write_text("hello", encoding="utf-8")
    for source, why in (("nobody.png", "there is no file nobody.png"), ("text.png", "is not a photo, or is")):
        done = run(capfd, "render", source, "-o", "out.png")
        assert done.status == FAILED
        assert why in done.error
    assert names(folder) == ["text.png"]


def test_a_name_longer_than_names_can_be(folder: Path, capfd: Capture) -> None:
    for source, output in (("a" * 300, "out.mp4"), ("a" * 300 + ".png", "out.png")):
        assert "cannot be read" in run(capfd, "render", source, "-o", output).error
    (folder / "in").mkdir()
    (folder / "in" / "a.png").write_bytes(b"no photo")
    assert "too long" in run(capfd, "render", "in", "-o", "a" * 300).error
    assert names(folder) == ["in"]


def test_a_folder_that_may_not_be_looked_into(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if path.parts[:1] == ("locked",):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    assert "permission denied" in run(capfd, "render", "locked/in.mp4", "-o", "out.mp4").error


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"just some text\n" * 100, "not a video"), (b"", "is empty"), (os.urandom(5000), "not a video")],
    ids=["text", "empty", "noise"],
)
def test_a_file_that_is_no_video(folder: Path, capfd: Capture, content: bytes, why: str) -> None:
    (folder / "in.mp4").write_bytes(content)
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4")
    assert done.status == FAILED
    assert "in.mp4" in done.error and why in done.error
    assert names(folder) == ["in.mp4"]


def test_a_folder_named_mp4(folder: Path, capfd: Capture) -> None:
    (folder / "in.mp4").mkdir()
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4")
    assert done.status == FAILED
    assert "in.mp4" in done.error
    assert names(folder) == ["in.mp4"]


def test_a_video_that_was_cut_off_is_rendered_as_far_as_it_goes(
    clip: Path, folder: Path, capfd: Capture
) -> None:
    """What is there is rendered, the rest is said, and scripts are told by the status."""
    cut(clip, 0.6)
    done = run(capfd, "render", clip.name, "-o", "out.mp4")
    assert done.status == FAILED
    assert "cut off" in done.error and "out.mp4" in done.error
    assert names(folder) == ["clip.mp4", "out.mp4"]
    with VideoFile(folder / "out.mp4") as video:
        assert 5 < len(list(video)) < 30
        assert video.warning is None


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--character", "nobody"], WRONG_USAGE, "no character is called 'nobody'; there are: bear"),
        (["--character-dir", "nowhere"], WRONG_USAGE, "nowhere: no such folder of characters"),
        (["--emotion", "joy"], WRONG_USAGE, "--emotion: must be 'pleasure'"),
        (["--nonsense"], WRONG_USAGE, "--nonsense"),
        (["--faces", "0"], WRONG_USAGE, "--faces: must be greater than or equal to 1"),
        (["--faces", "many"], WRONG_USAGE, "--faces"),
        (["--model", "nowhere.tflite"], FAILED, "nowhere.tflite: no such model"),
        (["--config", "nowhere.toml"], WRONG_USAGE, "nowhere.toml: no such config file"),
        (["--trace", "clip.mp4"], WRONG_USAGE, "the trace would overwrite"),
        (["--trace", "out.mp4"], WRONG_USAGE, "the trace would overwrite"),
        (["--trace", "packs/../out.mp4"], WRONG_USAGE, "the trace would overwrite"),
        (["--trace", "OUT.mp4"], WRONG_USAGE, "the trace would overwrite"),
        (["--trace", "nowhere/t.jsonl"], FAILED, "there is no folder nowhere"),
        (["one too many"], WRONG_USAGE, "one too many"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_that_make_no_sense(
    clip: Path, folder: Path, capfd: Capture, options: list[str], status: int, said: str
) -> None:
    done = run(capfd, "render", clip.name, "-o", "out.mp4", *options)
    assert done.status == status
    assert said in done.error
    assert names(folder) == ["clip.mp4"]


def test_unknown_command_and_missing_arguments(folder: Path, capfd: Capture) -> None:
    for arguments in (
        ["fly"],
        ["render"],
        ["render", "in.mp4"],
        ["classify"],
        ["characters"],
        ["characters", "eat"],
    ):
        done = run(capfd, *arguments)
        assert done.status == WRONG_USAGE, arguments
        assert "--help shows what there is" in done.error


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("faces = 2\ncharacter = \n", "config.toml: line 2: is no value"),
        ("# mine\nfaces = 2\nhat = 1\n", "config.toml: line 3: hat: is not a known key"),
        ("\nfaces = 99\n", "config.toml: line 2: faces: must be less than or equal to 8"),
        ('emotion = "joy"\n', "config.toml: line 1: emotion: must be 'pleasure'"),
        ("character_dir = 'packs'\n", "config.toml: line 1"),
        ("\ntrace = '~nobody_here/t'\n", "config.toml: line 2: trace: there is no such user"),
        ("a = " + "[" * 5000, "config.toml: line 1: is nested too deeply"),
    ],
    ids=["broken", "unknown key", "too many", "emotion", "underscore", "user", "deep"],
)
def test_a_config_with_a_fault(clip: Path, folder: Path, capfd: Capture, config: str, said: str) -> None:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    done = run(capfd, "render", clip.name, "-o", "out.mp4", "--config", "config.toml")
    assert done.status == WRONG_USAGE
    assert said in done.error
    assert names(folder) == ["clip.mp4", "config.toml"]


def test_a_config_that_is_no_text(clip: Path, folder: Path, capfd: Capture) -> None:
    (folder / "config.toml").write_bytes(b"\xff\xfe\x00")
    done = run(capfd, "render", clip.name, "-o", "out.mp4", "--config", "config.toml")
    assert (done.status, done.error) == (
        WRONG_USAGE,
        "config.toml: is UTF-16, or no text at all; save it as UTF-8",
    )


def test_a_model_that_is_not_a_model(clip: Path, folder: Path, capfd: Capture) -> None:
    write_model(folder / "mine.tflite", b"not a model", card())
    done = run(capfd, "render", clip.name, "-o", "out.mp4", "--model", "mine.tflite")
    assert done.status == FAILED
    assert "mine.tflite: is not a TFLite model" in done.error
    assert names(folder) == ["clip.mp4", "mine.json", "mine.tflite"]


def test_a_model_of_ones_own_is_no_fault(clip: Path, folder: Path, capfd: Capture) -> None:
    write_model(folder / "mine.tflite", constant_model((0.1, 0.1, 0.8)), card())
    assert run(capfd, "render", clip.name, "-o", "out.mp4", "--model", "mine.tflite").status == 0


def test_a_broken_pack_is_left_out_unless_it_is_asked_for(clip: Path, folder: Path, capfd: Capture) -> None:
    write_pack(folder / "packs" / "broken", MANIFEST + "colour = 1\n")
    options = ("render", clip.name, "-o", "out.mp4", "--character-dir", "packs")
    asked = run(capfd, *options, "--character", "broken")
    assert asked.status == FAILED
    assert "character.toml: line 9: emotions: neutrality: colour: is not a known key" in asked.error
    assert names(folder) == ["clip.mp4", "packs"]
    assert run(capfd, *options).status == 0


def test_output_onto_the_input(clip: Path, folder: Path, capfd: Capture) -> None:
    before = clip.read_bytes()
    (folder / "link.mp4").symlink_to(clip)
    for output in ("clip.mp4", "./clip.mp4", str(clip), "link.mp4"):
        done = run(capfd, "render", "clip.mp4", "-o", output)
        assert done.status == WRONG_USAGE
        assert "is the input itself" in done.error
    assert clip.read_bytes() == before
    assert names(folder) == ["clip.mp4", "link.mp4"]


@pytest.mark.parametrize("output", ["out.avi", "out", "out.mp4.txt", ".mp4", "out.png"])
def test_a_suffix_that_does_not_fit(clip: Path, folder: Path, capfd: Capture, output: str) -> None:
    done = run(capfd, "render", clip.name, "-o", output)
    assert done.status == WRONG_USAGE
    assert ".mp4" in done.error, "it says what there is"
    assert names(folder) == ["clip.mp4"]


def test_an_output_that_is_a_folder(clip: Path, folder: Path, capfd: Capture) -> None:
    (folder / "out.mp4").mkdir()
    done = run(capfd, "render", clip.name, "-o", "out.mp4")
    assert done.status == FAILED
    assert "it is a folder" in done.error
    assert names(folder) == ["clip.mp4", "out.mp4"]


def test_a_folder_that_is_not_there(clip: Path, folder: Path, capfd: Capture) -> None:
    done = run(capfd, "render", clip.name, "-o", "nowhere/out.mp4")
    assert done.status == FAILED
    assert "there is no folder nowhere" in done.error
    assert names(folder) == ["clip.mp4"]


@pytest.fixture
def read_only(folder: Path) -> Iterator[Path]:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("root may write everywhere: see test_files, which forbids it otherwise")
    locked = folder / "locked"
    locked.mkdir(mode=0o500)
    yield locked
    locked.chmod(0o700)


def test_a_folder_that_cannot_be_written(clip: Path, read_only: Path, capfd: Capture) -> None:
    done = run(capfd, "render", clip.name, "-o", read_only / "out.mp4")
    assert done.status == FAILED
    assert "permission denied" in done.error
    assert names(read_only) == []


def test_a_folder_that_refuses(
    clip: Path, folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for whoever may write everywhere."""
    opened = os.open

    def refuse(path: str, flags: int, *rest: int, **more: int) -> int:
        if flags & os.O_CREAT and ".avatar-cam-" in str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    done = run(capfd, "render", clip.name, "-o", "out.mp4")
    assert done.status == FAILED
    assert "permission denied" in done.error
    assert names(folder) == ["clip.mp4"]


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    place = folder / "disk"
    place.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("output", ["out.mp4", "out.mkv"])
def test_a_disk_that_is_really_full(clip: Path, small_disk: Path, capfd: Capture, output: str) -> None:
    done = run(capfd, "render", write_clip(clip, 60, (640, 360)), "-o", small_disk / output)
    assert done.status == FAILED
    assert "the disk is full" in done.error
    assert names(small_disk) == []


def test_a_disk_that_is_full_for_a_trace(clip: Path, small_disk: Path, capfd: Capture) -> None:
    done = run(
        capfd, "render", clip, "-o", "out.mp4", "--no-pose", "--trace", _filled(small_disk) / "t.jsonl"
    )
    assert done.status == FAILED
    assert "the disk is full" in done.error
    assert names(small_disk) == ["filling"]
    assert names(clip.parent) == ["clip.mp4", "disk"], "the video is not there without its trace"


def _filled(disk: Path) -> Path:
    """The disk with all but a few kilobytes taken."""
    (disk / "filling").write_bytes(bytes(56 * 1024))
    return disk


def test_a_disk_that_says_it_is_full(
    clip: Path, folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for whoever cannot mount one: the last step fails, and what was there is still there."""
    (folder / "out.mp4").write_bytes(b"before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    done = run(capfd, "render", clip.name, "-o", "out.mp4")
    assert done.status == FAILED
    assert "the disk is full" in done.error
    assert names(folder) == ["clip.mp4", "out.mp4"]
    assert (folder / "out.mp4").read_bytes() == b"before"


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no signals for another process")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_ended_in_the_middle(folder: Path, name: str) -> None:
    """By Ctrl-C, `kill`, or a terminal that is closed: nothing is left but what had the output's name."""
    write_clip(folder / "clip.mp4", count=25)
    # Long enough not to be done before it is interrupted: the same pictures again and again.
    long = folder / "long.mp4"
    _repeat(folder / "clip.mp4", long, times=600)
    (folder / "clip.mp4").unlink()
    (folder / "out.mp4").write_bytes(b"before")
    process = subprocess.Popen(
        command("render", "long.mp4", "-o", "out.mp4", "--trace", "t.jsonl", "--no-pose"),
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_until(lambda: any(".jsonl" in name and _size(folder / name) > 20_000 for name in names(folder)))
        process.send_signal(signal.Signals[name])
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == INTERRUPTED
    assert Outcome(process.returncode, "", err).said == ["avatar-cam: interrupted"]
    assert names(folder) == ["long.mp4", "out.mp4"]
    assert (folder / "out.mp4").read_bytes() == b"before"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _repeat(short: Path, long: Path, times: int) -> None:
    """The packets of a video again and again, which costs nothing."""
    import av

    with av.open(short) as source, av.open(long, "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size]
        assert stream.time_base is not None
        length = round(len(packets) / 25 / stream.time_base)
        stamps = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        for turn in range(times):
            for packet, (pts, dts) in zip(packets, stamps, strict=True):
                packet.pts, packet.dts = pts + turn * length, dts + turn * length
                packet.stream, packet.time_base = copy, stream.time_base
                target.mux(packet)


def _wait_until(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came so far"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["render", "nobody.mp4", "-o", "out.mp4"], FAILED),
        (["render", "text.mp4", "-o", "out.mp4"], FAILED),
        (["render", "text.mp4", "-o", "out.mp4", "--emotion", "joy"], WRONG_USAGE),
        (["classify", "text.mp4"], FAILED),
        (["render", "Größe–얼굴.mp4", "-o", "out.mp4"], FAILED),
    ],
)
def test_the_whole_process_says_one_line_and_leaves_nothing(
    folder: Path, arguments: list[str], status: int
) -> None:
    """What libraries write to file descriptor 2 by themselves is caught here."""
    (folder / "text.mp4").write_text("hello\n", encoding="utf-8")
    done = run_apart(*arguments, folder=folder, PYTHONUTF8="1")
    assert done.status == status
    if arguments[0] == "render":
        assert done.error
    assert "Traceback" not in done.err + done.out
    assert names(folder) == ["text.mp4"]


def test_a_console_that_knows_no_korean_is_no_fault(folder: Path) -> None:
    done = run_apart(
        "render", "얼굴.mp4", "-o", "out.mp4", folder=folder, PYTHONUTF8="0", PYTHONIOENCODING="ascii"
    )
    assert done.status == FAILED
    assert done.error.startswith("there is no file")


@pytest.mark.skipif(os.name == "nt", reason="a shell's way to close a stream")
def test_streams_that_are_closed(clip: Path, folder: Path) -> None:
    """What is logged must not land in a file that was given the stream's number, nor errors in the output."""

    def closed(redirection: str, *arguments: str) -> tuple[int, bytes]:
        line = f"{shlex.join(command(*arguments))} {redirection}"
        done = subprocess.run(line, shell=True, cwd=folder, stdout=subprocess.PIPE, check=False, timeout=120)
        return done.returncode, done.stdout

    assert closed("2>&-", "render", "nobody.mp4", "-o", "out.mp4") == (FAILED, b"")
    assert closed("<&- >&- 2>&-", "render", clip.name, "-o", "out.mp4", "--no-pose") == (0, b"")
    assert closed(">&-", "classify", "nobody.png", "--json", "--no-detect") == (FAILED, b"")
    with VideoFile(folder / "out.mp4") as video:
        assert len(list(video)) == 30
        assert video.warning is None


def test_verbose_shows_the_traceback_and_still_the_line(folder: Path, capfd: Capture) -> None:
    done = run(capfd, "render", "nobody.mp4", "-o", "out.mp4", "-v")
    assert done.status == FAILED
    assert "Traceback" in done.err
    assert done.said[-1].startswith("avatar-cam: error: there is no file nobody.mp4")


def test_a_fault_of_our_own_is_one_line_too(
    folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr("avatar_cam.apps.render.run_render", broken)
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4")
    assert done.status == FAILED
    assert done.said == [
        "avatar-cam: error: ZeroDivisionError: a b; this is a fault in avatar-cam (-v shows more)"
    ]
