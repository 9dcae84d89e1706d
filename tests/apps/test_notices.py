"""What is said on the screen."""

from __future__ import annotations

from avatar_cam.apps.notices import PATIENCE, SAID_FOR, Notices
from avatar_cam.sinks.view import Notice
from avatar_cam.types import Composite, FaceTrack
from tests.factories import face_of, frame


def _composite(*faces: FaceTrack, value: int = 128) -> Composite:
    return Composite(frame(value=value), faces, {}, {}, ())


def _texts(notices: Notices, now: float, composite: Composite | None, camera: str | None = None) -> list[str]:
    return [notice.text for notice in notices.at(now, composite, camera)]


def test_what_happened_is_said_for_a_moment() -> None:
    notices = Notices()
    notices.say("snapshot", Notice("Saved here"), 10.0)
    assert _texts(notices, 10.0 + SAID_FOR - 0.1, None) == ["Saved here"]
    assert _texts(notices, 10.0 + SAID_FOR + 0.1, None) == []


def test_the_newest_of_each_kind_is_said() -> None:
    notices = Notices()
    notices.say("character", Notice("Bear"), 1.0)
    notices.say("snapshot", Notice("Saved here"), 1.0)
    notices.say("character", Notice("Cat"), 2.0)
    assert _texts(notices, 2.0, None) == ["Saved here", "Cat"]


def test_that_nobody_is_there_is_said_after_a_while() -> None:
    notices = Notices()
    nobody, somebody = _composite(), _composite(face_of())
    assert _texts(notices, 0.0, nobody) == []
    assert _texts(notices, PATIENCE - 0.1, nobody) == []
    assert _texts(notices, PATIENCE, nobody) == ["No face to be seen"]
    assert _texts(notices, PATIENCE + 0.1, somebody) == []
    assert _texts(notices, PATIENCE + 0.2, nobody) == [], "it begins anew"


def test_the_dark() -> None:
    """What counts is the room, not what is drawn over it."""
    notices = Notices()
    dark, bright = (frame(value=value).pixels for value in (12, 120))
    for tenth in range(round(PATIENCE * 10) + 10):
        notices.look(dark, tenth / 10)
        said = _texts(notices, tenth / 10, _composite(face_of(), value=200))
    (text,) = said
    assert "dark" in text
    for tenth in range(10):
        notices.look(bright, 10 + tenth / 10)
        said = _texts(notices, 10 + tenth / 10, _composite(face_of(), value=5))
    assert said == []


def test_what_is_wrong_with_the_camera_is_said_at_once_and_nothing_else_is_blamed() -> None:
    notices = Notices()
    assert _texts(notices, 0.0, _composite(), "camera 0 is gone") == ["camera 0 is gone"]
    assert _texts(notices, 9.0, _composite(), "camera 0 is gone") == ["camera 0 is gone"]
