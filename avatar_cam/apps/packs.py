"""The packs of a live program: decoded when they are worn, and read anew when a file changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avatar_cam.apps.build import Live
from avatar_cam.apps.heap import give_back
from avatar_cam.beside import give_way
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.characters.stamps import Stamp
from avatar_cam.closing import Closing
from avatar_cam.errors import PackError
from avatar_cam.rendering.portrait import portrait
from avatar_cam.sinks.view import Severity, Thumbnail

_log = logging.getLogger(__name__)

#: Side of a thumbnail, px.
_THUMBNAIL = 96
#: Seconds between two looks at the files.
LOOK_EVERY = 1.0

#: Shows a line: what it is about, the line, and how grave it is.
Say = Callable[[str, str, Severity], None]


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of reading the packs."""

    library: Library
    drawn: _Drawn


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Thumbnails, and what is wrong with the packs of which none could be drawn."""

    thumbnails: dict[Character, Thumbnail]
    broken: dict[str, str]


class Packs(Closing):
    """Looks after the packs of `live` in a thread of its own, and says in one line what is wrong with them.

    What is worn in the picture, or is among `held`, is kept decoded. Closes what decodes them too.
    """

    def __init__(self, live: Live, say: Say, held: Callable[[], Collection[str]] = tuple) -> None:
        self._live, self._say, self._held = live, say, held
        self._thread = ThreadPoolExecutor(1, "packs", initializer=give_way)
        self._next_look = 0.0
        #: Of the packs as they were read last, and as they were seen last.
        self._read = self._seen = live.library.stamps
        self._asked = False
        #: What went wrong in the last job, in one line.
        self._failed: str | None = None
        self._thumbnails: dict[Character, Thumbnail] = {}
        self._job: Future[Any] | None = None
        self._then: Callable[[Any], None] = self._looked
        characters = live.characters
        self._start(lambda: self._drawn(characters), self._take_thumbnails)

    @property
    def thumbnails(self) -> list[Thumbnail]:
        """Of the characters that can be chosen, as far as they are drawn yet."""
        known = (self._thumbnails.get(character) for character in self._live.characters.values())
        return [thumbnail for thumbnail in known if thumbnail is not None]

    def reload(self) -> None:
        """Read all packs anew, as soon as nothing else is done."""
        self._asked = True

    def poll(self, now: float) -> None:
        """See what has been finished, and begin what is due at `now`, s."""
        live = self._live
        self._leave_out(live.ready.take_broken())
        if live.ready.keep(live.wardrobe.shown | set(self._held())):
            # What decoding took for a moment, and what was forgotten, goes back to the system.
            self._thread.submit(give_back)
        if self._job is not None and self._job.done():
            job, self._job = self._job, None
            self._end(job)
        if self._job is None and self._asked:
            self._asked = False
            self._begin_reading(self._take_all)
        elif self._job is None and now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            self._start(live.library.look, self._looked)

    def close(self) -> None:
        """Wait until nothing runs aside any more."""
        self._thread.shutdown(cancel_futures=True)
        self._live.ready.close()

    @property
    def _in_use(self) -> set[str]:
        return self._live.wardrobe.in_use | set(self._held())

    def _start(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._job, self._then = self._thread.submit(work), then

    def _end(self, job: Future[Any]) -> None:
        error = job.exception()
        if error is None:
            self._failed = None
            self._then(job.result())
            return
        # Whatever it is: what is worn goes on, and the packs are looked at again.
        wrong = " ".join(f"{type(error).__name__}: {error}".split())
        if wrong != self._failed:
            self._failed = wrong
            _log.debug("the packs could not be read", exc_info=error)
            self._say("packs", f"The characters could not be read: {wrong}", "warning")

    def _looked(self, stamps: dict[Path, Stamp]) -> None:
        # Somebody may be in the middle of writing: what has come to rest is read.
        if stamps == self._seen and stamps != self._read:
            self._read = stamps  # what cannot be read is not tried again before it changes
            self._begin_reading(self._take_changed)
        self._seen = stamps

    def _begin_reading(self, then: Callable[[_Read], None]) -> None:
        library, worn = self._live.library, self._in_use

        def read() -> _Read:
            renewed = library.renewed(worn)
            return _Read(renewed, self._drawn(renewed.characters))

        self._start(read, then)

    def _drawn(self, characters: Mapping[str, Character]) -> _Drawn:
        drawn = _Drawn({}, {})
        for name, character in characters.items():
            if character in self._thumbnails:
                drawn.thumbnails[character] = self._thumbnails[character]
                continue
            try:
                # A copy, since the loop may use the other one meanwhile; it is forgotten at once.
                picture = portrait(character.fresh(), _THUMBNAIL)
                drawn.thumbnails[character] = Thumbnail(name, character.manifest.name, picture)
            except PackError as error:
                drawn.broken[name] = str(error)
        return drawn

    def _take_thumbnails(self, drawn: _Drawn) -> None:
        self._thumbnails = drawn.thumbnails
        self._leave_out(drawn.broken)

    def _leave_out(self, broken: Mapping[str, str]) -> None:
        """Give packs that turned out to be broken to nobody any more."""
        for name, fault in broken.items():
            self._say(f"pack {name}", f"Left out: {fault}", "warning")
            if name in self._live.characters and len(self._live.characters) > 1:
                self._live.offer(self._live.library.leave_out(name, fault))

    def _take_all(self, read: _Read) -> None:
        if self._take(read):
            self._say("packs", f"Characters loaded: {', '.join(self._live.characters)}", "info")

    def _take_changed(self, read: _Read) -> None:
        before = set(self._live.characters.values())
        if self._take(read):
            changed = [c.manifest.name for c in self._live.characters.values() if c not in before]
            if changed:
                self._say("packs", f"Loaded anew: {', '.join(changed)}", "info")

    def _take(self, read: _Read) -> bool:
        """Offer what was read; False, with nothing changed, when there is nothing to wear in it."""
        self._read = read.library.stamps
        for name, fault in read.library.faults.items():
            kept = name in read.library.characters
            line = f"{fault}; it stays as it was" if kept else f"Left out: {fault}"
            self._say(f"pack {name}", line, "warning")
        if not read.library.characters:
            self._say("packs", "There is no character to wear any more; the old ones stay", "warning")
            return False
        self._live.offer(read.library)
        self._take_thumbnails(read.drawn)
        return True
