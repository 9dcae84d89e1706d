"""The live loop: the newest frame in, its composite on the screen, and what the user asks for in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import monotonic

from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.meter import Meter
from avatar_cam.apps.notices import Notices
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.closing import Closing
from avatar_cam.controls import CHARACTERS, Action, Wear, Wish
from avatar_cam.emotions.selector import Lesson
from avatar_cam.errors import AvatarCamError
from avatar_cam.rendering.portrait import portrait
from avatar_cam.sinks.base import Sink
from avatar_cam.sinks.view import Figures, Notice, Severity, Thumbnail, View
from avatar_cam.sinks.window import Window
from avatar_cam.sources.cameras import list_cameras, next_camera
from avatar_cam.sources.live import LiveSource
from avatar_cam.types import Composite

#: Seconds to wait for a frame before keys are looked at, and what is said, again.
_PATIENCE = 0.1
#: Seconds between two readings of the figures: digits that change all the time cannot be read.
_FIGURES_EVERY = 0.5
#: Side of a thumbnail, px.
_THUMBNAIL = 96

#: What is on or off by a key, and shown by the window alone.
_SWITCHES: tuple[Action, ...] = ("mirror", "figures", "landmarks", "keys")

#: How a lesson ended, as it is said.
_LESSONS: dict[Lesson | None, tuple[str, Severity]] = {
    "learnt": ("Learnt: this is your neutral face", "info"),
    "failed": ("Not learnt: stay in the picture for a second", "warning"),
}

Reload = Callable[[], Library]


class LiveLoop(Closing):
    """Shows `source` in `window`, with the characters that `live` puts on the faces, until the user quits.

    `reload` reads the packs anew. Closes what it starts itself, and nothing that it was given.
    """

    def __init__(
        self,
        source: LiveSource,
        live: Live,
        window: Window,
        keeping: Keeping,
        notices: Notices,
        reload: Reload,
        mirror: bool = True,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._source, self._live, self._window = source, live, window
        self._keeping, self._notices = keeping, notices
        self._clock = clock
        self._switches: dict[Action, bool] = {
            "mirror": mirror,
            "figures": False,
            "landmarks": False,
            "keys": False,
        }
        self._learning = False
        self._does: dict[Action, Callable[[], None]] = {
            **{name: partial(self._toggle, name) for name in _SWITCHES},
            "overlay": self._toggle_overlay,
            "previous": lambda: live.wardrobe.step(-1),
            "next": lambda: live.wardrobe.step(1),
            "hold": self._toggle_hold,
            "neutral": self._learn_neutral,
            "camera": self._next_camera,
            "background": self._next_background,
            "snapshot": lambda: keeping.snap(clock()),
            "record": lambda: keeping.toggle_recording(clock()),
            "reload": self._begin_reload,
            "quit": self.quit,
        }
        self._meter = Meter()
        self._figures: tuple[float, Figures] | None = None
        self._composite: Composite | None = None
        self._thumbnails = _thumbnails(live.characters)
        self._reload = reload
        self._aside = ThreadPoolExecutor(1, "packs")
        self._reloading: Future[Library] | None = None
        self._open = True

    def run(self, sinks: Sequence[Sink] = ()) -> None:
        """Until the user quits; `sinks` get every composite."""
        while self._open:
            for wish in self._window.actions():
                self._do(wish)
            self._poll()
            frame = self._source.take(_PATIENCE)
            if frame is not None:
                self._notices.look(frame.pixels, self._clock())
                self._composite = self._live.pipeline.step(frame)
                for sink in sinks:
                    sink.write(self._composite)
                self._keeping.take(self._composite, self._clock())
            self._show(new=frame is not None)
            self._live.schedule.rest()

    def quit(self) -> None:
        """End the loop after what it does now."""
        self._open = False

    def close(self) -> None:
        """Wait until nothing runs aside any more."""
        self._aside.shutdown()

    def _show(self, *, new: bool) -> None:
        now = self._clock()
        composite = self._composite if self._source.state.phase in ("live", "opening", "slow") else None
        self._window.show(composite.frame.pixels if composite else None, self._view(composite, now))
        if new and self._composite is not None:
            shown = self._source.now()
            latency = shown - self._composite.frame.time
            self._meter.show(shown, latency, self._composite.ms, self._live.schedule.poses)

    def _view(self, composite: Composite | None, now: float) -> View:
        wardrobe = self._live.wardrobe
        return View(
            mirror=self._switches["mirror"],
            composite=composite,
            figures=self._measured(now) if self._switches["figures"] else None,
            bars=self._switches["figures"],
            landmarks=self._switches["landmarks"],
            keys=self._switches["keys"],
            overlay=wardrobe.visible,
            held=wardrobe.holding,
            notices=self._notices.at(now, composite, self._source.state.message),
            countdown=self._keeping.countdown(now),
            recording=self._keeping.recorded,
            flash=self._keeping.flash(now),
            thumbnails=self._thumbnails,
            worn=wardrobe.worn,
        )

    def _measured(self, now: float) -> Figures:
        """The figures, made anew twice a second."""
        self._meter.forget(self._source.now())
        if self._figures is None or now - self._figures[0] >= _FIGURES_EVERY:
            figures = Figures(
                fps=self._meter.fps,
                camera_fps=self._source.rate,
                dropped=self._source.dropped,
                latency_ms=self._meter.latency_ms,
                pose_fps=self._meter.pose_fps,
                stages=self._meter.stages,
            )
            self._figures = now, figures
        return self._figures[1]

    def _do(self, wish: Wish) -> None:
        if isinstance(wish, Wear):
            self._wear(wish.character)
        elif wish in CHARACTERS:
            self._choose(CHARACTERS.index(wish))
        else:
            self._does[wish]()

    def _toggle(self, switch: Action) -> None:
        self._switches[switch] = not self._switches[switch]

    def _say(self, about: str, text: str, severity: Severity = "info") -> None:
        self._notices.say(about, Notice(text, severity), self._clock())

    def _choose(self, number: int) -> None:
        characters = list(self._live.characters)
        if number < len(characters):
            self._wear(characters[number])
        else:
            self._say("character", f"There is no character {number + 1}")

    def _wear(self, character: str) -> None:
        self._live.wardrobe.wear(character)
        self._say("character", self._live.characters[character].manifest.name)

    def _toggle_overlay(self) -> None:
        wardrobe = self._live.wardrobe
        wardrobe.visible = not wardrobe.visible
        self._say("overlay", "Characters on" if wardrobe.visible else "Characters off")

    def _toggle_hold(self) -> None:
        self._live.wardrobe.toggle_hold()
        held = self._live.wardrobe.holding
        self._say("hold", f"Emotion held: {held}" if held else "Emotion not held")

    def _next_background(self) -> None:
        self._live.backdrop.next()
        self._say("background", f"Background: {self._live.backdrop.background}")

    def _begin_reload(self) -> None:
        self._reloading = self._reloading or self._aside.submit(self._reload)

    def _next_camera(self) -> None:
        camera = next_camera(self._source.which, list_cameras())
        if camera is None:
            self._say("camera", "There is no other camera")
        else:
            self._say("camera", f"Camera {camera.which}: {camera.name}")
            self._source.switch(camera.which)

    def _learn_neutral(self) -> None:
        if self._live.wardrobe.learn_neutral():
            self._learning = True
            self._say("neutral", "Look neutral for a second")
        else:
            self._say("neutral", "There is no face to learn", "warning")

    def _poll(self) -> None:
        """See what has been finished meanwhile."""
        self._keeping.poll(self._clock())
        if self._learning and (ended := _LESSONS.get(self._live.wardrobe.lesson)):
            self._learning = False
            self._say("neutral", *ended)
        if self._reloading is not None and self._reloading.done():
            self._take_reloaded(self._reloading)
            self._reloading = None

    def _take_reloaded(self, reloading: Future[Library]) -> None:
        try:
            library = reloading.result()
        except AvatarCamError as error:
            self._say("packs", str(error), "warning")
        else:
            self._live.offer(library.characters)
            for name, fault in library.faults.items():
                self._say(f"pack {name}", f"Left out: {fault}", "warning")
            self._thumbnails = _thumbnails(self._live.characters)
            self._say("packs", f"Characters loaded: {', '.join(self._live.characters)}")


def _thumbnails(characters: dict[str, Character]) -> list[Thumbnail]:
    return [
        Thumbnail(name, character.manifest.name, portrait(character, _THUMBNAIL))
        for name, character in characters.items()
    ]
