"""What the user asks for while the program runs, and how it is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from avatar_cam.apps.build import Live
from avatar_cam.apps.keeping import Keeping
from avatar_cam.apps.notices import Notices
from avatar_cam.apps.on_lost import OnLost
from avatar_cam.apps.packs import Packs
from avatar_cam.controls import CHARACTERS, Action, Hold, Switch, Wear, Wish
from avatar_cam.emotions.selector import Lesson
from avatar_cam.errors import UsageError
from avatar_cam.sinks.view import Notice, Severity
from avatar_cam.sources.cameras import list_cameras, next_camera
from avatar_cam.sources.live import LiveSource

#: What is on or off by a key, and shown by the window alone.
_SWITCHES: tuple[Action, ...] = ("mirror", "figures", "landmarks", "keys")

#: What is on or off, in words; {} is the folder of recordings.
_STATES: dict[Action, tuple[str, str]] = {
    "overlay": ("Characters on", "Characters off"),
    "mirror": ("Mirror on", "Mirror off"),
    "figures": ("Figures on", "Figures off"),
    "landmarks": ("Landmarks on", "Landmarks off"),
    "keys": ("List of keys on", "List of keys off"),
    "panic": ("The picture is hidden", "The picture is shown"),
    "record": ("Recording, without sound, into {}", "Not recording; recordings are in {}"),
}
#: What is said of that which cannot be seen at once.
_BEGUN: dict[Action, str] = {"reload": "Characters are loaded anew", "quit": "avatar-cam ends"}

#: How a lesson ended, as it is said.
_LESSONS: dict[Lesson | None, tuple[str, Severity]] = {
    "learnt": ("Learnt: this is your neutral face", "info"),
    "failed": ("Not learnt: stay in the picture for a second", "warning"),
}


class Wishes:
    """Does what is wished for to the parts of a live program, and says so in `notices`.

    `clock` is that of the notices, in seconds. `own_camera` is the virtual camera that the picture is sent
    to, by its path or name: it is not looked through.
    """

    def __init__(
        self,
        source: LiveSource,
        live: Live,
        packs: Packs,
        keeping: Keeping,
        notices: Notices,
        mirror: bool,
        clock: Callable[[], float],
        *,
        on_lost: OnLost,
        own_camera: str | None = None,
    ) -> None:
        self._source, self._live = source, live
        self._on_lost, self._own_camera = on_lost, own_camera
        self._keeping, self._notices = keeping, notices
        self._clock = clock
        #: What the window is to show.
        self.switches: dict[Action, bool] = dict.fromkeys(_SWITCHES, False)
        self.switches["mirror"] = mirror
        #: Whether the program is to end.
        self.quitting = False
        self._learning = False
        #: What was said of the newest wish.
        self._said: str | None = None
        self._does: dict[Action, Callable[[], None]] = {
            **{name: partial(self._toggle, name) for name in _SWITCHES},
            "overlay": self._toggle_overlay,
            "previous": partial(self._step, -1),
            "next": partial(self._step, 1),
            "hold": self._toggle_hold,
            "neutral": self._learn_neutral,
            "camera": self._next_camera,
            "background": self._next_background,
            "snapshot": lambda: keeping.snap(clock()),
            "record": lambda: keeping.toggle_recording(clock()),
            "reload": packs.reload,
            "panic": self._toggle_panic,
            "quit": self._quit,
        }

    def do(self, wish: Wish) -> None:
        """Do what the user asked for."""
        self._said = None
        if isinstance(wish, Wear):
            self._wear(wish.character)
        elif isinstance(wish, Hold):
            self._hold(wish)
        elif isinstance(wish, Switch):
            if self._is_on(wish.what) != wish.on:
                self._does[wish.what]()
        elif wish in CHARACTERS:
            self._choose(CHARACTERS.index(wish))
        else:
            self._does[wish]()

    def ask(self, wish: Wish) -> str | None:
        """Do what another program asked for, and return what came of it, if that can be said yet.

        Raises UsageError, with one line, for what cannot be done.
        """
        characters = list(self._live.characters)
        if isinstance(wish, Wear) and wish.character not in characters:
            raise UsageError(f"there is no character {wish.character!r}; there are {', '.join(characters)}")
        if wish in CHARACTERS and CHARACTERS.index(wish) >= len(characters):
            raise UsageError(f"there is no {wish}; there are {len(characters)}")
        if wish == "fullscreen":
            raise UsageError("fullscreen can be asked for in the window only")
        self.do(wish)
        return self._said or self._state(wish.what if isinstance(wish, Switch) else wish)

    def _state(self, wish: Wish) -> str | None:
        """How what is on or off is now, and what comes of that which takes its time."""
        if wish == "snapshot":
            left = self._keeping.countdown(self._clock())
            if left is None:
                return "No picture will be taken"
            return f"The picture will be taken in {left:.0f} s, and saved in {self._keeping.pictures}"
        for action, (on, off) in _STATES.items():
            if action == wish:
                return (on if self._is_on(action) else off).format(self._keeping.videos)
        return _BEGUN.get(wish) if isinstance(wish, str) else None

    def _is_on(self, action: Action) -> bool:
        match action:
            case "overlay":
                return self._live.wardrobe.visible
            case "record":
                return self._keeping.recording
            case "panic":
                return self._on_lost.panic
            case _:
                return self.switches[action]

    def _hold(self, wish: Hold) -> None:
        self._live.wardrobe.hold(wish.emotion)
        self._say_held()

    def _quit(self) -> None:
        self.quitting = True

    def _toggle_panic(self) -> None:
        self._on_lost.panic = not self._on_lost.panic
        if not self._on_lost.panic:
            self._on_lost.begin_anew()

    def _toggle(self, switch: Action) -> None:
        self.switches[switch] = not self.switches[switch]

    def _say(self, about: str, text: str, severity: Severity = "info") -> None:
        self._said = text
        self._notices.say(about, Notice(text, severity), self._clock())

    def _choose(self, number: int) -> None:
        characters = list(self._live.characters)
        if number < len(characters):
            self._wear(characters[number])
        else:
            self._say("character", f"There is no character {number + 1}")

    def _wear(self, character: str) -> None:
        self._live.wardrobe.wear(character)
        self._say_worn()

    def _step(self, by: int) -> None:
        self._live.wardrobe.step(by)
        self._say_worn()

    def _say_worn(self) -> None:
        self._say("character", self._live.characters[self._live.wardrobe.worn].manifest.name)

    def _toggle_overlay(self) -> None:
        wardrobe = self._live.wardrobe
        wardrobe.visible = not wardrobe.visible
        self._say("overlay", "Characters on" if wardrobe.visible else "Characters off")

    def _toggle_hold(self) -> None:
        self._live.wardrobe.toggle_hold()
        self._say_held()

    def _say_held(self) -> None:
        held = self._live.wardrobe.holding
        self._say("hold", f"Emotion held: {held}" if held else "Emotion not held")

    def _next_background(self) -> None:
        self._live.backdrop.next()
        self._say("background", f"Background: {self._live.backdrop.background}")

    def _next_camera(self) -> None:
        cameras = [one for one in list_cameras() if self._own_camera not in (one.path, one.name)]
        camera = next_camera(self._source.which, cameras)
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
