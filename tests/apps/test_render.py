"""`render`: the same frames, size, timing and sound out; photos and folders; the same trace every time."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from avatar_cam.errors import SinkError
from avatar_cam.sinks.formats import TraceFrame, TraceHeader
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sources.performer import Rig, draw
from avatar_cam.sources.photos import read_photo
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Pixels
from tests.commands import names, pictures, run, write_clip
from tests.factories import read_trace
from tests.sources.media import Movie

Capture = pytest.CaptureFixture[str]

SIZE = (320, 180)
#: Frame times that no steady rate has, in milliseconds.
UNSTEADY = (0, 40, 45, 130, 300, 303, 500, 580)


def _photo(path: Path, rig: Rig | None = None) -> Path:
    bgr = cv2.cvtColor(draw(rig or Rig(), SIZE), cv2.COLOR_RGB2BGR)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, bgr)[1].tobytes())
    return path


def _as_another_reader_sees_it(path: Path) -> tuple[int, tuple[int, int], list[float]]:
    """Frames, size and times in ms, by OpenCV."""
    capture = cv2.VideoCapture(str(path))
    assert capture.isOpened()
    times, size = [], (0, 0)
    while True:
        read, frame = capture.read()
        if not read:
            break
        size = (frame.shape[1], frame.shape[0])
        times.append(capture.get(cv2.CAP_PROP_POS_MSEC))
    capture.release()
    return len(times), size, times


def _sound(path: Path) -> list[bytes]:
    """The sound's packets."""
    with av.open(path) as container:
        return [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]


def test_a_video_comes_out_as_it_went_in(here: Path, capfd: Capture) -> None:
    """As many frames, of the same size and times, with its sound; seen by another reader too."""
    movie = Movie(pictures(len(UNSTEADY), SIZE), UNSTEADY, sound="aac", sound_seconds=0.6)
    movie.write(here / "얼굴 in.mp4")
    done = run(capfd, "render", "얼굴 in.mp4", "-o", "얼굴 out.mp4")
    assert (done.status, done.said) == (0, [])
    assert names(here) == sorted(["얼굴 in.mp4", "얼굴 out.mp4"])
    before, after = (_as_another_reader_sees_it(here / f"얼굴 {name}.mp4") for name in ("in", "out"))
    assert after[:2] == before[:2] == (len(UNSTEADY), SIZE)
    assert after[2] == pytest.approx(before[2], abs=0.5)
    assert _sound(here / "얼굴 out.mp4") == _sound(here / "얼굴 in.mp4")


def test_every_frame_has_an_overlay(here: Path, capfd: Capture) -> None:
    write_clip(here / "in.mp4", count=8)
    assert run(capfd, "render", "in.mp4", "-o", "out.mp4").status == 0
    with VideoFile(here / "in.mp4") as before, VideoFile(here / "out.mp4") as after:
        for one, other in zip(before, after, strict=True):
            middle = slice(60, 120), slice(130, 190)
            change = np.abs(one.pixels.astype(int) - other.pixels).max(axis=2)
            assert (change[middle] > 30).mean() > 0.8
            assert change[:, :30].mean() < 6, "and nothing else is changed"


def _without_ms(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in line.items() if key != "ms"} for line in lines]


def test_the_same_video_gives_the_same_trace(here: Path, capfd: Capture) -> None:
    """Twice, but for the milliseconds; and it is what the formats page says."""
    write_clip(here / "in.mp4", count=15)
    for name in ("one", "other"):
        options = ("--trace", f"{name}.jsonl")
        assert run(capfd, "render", "in.mp4", "-o", f"{name}.mp4", *options).status == 0
    one, other = (read_trace(here / f"{name}.jsonl") for name in ("one", "other"))
    assert _without_ms(one) == _without_ms(other)
    header, *frames = one
    assert TraceHeader.model_validate(header).size == SIZE
    parsed = [TraceFrame.model_validate(line) for line in frames]
    assert [line.frame for line in parsed] == list(range(15))
    assert [line.time for line in parsed] == pytest.approx([index / 25 for index in range(15)])
    assert all(line.faces[0].via == "face" and line.faces[0].opacity == 1 for line in parsed)
    assert parsed[-1].faces[0].character == "bear"
    assert (here / "one.mp4").read_bytes() == (here / "other.mp4").read_bytes()


def test_an_emotion_that_is_held(here: Path, capfd: Capture) -> None:
    write_clip(here / "in.mp4", count=3)
    assert (
        run(
            capfd, "render", "in.mp4", "-o", "o.mp4", "--emotion", "wound", "--trace", "t.jsonl", "--no-pose"
        ).status
        == 0
    )
    assert {line["faces"][0]["emotion"] for line in read_trace(here / "t.jsonl")[1:]} == {"wound"}  # type: ignore[index]


def test_an_output_that_is_there_is_replaced(here: Path, capfd: Capture) -> None:
    write_clip(here / "in.mp4", count=3)
    (here / "out.mp4").write_bytes(b"old")
    assert run(capfd, "render", "in.mp4", "-o", "out.mp4").status == 0
    assert _as_another_reader_sees_it(here / "out.mp4")[0] == 3


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_photo(here: Path, capfd: Capture, suffix: str) -> None:
    _photo(here / "얼굴.png")
    done = run(capfd, "render", "얼굴.png", "-o", f"곰{suffix}")
    assert done.status == 0
    assert done.said == [f"avatar-cam: 곰{suffix} is written, with 1 face covered; --faces N covers more"]
    before, after = read_photo(here / "얼굴.png"), read_photo(here / f"곰{suffix}")
    assert after.shape == before.shape
    assert _covered(before, after) > 0.9


def _covered(before: Pixels, after: Pixels) -> float:
    """Share of the face's middle that is another picture now."""
    middle = slice(60, 120), slice(135, 185)
    return float((np.abs(before[middle].astype(int) - after[middle]).max(axis=2) > 30).mean())


def test_a_photo_without_a_face_stays_as_it_is(here: Path, capfd: Capture) -> None:
    (here / "wall.png").write_bytes(cv2.imencode(".png", np.full((90, 120, 3), 99, np.uint8))[1].tobytes())
    assert run(capfd, "render", "wall.png", "-o", "out.png").status == 0
    assert (read_photo(here / "out.png") == 99).all()


@pytest.mark.parametrize(("source", "output"), [("face.png", "out.mp4"), ("clip.mp4", "out.png")])
def test_photos_and_videos_are_not_mixed_up(here: Path, capfd: Capture, source: str, output: str) -> None:
    if source.endswith("png"):
        _photo(here / source)
    else:
        write_clip(here / source, count=2)
    done = run(capfd, "render", source, "-o", output)
    assert done.status == 2
    assert "suffix" in done.error
    assert names(here) == [source]


def test_a_folder_of_photos(here: Path, capfd: Capture) -> None:
    """Each under its own name; what is no photo is not looked at."""
    _photo(here / "사진" / "얼굴 1.png")
    _photo(here / "사진" / "face2.jpg", Rig(yaw=15))
    _photo(here / "사진" / "face3.bmp")
    (here / "사진" / "notes.txt").write_text("hello", encoding="utf-8")
    done = run(capfd, "render", "사진", "-o", "곰들/new", "--trace", "t.jsonl")
    assert done.status == 0
    assert names(here / "곰들" / "new") == sorted(["face2.jpg", "face3.bmp.png", "얼굴 1.png"])
    assert (
        _covered(read_photo(here / "사진" / "얼굴 1.png"), read_photo(here / "곰들" / "new" / "얼굴 1.png"))
        > 0.9
    )
    lines = read_trace(here / "t.jsonl")[1:]
    assert [line["frame"] for line in lines] == [0, 1, 2]
    for line in lines:
        TraceFrame.model_validate_json(json.dumps(line))


def test_a_broken_photo_among_others_is_said_and_the_others_are_done(here: Path, capfd: Capture) -> None:
    _photo(here / "in" / "a.png")
    (here / "in" / "b.png").write_bytes(b"no photo")
    done = run(capfd, "render", "in", "-o", "out")
    assert done.status == 1
    assert names(here / "out") == ["a.png"]
    left_out, error = done.said
    assert left_out.startswith("avatar-cam: left out: ") and "b.png" in left_out
    assert error == "avatar-cam: error: 1 of 2 photos could not be read; the others are in out"


def test_an_empty_folder(here: Path, capfd: Capture) -> None:
    (here / "in").mkdir()
    done = run(capfd, "render", "in", "-o", "out")
    assert done.status == 1
    assert "there are no photos in in" in done.error
    assert names(here) == ["in"]


@pytest.mark.parametrize("output", ["out.png", "in"])
def test_a_folder_into_a_file_or_into_itself(here: Path, capfd: Capture, output: str) -> None:
    _photo(here / "in" / "a.png")
    before = (here / "in" / "a.png").read_bytes()
    done = run(capfd, "render", "in", "-o", output)
    assert done.status == 2
    assert output in done.error
    assert (here / "in" / "a.png").read_bytes() == before
    assert names(here) == ["in"]


def test_two_people_wear_a_character_each(here: Path, capfd: Capture) -> None:
    """Side by side, in a video."""
    left, right = draw(Rig(yaw=8), (640, 360)), draw(Rig(yaw=-8), (640, 360))
    both = np.ascontiguousarray(np.hstack([left[:, 140:500], right[:, 140:500]]))
    Movie([both], range(0, 240, 40)).write(here / "in.mp4")
    assert (
        run(
            capfd, "render", "in.mp4", "-o", "out.mp4", "--faces", "2", "--no-pose", "--trace", "t.jsonl"
        ).status
        == 0
    )
    for line in read_trace(here / "t.jsonl")[1:]:
        faces: Any = line["faces"]
        assert [face["id"] for face in faces] == [1, 2]


@pytest.mark.parametrize("trace", ["in/a.png", "out/a.png", "ph/../out/b.bmp.png"])
def test_a_trace_onto_a_photo_of_a_folder(here: Path, capfd: Capture, trace: str) -> None:
    (here / "ph").mkdir()
    before = _photo(here / "in" / "a.png").read_bytes()
    _photo(here / "in" / "b.bmp")
    done = run(capfd, "render", "in", "-o", "out", "--trace", trace)
    assert done.status == 2
    assert "the trace would overwrite" in done.error
    assert (here / "in" / "a.png").read_bytes() == before
    assert names(here) == ["in", "ph"]


def test_the_trace_names_the_source_wherever_it_lies(here: Path, capfd: Capture) -> None:
    _photo(here / "in" / "a.png")
    for source in ("in/a.png", str(here / "in" / "a.png")):
        assert run(capfd, "render", source, "-o", "o.png", "--trace", "t.jsonl", "--no-pose").status == 0
        assert read_trace(here / "t.jsonl")[0]["source"] == "a.png"


def test_the_same_by_a_folder_and_by_its_name_alone(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _photo(here / "in" / "a.png")
    monkeypatch.chdir(here / "in")
    assert run(capfd, "render", ".", "-o", "../out", "--trace", "../t.jsonl", "--no-pose").status == 0
    header = read_trace(here / "t.jsonl")[0]
    assert (header["source"], header["size"]) == ("in", [0, 0])


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_unicode(here: Path, capfd: Capture) -> None:
    name = os.fsdecode(b"\xff.png")
    try:
        _photo(here / "a.png").rename(here / name)
    except OSError:
        pytest.skip("names are Unicode here")
    assert run(capfd, "render", name, "-o", "o.png", "--trace", "t.jsonl", "--no-pose").status == 0
    assert read_trace(here / "t.jsonl")[0]["source"] == "\\xff.png"


def test_what_is_left_out_is_said_though_the_rest_fails(here: Path, capfd: Capture) -> None:
    (here / "in").mkdir()
    (here / "in" / "a.png").write_bytes(b"no photo")
    _photo(here / "in" / "b.png")
    (here / "out" / "b.png").mkdir(parents=True)
    done = run(capfd, "render", "in", "-o", "out")
    assert done.status == 1
    left_out, error = done.said
    assert left_out.startswith("avatar-cam: left out: ") and "a.png" in left_out
    assert "it is a folder" in error


def _cannot_finish(self: object) -> None:
    raise SinkError("no")


@pytest.mark.parametrize("failing", ["trace.TraceWriter", "video.VideoWriter"])
def test_a_video_and_its_trace_are_both_there_or_none(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    write_clip(here / "in.mp4", count=2)
    monkeypatch.setattr(f"avatar_cam.sinks.{failing}._finish", _cannot_finish)
    done = run(capfd, "render", "in.mp4", "-o", "out.mp4", "--trace", "t.jsonl", "--no-pose")
    assert (done.status, done.error) == (1, "no")
    assert names(here) == ["in.mp4"]


def test_a_photo_and_its_trace_are_both_there_or_none(
    here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _photo(here / "in.png")
    monkeypatch.setattr("avatar_cam.sinks.trace.TraceWriter._finish", _cannot_finish)
    done = run(capfd, "render", "in.png", "-o", "out.png", "--trace", "t.jsonl", "--no-pose")
    assert (done.status, done.error) == (1, "no")
    assert names(here) == ["in.png"]


def test_that_nobody_was_found_is_said(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Who renders to hide faces must not take a bare picture for a covered one."""
    write_photo(here / "wall.png", np.full((60, 80, 3), 90, np.uint8))
    done = run(capfd, "render", "wall.png", "-o", "out.png")
    assert done.status == 0
    assert done.err == "avatar-cam: no face was found in wall.png, so there is no character in out.png\n"
    assert run(capfd, "render", "wall.png", "-o", "out.png", "-q").err == ""
