"""The hidden way out."""

from __future__ import annotations

from avatar_cam.kiosk.staff import (
    LOCKED,
    PATIENCE,
    PRESSES,
    WITHIN,
    WRONG,
    Staff,
    in_corner,
    knock,
    pass_time,
    press_corner,
    type_key,
)

PIN = "2580"


def _pressed(times: list[float], pin: str | None = None) -> Staff:
    staff = Staff()
    for time in times:
        staff = press_corner(staff, time, pin)
    return staff


def _typed(staff: Staff, keys: str, now: float = 11.0) -> Staff:
    for key in keys:
        staff = type_key(staff, key, now, PIN)
    return staff


def test_the_corner() -> None:
    assert in_corner((5, 5), (1280, 720))
    assert not in_corner((200, 5), (1280, 720))
    assert not in_corner((5, 200), (1280, 720))


def test_enough_quick_presses_let_staff_out() -> None:
    quick = [10 + WITHIN / PRESSES * n for n in range(PRESSES)]
    assert _pressed(quick).out
    assert not _pressed(quick[:-1]).out


def test_slow_presses_do_nothing() -> None:
    assert not _pressed([10 + n * (WITHIN / (PRESSES - 1) + 0.1) for n in range(20)]).out


def test_with_a_pin_the_corner_only_asks_for_it() -> None:
    staff = _pressed([10.0] * PRESSES, PIN)
    assert not staff.out and staff.typed == ""
    assert _typed(staff, PIN).out


def test_a_chord_asks_at_once() -> None:
    assert knock(Staff(), 10.0, None).out
    assert knock(Staff(), 10.0, PIN).typed == ""


def test_digits_can_be_taken_back() -> None:
    staff = type_key(_typed(knock(Staff(), 10.0, PIN), "259"), "back", 11.0, PIN)
    assert _typed(staff, "80").out


def test_wrong_pins_lock_the_pad_for_a_while() -> None:
    staff = Staff()
    for _ in range(WRONG):
        staff = _typed(knock(staff, 10.0, PIN), "1111")
    assert staff.typed is None and not staff.out
    assert not _typed(knock(staff, 12.0, PIN), PIN, 12.0).out
    later = 11.0 + LOCKED
    assert _typed(knock(staff, later, PIN), PIN, later).out


def test_the_pad_goes_away() -> None:
    staff = knock(Staff(), 10.0, PIN)
    assert pass_time(staff, 10.0 + PATIENCE).typed == ""
    assert pass_time(staff, 10.1 + PATIENCE).typed is None
    assert type_key(staff, "close", 11.0, PIN).typed is None


def test_keys_without_a_pad_do_nothing() -> None:
    assert _typed(Staff(), PIN) == Staff()
