"""How much a client may ask of the server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    """So much at once at most, and `rate` a second in the long run. Times in seconds, of one clock."""

    most: float
    rate: float
    left: float = -1.0
    time: float = 0.0

    def spend(self, amount: float, now: float) -> bool:
        """Whether so much is allowed now; what is not allowed is not spent."""
        refilled = self.left + max(0.0, now - self.time) * self.rate if self.left >= 0 else self.most
        self.left, self.time = min(self.most, refilled), now
        if amount > self.left:
            return False
        self.left -= amount
        return True


#: Clients at once; what is open beside them waits to be let in or turned away.
MOST_CLIENTS, MOST_CONNECTIONS = 64, 96
#: Updates a second, to all clients together: a few get each frame, and many do not hold up the picture.
MOST_UPDATES = 1500.0
#: Bytes of a client's first request, with a browser's cookies, and of one message after that.
LONGEST_REQUEST, LONGEST_MESSAGE = 32_768, 1024
#: Seconds until who connects must have said what for.
OPENING = 5.0
#: Seconds that who does not read what is sent is waited for.
STALLED = 5.0
#: Bytes of events that may wait for a client, and of the system's own buffer for one.
MOST_BACKLOG, SYSTEM_BUFFER = 2**18, 2**18


def of_connections() -> Allowance:
    """For connections, of all clients together."""
    return Allowance(4.0 * MOST_CONNECTIONS, 20.0)


def of_bytes() -> Allowance:
    """For what one client sends after its first request; the smallest frames have 6 bytes."""
    return Allowance(4.0 * LONGEST_MESSAGE, 2.0 * LONGEST_MESSAGE)


def of_messages() -> Allowance:
    """For one client's messages."""
    return Allowance(50, 20)
