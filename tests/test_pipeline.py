"""The way of a frame, with scripted models: what is seen is drawn on the frame that it was seen in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import installed_folder
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.emotions.scripted import ScriptedEmotions
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import PLAIN, Backdrop
from avatar_cam.schedule import READING_INTERVAL, Immediate
from avatar_cam.sinks.memory import MemorySink
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import Composite, EmotionReading, FaceTrack, Floats, Frame, Pixels, PoseTrack
from tests.factories import character, disc, face_of, frame, landmarks

FPS = 30.0
FACE = landmarks((320, 160), 60)


def _pipeline(
    script: Iterable[Sequence[Floats]], emotions: ScriptedEmotions | None = None, faces: int = 1
) -> Pipeline:
    recogniser = emotions or ScriptedEmotions([{"pleasure": 0.9}])
    bear = Character.load(installed_folder() / "bear")
    ticks = itertools.count()
    return Pipeline(
        FaceTracker(ScriptedFaces(script), faces),
        Immediate(recogniser),
        Wardrobe(["bear"]),
        {"bear": bear},
        stopwatch=lambda: next(ticks) / 1000,
    )


def _winged(folder: Path) -> Character:
    """A character with a dot on its wearer's hips."""
    manifest = """\
name = "Winged"

[anchors]
right_eye = [100, 100]
left_eye = [200, 100]

[[layers]]
image = "dot.png"
attach = "hips"
at = [0, 0]
depth = 0.1
"""
    return character(folder / "winged", manifest, {"dot.png": disc(40)})


class _Standing:
    """Finds somebody who stands there and moves a little to the right with every look."""

    def __init__(self) -> None:
        self.looks = 0

    def find(self, pixels: Pixels) -> PoseTrack:
        self.looks += 1
        points: Floats = np.zeros((33, 3), np.float32)
        points[0, :2] = FACE[1, :2]
        points[11:13, 0], points[11:13, 1] = (380, 260), 260
        points[23:25, 0], points[23:25, 1] = (350 + self.looks, 290 + self.looks), 320
        return PoseTrack(points, np.ones(33, np.float32))

    def close(self) -> None:
        pass


def _frames(count: int, fps: float = FPS) -> list[Frame]:
    return [frame(index / fps, index) for index in range(count)]


def _run(pipeline: Pipeline, frames: Iterable[Frame]) -> list[Composite]:
    with pipeline, MemorySink() as sink:
        for one in frames:
            sink.write(pipeline.step(one))
        return sink.composites


def test_without_a_face_the_picture_stays_as_it_is() -> None:
    (composite,) = _run(_pipeline([[]]), _frames(1))
    assert (composite.faces, composite.choices, composite.placements) == ((), {}, ())
    assert (composite.frame.pixels == 128).all()


def test_a_face_wears_what_is_read_from_it() -> None:
    (composite,) = _run(_pipeline([[FACE]]), _frames(1))
    assert composite.choices[1].emotion == "pleasure"
    assert composite.readings[1].time == 0
    assert (composite.frame.pixels[100:220, 280:360] != 128).mean() > 0.9


def test_the_overlay_belongs_to_its_own_frame() -> None:
    """A face that jumps takes its character along at once."""
    places = [(150.0, 160.0), (500.0, 160.0), (320.0, 250.0)]
    for composite, (x, y) in zip(
        _run(_pipeline([[landmarks(at, 40)] for at in places]), _frames(3)), places, strict=True
    ):
        rows, columns = np.nonzero((composite.frame.pixels != 128).any(axis=2))
        assert abs(columns.mean() - x) < 25 and abs(rows.mean() - y) < 60, composite.frame.index


def test_the_model_sees_the_picture_before_anything_is_drawn() -> None:
    seen: list[float] = []

    class Watching(ScriptedEmotions):
        def crop(self, pixels: Pixels, landmarks: Floats) -> Pixels:
            seen.append(float(np.ptp(pixels)))
            return super().crop(pixels, landmarks)

    _run(_pipeline([[FACE]] * 20, Watching([{"anger": 0.9}])), _frames(20))
    assert seen and max(seen) == 0


@pytest.mark.parametrize("fps", [10.0, 24.0, 29.97, 60.0])
def test_emotions_are_read_on_a_schedule_of_their_own(fps: float) -> None:
    emotions = ScriptedEmotions([{"pleasure": 0.9}])
    _run(_pipeline([[FACE]] * round(2 * fps), emotions), _frames(round(2 * fps), fps))
    assert emotions.faces_read == pytest.approx(2 / READING_INTERVAL, abs=1)


def test_a_held_face_is_not_read() -> None:
    """There is something else by now where it was."""
    emotions = ScriptedEmotions([{"pleasure": 0.9}])
    composites = _run(_pipeline([[FACE], *[[]] * 15], emotions), _frames(16))
    assert emotions.faces_read == 1
    assert composites[-1].readings[1].time == 0, "the newest reading is still known"


def test_each_face_is_read() -> None:
    emotions = ScriptedEmotions([{"pleasure": 0.9}, {"anger": 0.9}])
    both = [landmarks((180, 160), 50), landmarks((460, 160), 48)]
    (composite,) = _run(_pipeline([both], emotions, faces=2), _frames(1))
    assert {who: choice.emotion for who, choice in composite.choices.items()} == {1: "pleasure", 2: "anger"}


def test_looking_ahead_gives_the_same() -> None:
    script = [[landmarks((200 + 8 * index, 160), 50)] if index % 7 else [] for index in range(25)]
    emotions: list[dict[Emotion, float]] = [{"pleasure": 0.9}, {"neutrality": 0.8}, {"upset": 0.9}]
    stepped = _run(_pipeline(script, ScriptedEmotions(emotions)), _frames(25))
    with _pipeline(script, ScriptedEmotions(emotions)) as pipeline:
        ran = list(pipeline.run(_frames(25)))
    assert len(ran) == len(stepped)
    for one, other in zip(stepped, ran, strict=True):
        assert one.frame.index == other.frame.index
        assert one.choices == other.choices
        assert np.array_equal(one.frame.pixels, other.frame.pixels)


def test_a_source_that_fails_while_looking_ahead_is_heard_of() -> None:
    def failing() -> Iterable[Frame]:
        yield from _frames(2)
        raise OSError("gone")

    with _pipeline([[FACE]] * 5) as pipeline:
        composites = pipeline.run(failing())
        assert [next(composites).frame.index, next(composites).frame.index] == [0, 1]
        with pytest.raises(OSError, match="gone"):
            next(composites)


def test_whoever_stops_in_the_middle_can_close() -> None:
    pipeline = _pipeline([[FACE]] * 100)
    composites = pipeline.run(_frames(100))
    next(composites)
    pipeline.close()
    pipeline.close()


def test_every_stage_is_timed() -> None:
    """By the stopwatch that it was given, which ticks a millisecond at each look."""
    (composite,) = _run(_pipeline([[FACE]]), _frames(1))
    assert composite.ms == {stage: pytest.approx(1) for stage in ("track", "emotion", "pose", "compose")}


class _Body:
    """Finds a body whose nose is as far to the right as the picture is bright."""

    def find(self, pixels: Pixels) -> PoseTrack | None:
        points = np.full((33, 3), pixels[0, 0, 0], np.float32)
        return PoseTrack(points, np.ones(33, np.float32)) if pixels[0, 0, 0] else None

    def close(self) -> None:
        pass


def test_each_photo_has_its_own_body() -> None:
    """Photos all stand at time 0."""
    schedule = Immediate(ScriptedEmotions([{"pleasure": 0.9}]), _Body, always=True, still=True)
    found = [schedule.pose(frame(value=value), wanted=False) for value in (50, 90, 0)]
    assert [pose and float(pose.landmarks[0, 0]) for pose in found] == [50.0, 90.0, None]


class _Watching:
    """A tracker that remembers which body it was told of, and wants one from the second frame on."""

    def __init__(self) -> None:
        self.poses: list[PoseTrack | None] = []
        self.closed = False

    @property
    def wants_pose(self) -> bool:
        return len(self.poses) > 0

    def track(self, frame: Frame, pose: PoseTrack | None = None) -> tuple[FaceTrack, ...]:
        self.poses.append(pose)
        return (face_of(FACE),)

    def forget(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class _Scheduled:
    """A schedule that has a body ready when it is wanted."""

    body = PoseTrack(np.zeros((33, 3), np.float32), np.ones(33, np.float32))

    def __init__(self) -> None:
        self.closed = False

    def readings(self, frame: Frame, faces: Sequence[FaceTrack]) -> dict[int, EmotionReading]:
        return {}

    def pose(self, frame: Frame, *, wanted: bool) -> PoseTrack | None:
        return self.body if wanted else None

    def close(self) -> None:
        self.closed = True
        raise OSError("a model that cannot be closed")


class _Nobody:
    """Takes nothing for a person."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.closed = False

    def person(self, pixels: Pixels) -> Floats:
        self.seen.append(int(np.ptp(pixels)))
        return np.zeros((9, 16), np.float32)

    def close(self) -> None:
        self.closed = True


def _assembled(segmentation: _Nobody | None = None) -> tuple[Pipeline, _Watching, _Scheduled]:
    bear = Character.load(installed_folder() / "bear")
    tracker, schedule = _Watching(), _Scheduled()
    backdrop = Backdrop(lambda: segmentation, PLAIN) if segmentation else None
    return Pipeline(tracker, schedule, Wardrobe(["bear"]), {"bear": bear}, backdrop), tracker, schedule


def test_the_tracker_is_told_of_the_body_that_it_wants() -> None:
    pipeline, tracker, schedule = _assembled()
    composites = [pipeline.step(one) for one in _frames(2)]
    assert tracker.poses == [None, schedule.body]
    assert [composite.pose for composite in composites] == tracker.poses


def test_the_background_is_replaced_before_the_character_is_drawn() -> None:
    segmentation = _Nobody()
    pipeline, _, _ = _assembled(segmentation)
    composite = pipeline.step(frame())
    assert segmentation.seen == [0], "the picture had nothing in it yet"
    assert composite.frame.pixels[0, 0].tolist() == [44, 51, 66]
    assert composite.frame.pixels[100:220, 280:360].std() > 10, "the bear is still there"
    assert "background" in composite.ms


def test_all_parts_are_closed_even_if_one_cannot_be() -> None:
    segmentation = _Nobody()
    pipeline, tracker, schedule = _assembled(segmentation)
    pipeline.step(frame())
    with pytest.raises(OSError, match="cannot be closed"):
        pipeline.close()
    assert (tracker.closed, schedule.closed, segmentation.closed) == (True, True, True)


def _dressed(
    folder: Path, finder: _Standing, *, light: bool = False, backdrop: Backdrop | None = None
) -> Pipeline:
    schedule = Immediate(ScriptedEmotions([{"pleasure": 0.9}]), lambda: finder)
    tracker = FaceTracker(ScriptedFaces([[FACE]] * 30))
    winged = _winged(folder)
    return Pipeline(tracker, schedule, Wardrobe(["winged"]), {"winged": winged}, backdrop, light=light)


def test_the_body_is_looked_for_often_while_something_hangs_on_it(tmp_path: Path) -> None:
    finder = _Standing()
    composites = _run(_dressed(tmp_path, finder), _frames(30))
    assert 14 <= finder.looks <= 16, "every second frame, instead of twice a second"
    assert all(len(composite.placements) == 1 for composite in composites)
    at = [composite.placements[0].box[0] for composite in composites]
    assert at[-1] > at[0]


def test_it_is_not_looked_for_when_the_character_is_taken_off(tmp_path: Path) -> None:
    finder = _Standing()
    pipeline = _dressed(tmp_path, finder)
    pipeline._wardrobe.visible = False
    composites = _run(pipeline, _frames(30))
    assert finder.looks <= 4
    assert not any(composite.placements for composite in composites)


def test_ahead_and_frame_by_frame_bodies_wear_the_same(tmp_path: Path) -> None:
    one = [c.frame.pixels for c in _run(_dressed(tmp_path / "1", _Standing()), _frames(20))]
    with _dressed(tmp_path / "2", _Standing()) as pipeline:
        other = [composite.frame.pixels for composite in pipeline.run(_frames(20))]
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert not np.array_equal(one[0], one[-1])


def test_characters_are_lit_when_that_is_wished(tmp_path: Path) -> None:
    def whitest(light: bool) -> int:
        frames = [Frame(np.full((360, 640, 3), 40, np.uint8), 0, 0.0)]
        (composite,) = _run(_dressed(tmp_path / str(light), _Standing(), light=light), frames)
        return int(composite.frame.pixels.max())

    assert whitest(False) == 255
    assert whitest(True) < 200


@pytest.mark.parametrize("room", [40, 200])
def test_the_light_is_the_rooms_whatever_stands_behind(tmp_path: Path, room: int) -> None:
    """A picture in place of a dark room makes it no brighter, nor the other way round."""

    def light(backdrop: Backdrop | None) -> tuple[float, float, float]:
        pipeline = _dressed(tmp_path / str(backdrop), _Standing(), light=True, backdrop=backdrop)
        (composite,) = _run(pipeline, [Frame(np.full((360, 640, 3), room, np.uint8), 0, 0.0)])
        return composite.placements[0].light

    assert light(Backdrop(_Nobody, PLAIN)) == light(None)
