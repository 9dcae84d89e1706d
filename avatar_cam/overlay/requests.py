"""What other programs ask a live loop to do: from the server's thread to the loop's, and the answers back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from avatar_cam.controls import Wish
from avatar_cam.errors import AvatarCamError

#: So many wait at most; the loop does all of them after each frame.
MOST_WAITING = 64

#: Called with what was said of a wish, or None, and with why it could not be done, or None.
Answered = Callable[[str | None, str | None], None]


@dataclass(frozen=True, slots=True)
class Request:
    """A wish of another program; `answered` may be called from any thread."""

    wish: Wish
    answered: Answered


class Requests:
    """A queue between threads; `taken` says whether there is a loop at all that does what is asked for."""

    def __init__(self, *, taken: bool) -> None:
        self.taken = taken
        self._waiting: deque[Request] = deque()

    def offer(self, request: Request) -> None:
        """Ask for this; it is refused at once where nobody does it, or too much waits already."""
        if not self.taken:
            request.answered(
                None, "no commands are taken while a file is rendered; run, demo, stream and kiosk take them"
            )
        elif len(self._waiting) >= MOST_WAITING:
            request.answered(None, "too many commands wait already")
        else:
            self._waiting.append(request)

    def do_all(self, do: Callable[[Wish], str | None]) -> None:
        """Do what was asked for; `do` says what came of it, or raises an AvatarCamError."""
        while self._waiting:
            request = self._waiting.popleft()
            try:
                said = do(request.wish)
            except AvatarCamError as error:
                request.answered(None, str(error))
            else:
                request.answered(said, None)
