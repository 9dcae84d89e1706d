"""The hidden way out for staff: a corner pressed again and again, or a chord of keys; then the PIN."""

from __future__ import annotations

from dataclasses import dataclass, replace

#: So many presses of the upper left corner within so many seconds.
PRESSES, WITHIN = 5, 3.0
#: The corner's sides, as a share of the screen's shorter one.
CORNER = 0.14
#: The pad for the PIN goes away after so many seconds without a press.
PATIENCE = 15.0
#: After so many wrong PINs in a row nothing is taken for so many seconds.
WRONG, LOCKED = 3, 60.0


@dataclass(frozen=True, slots=True)
class Staff:
    """How far somebody is on the way out; times are seconds of one clock."""

    #: When the corner was pressed lately.
    presses: tuple[float, ...] = ()
    #: What was typed so far; None while the pad is not shown.
    typed: str | None = None
    #: When the pad was last used.
    used: float = 0.0
    wrong: int = 0
    locked_until: float = 0.0
    #: Whether the program is to end.
    out: bool = False


def in_corner(position: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether a place of a screen of `size`, px, lies in the hidden corner."""
    side = CORNER * min(size)
    return position[0] < side and position[1] < side


def press_corner(staff: Staff, now: float, pin: str | None) -> Staff:
    """The corner was pressed."""
    recent = (*(at for at in staff.presses if now - at <= WITHIN), now)[-PRESSES:]
    return (
        knock(replace(staff, presses=()), now, pin)
        if len(recent) == PRESSES
        else replace(staff, presses=recent)
    )


def knock(staff: Staff, now: float, pin: str | None) -> Staff:
    """Ask to be let out; without a PIN that is all."""
    if pin is None:
        return replace(staff, out=True)
    return replace(staff, typed="", used=now)


def type_key(staff: Staff, key: str, now: float, pin: str | None) -> Staff:
    """A digit, "back" or "close" on the pad. The last digit of the right PIN opens."""
    if staff.typed is None or now < staff.locked_until:
        return staff
    if key == "close":
        return replace(staff, typed=None)
    typed = staff.typed[:-1] if key == "back" else staff.typed + key
    if pin is None or typed == pin:
        return replace(staff, out=True)
    if len(typed) < len(pin):
        return replace(staff, typed=typed, used=now)
    wrong = staff.wrong + 1
    if wrong < WRONG:
        return replace(staff, typed="", used=now, wrong=wrong)
    return replace(staff, typed=None, used=now, wrong=0, locked_until=now + LOCKED)


def pass_time(staff: Staff, now: float) -> Staff:
    """Take the pad away when nobody uses it."""
    if staff.typed is not None and now - staff.used > PATIENCE:
        return replace(staff, typed=None)
    return staff
