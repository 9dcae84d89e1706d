"""Giving a device back, with a file in the device's place."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

import pytest

from avatar_cam.sinks.v4l2_output import give_back

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a matter of Linux")

#: As v4l2-ctl asks: STREAMON and STREAMOFF of what is sent to the device.
ON_AND_OFF = [(0x40045612, struct.pack("i", 2)), (0x40045613, struct.pack("i", 2))]


@pytest.mark.parametrize("works", [True, False])
def test_the_stream_is_switched_on_and_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    asked: list[tuple[int, bytes]] = []
    files: list[int] = []

    def ioctl(file: int, request: int, value: bytes) -> int:
        files.append(file)
        asked.append((request, value))
        if not works:
            raise OSError(errno.ENOTTY, "no such request")
        return 0

    monkeypatch.setattr("fcntl.ioctl", ioctl)
    device = tmp_path / "video10"
    device.touch()
    give_back(str(device))
    assert asked == (ON_AND_OFF if works else ON_AND_OFF[:1])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(files[0])


def test_a_device_that_is_gone_is_left_alone(tmp_path: Path) -> None:
    give_back(str(tmp_path / "video10"))
