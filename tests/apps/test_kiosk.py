"""`avatar-cam kiosk`: what its settings come to, and one run from start to end."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from websockets.sync.client import connect

from avatar_cam.apps import kiosk as kiosk_module
from avatar_cam.apps.build import Live, Parts
from avatar_cam.apps.kiosk import BoothLine, counts_file, kiosk, run_kiosk
from avatar_cam.characters.readiness import Aside
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.cli import execute
from avatar_cam.controls import Hold, Wear
from avatar_cam.emotions.scripted import ScriptedEmotions
from avatar_cam.errors import SinkError, UsageError
from avatar_cam.kiosk.booth import Rules
from avatar_cam.kiosk.faults import Faults
from avatar_cam.kiosk.screen.scene import Scene
from avatar_cam.kiosk.screen.window import BoothWindow, Press
from avatar_cam.kiosk.states import Timing
from avatar_cam.kiosk.wishes import Wishes
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import Backdrop
from avatar_cam.schedule import Background
from avatar_cam.settings import Settings, load_settings
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.tracking.scripted import ScriptedFaces
from avatar_cam.types import Frame, SpriteChoice
from tests.factories import landmarks, write_pack
from tests.overlay.scenes import free_port
from tests.waiting import PATIENCE, eventually


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for counts and logs."""
    folder = tmp_path / "state"
    monkeypatch.setattr(platformdirs, "user_state_path", lambda *_, **__: folder)
    monkeypatch.setattr(platformdirs, "user_log_path", lambda *_, **__: folder)
    return folder


def configured(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return load_settings(path, {})


def test_nothing_is_kept_by_default() -> None:
    settings = Settings()
    assert settings.photos is None and not settings.qr and settings.pin is None


def test_where_pictures_go(tmp_path: Path) -> None:
    assert configured(tmp_path, 'photos = "booth"').photos == tmp_path / "booth"
    pictures = platformdirs.user_pictures_path() / "avatar-cam"
    assert configured(tmp_path, "photos = true").photos == pictures
    assert configured(tmp_path, "photos = false").photos is None


@pytest.mark.parametrize("text", ['pin = "12"', 'pin = "12a4"', "qr-port = 0", "reach = 0", 'lang = "de"'])
def test_settings_that_make_no_sense(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=f"line 1: {text.split(maxsplit=1)[0]}: "):
        configured(tmp_path, text)


def test_a_pin_need_not_be_quoted(tmp_path: Path) -> None:
    assert configured(tmp_path, "pin = 2580").pin == "2580"


def test_a_code_needs_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["kiosk", "--qr"]) == 2
    assert capsys.readouterr().err == (
        "avatar-cam: error: --qr needs photos: name a folder for them with --photos\n"
    )


def test_a_folder_for_pictures_that_cannot_be_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SinkError, match="cannot be written"):
        run_kiosk(Settings(photos=tmp_path / "file" / "booth"))


def test_a_folder_for_pictures_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file: name a folder"):
        run_kiosk(Settings(photos=tmp_path / "file"))


def test_rules_of_the_settings() -> None:
    assert kiosk_module._rules(Settings()).smiles
    assert not kiosk_module._rules(Settings(smile=False)).smiles
    assert kiosk_module._rules(Settings(qr_minutes=7)).minutes == 0
    assert kiosk_module._rules(Settings(qr=True, qr_minutes=7)).minutes == 7


def _scripted_live(settings: Settings, parts: Parts, **_: object) -> Live:
    """A live pipeline without models, in which somebody stands all the time."""
    library = parts.library
    schedule = Background(ScriptedEmotions([{"pleasure": 0.9}]))
    ready = Aside(library.characters)
    wardrobe = Wardrobe(list(library.characters), ready=ready)
    tracker = FaceTracker(ScriptedFaces(itertools.repeat([landmarks((80, 40), 20)])))

    def nobody() -> None:
        raise AssertionError

    backdrop = Backdrop(nobody)  # type: ignore[arg-type]
    pipeline = Pipeline(tracker, schedule, wardrobe, library.characters, backdrop)
    return Live(pipeline, schedule, wardrobe, backdrop, library, ready)


def test_from_start_to_end(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []
    show = BoothWindow.show

    def remembered(window: BoothWindow, scene: object) -> None:
        show(window, scene)  # type: ignore[arg-type]
        shown.append(scene.phase)  # type: ignore[attr-defined]

    def presses(window: BoothWindow) -> list[Press]:
        assert len(shown) < 2000, "nobody was ever welcomed"
        return [Press("chord")] if "live" in shown else []

    monkeypatch.setattr(BoothWindow, "show", remembered)
    monkeypatch.setattr(BoothWindow, "presses", presses)
    monkeypatch.setattr(kiosk_module, "build_live", _scripted_live)
    caplog.set_level(logging.INFO, "avatar_cam.kiosk")
    packs = write_pack(tmp_path / "packs" / "dot").parent
    trace = tmp_path / "trace.jsonl"
    kiosk(
        Settings(camera="demo", size=(160, 90), character_dir=packs, character="dot", trace=trace),
        fullscreen=False,
        rules=Rules(timing=Timing(stale=60.0, start=60.0)),  # however long threads are held up
    )
    assert counts_file().parent == state
    (day,) = json.loads(counts_file().read_text("utf-8")).values()
    assert day["visits"] == 1 and day["photos"] == 0
    assert [record.getMessage() for record in caplog.records if record.name == "avatar_cam.kiosk"] == [
        "started with demo",
        "ended",
    ]
    assert len(trace.read_text("utf-8").splitlines()) > 2


def test_other_programs_are_heard(tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the WebSocket, while a visitor is there."""
    port, shown = free_port(), list[str]()
    answers: list[dict[str, object]] = []
    show = BoothWindow.show

    def ask() -> None:
        with connect(f"ws://127.0.0.1:{port}/ws", proxy=None, close_timeout=1) as client:
            answers.append(json.loads(client.recv(timeout=PATIENCE)))
            for do, value in (("hold", "anger"), ("overlay", "off"), ("record", None), ("quit", None)):
                client.send(json.dumps({"type": "command", "do": do, "value": value}))
                answers.append(json.loads(client.recv(timeout=PATIENCE)))

    asking = threading.Thread(target=ask)

    def remembered(window: BoothWindow, scene: Scene) -> None:
        show(window, scene)
        shown.append(scene.phase)
        assert len(shown) < 4000, answers
        if scene.phase == "live" and asking.ident is None:
            asking.start()

    monkeypatch.setattr(BoothWindow, "show", remembered)
    monkeypatch.setattr(kiosk_module, "build_live", _scripted_live)
    packs = write_pack(tmp_path / "packs" / "dot").parent
    kiosk(Settings(camera="demo", size=(160, 90), character_dir=packs, overlay_port=port), fullscreen=False)
    asking.join()
    assert answers[0]["takes_commands"]
    assert [answer.get("said") for answer in answers[1:]] == [
        "Emotion held: anger",
        "Characters off",
        None,
        "The booth ends",
    ]
    assert str(answers[3]["error"]).startswith("a booth does not do record; ")


def test_a_pipeline_is_as_it_is_wanted_also_when_made_anew(tmp_path: Path) -> None:
    for name in ("cat", "dot"):
        write_pack(tmp_path / "packs" / name)
    settings = Settings(character_dir=tmp_path / "packs")
    wishes = Wishes({})

    def choice_in(line: BoothLine) -> SpriteChoice:
        """What the visitor wears once that is decoded."""
        for index in range(1000):
            frame = Frame(np.zeros((90, 160, 3), np.uint8), index, index / 15)
            (choice,) = line.step(frame).choices.values()
            if choice.opacity > 0 or not wishes.wanted.visible:
                return choice
            time.sleep(0.005)
        raise AssertionError("nothing was ever worn")

    def opened() -> BoothLine:
        return BoothLine(_scripted_live(settings, Parts.of(settings, choose_from_all=True)), Faults(), wishes)

    with opened() as line:
        assert choice_in(line).opacity == 1
        before = choice_in(line).character
        other = next(name for name in ("cat", "dot") if name != before)
        assert other in wishes.characters
        wishes.ask(Wear(other), before, None)
        wishes.ask(Hold("anger"), before, None)
        eventually(lambda: choice_in(line).character == other)
        assert choice_in(line).emotion == "anger"
    with opened() as anew:
        assert (choice_in(anew).character, choice_in(anew).emotion) == (other, "anger")
        wishes.ask("overlay", other, "anger")
        assert choice_in(anew).opacity == 0
        wishes.ask(Hold(None), other, "anger")
        eventually(lambda: choice_in(anew).emotion == "pleasure")


def test_characters_are_loaded_anew_when_that_is_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "avatar_cam.kiosk")
    write_pack(tmp_path / "packs" / "dot")
    settings = Settings(character_dir=tmp_path / "packs", character="dot")
    wishes = Wishes({})
    live = _scripted_live(settings, Parts.of(settings, choose_from_all=True))
    frame = Frame(np.zeros((90, 160, 3), np.uint8), 0, 0.0)

    def loaded() -> bool:
        line.step(frame)
        return any(record.getMessage().startswith("Characters loaded: ") for record in caplog.records)

    with BoothLine(live, Faults(), wishes) as line:
        for _ in range(20):
            assert not loaded()
        wishes.ask("reload", None, None)
        eventually(loaded)
