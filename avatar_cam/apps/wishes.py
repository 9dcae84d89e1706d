"""What the user asks for while the program runs, and how it is done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.notices import Notices
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.closing import Closing
from avatar_cam.controls import CHARACTERS, Action, Wear, Wish
from avatar_cam.emotions.selector import Lesson
from avatar_cam.errors import AvatarCamError
from avatar_cam.rendering.portrait import portrait
from avatar_cam.sinks.view import Notice, Severity, Thumbnail
from avatar_cam.sources.cameras import list_cameras, next_camera
from avatar_cam.sources.live import LiveSource

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


class Wishes(Closing):
    """Does what is wished for to the parts of a live program, and says so in `notices`.

    `reload` reads the packs anew, in a thread of its own. `clock` is that of the notices, in seconds. Closes
    what it starts itself, and nothing that it was given.
    """

    def __init__(
        self,
        source: LiveSource,
        live: Live,
        keeping: Keeping,
        notices: Notices,
        reload: Reload,
        mirror: bool,
        clock: Callable[[], float],
    ) -> None:
        self._source, self._live = source, live
        self._keeping, self._notices = keeping, notices
        self._clock = clock
        #: What the window is to show.
        self.switches: dict[Action, bool] = dict.fromkeys(_SWITCHES, False)
        self.switches["mirror"] = mirror
        self.thumbnails = _thumbnails(live.characters)
        #: Whether the program is to end.
        self.quitting = False
        self._learning = False
        self._reload = reload
        self._aside = ThreadPoolExecutor(1, "packs")
        self._reloading: Future[Library] | None = None
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
            "quit": self._quit,
        }

    def close(self) -> None:
        """Wait until nothing runs aside any more."""
        self._aside.shutdown()

    def do(self, wish: Wish) -> None:
        """Do what the user asked for."""
        if isinstance(wish, Wear):
            self._wear(wish.character)
        elif wish in CHARACTERS:
            self._choose(CHARACTERS.index(wish))
        else:
            self._does[wish]()

    def _quit(self) -> None:
        self.quitting = True

    def _toggle(self, switch: Action) -> None:
        self.switches[switch] = not self.switches[switch]

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

    def poll(self) -> None:
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
            self.thumbnails = _thumbnails(self._live.characters)
            self._say("packs", f"Characters loaded: {', '.join(self._live.characters)}")


def _thumbnails(characters: dict[str, Character]) -> list[Thumbnail]:
    return [
        Thumbnail(name, character.manifest.name, portrait(character, _THUMBNAIL))
        for name, character in characters.items()
    ]
