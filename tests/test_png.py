"""PNGs are looked through before they are decoded."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatar_cam.png import check_png

WHOLE = cv2.imencode(".png", np.arange(60, dtype=np.uint8).reshape(4, 5, 3))[1].tobytes()


@pytest.mark.parametrize("data", [WHOLE, WHOLE + b"more"])
def test_whole(data: bytes) -> None:
    assert check_png(data) is None


def test_wherever_it_is_cut_off() -> None:
    assert {check_png(WHOLE[:length]) for length in range(8, len(WHOLE))} == {"is cut off"}


def test_whichever_byte_is_wrong() -> None:
    for at in range(len(WHOLE)):
        assert check_png(WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :]) is not None, at


@pytest.mark.parametrize("data", [b"", b"text", WHOLE[1:]])
def test_no_png(data: bytes) -> None:
    assert check_png(data) == "is not a PNG"
