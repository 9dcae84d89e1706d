"""Gives a virtual camera of Linux back, so that the next program can send to it."""

from __future__ import annotations

import os
import struct
from contextlib import suppress

#: linux/videodev2.h: `VIDIOC_STREAMON` and `VIDIOC_STREAMOFF`, each with the type of the stream, and that of
#: what is sent to a device.
_STREAM_ON, _STREAM_OFF = 0x40045612, 0x40045613
_OUTPUT = struct.pack("i", 2)


def give_back(device: str) -> None:
    """Let go of `device` once more, as one who has streamed to it; errors are no matter.

    Up to version 0.12, v4l2loopback with `exclusive_caps` does not notice that who just wrote pictures, as
    pyvirtualcam does, closes it (its issue 470), and takes no more of them until it is loaded anew. Of who
    switched the stream on it does notice that.
    """
    import fcntl  # not on Windows

    with suppress(OSError):
        opened = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(opened, _STREAM_ON, _OUTPUT)
            # Later versions want it switched off.
            fcntl.ioctl(opened, _STREAM_OFF, _OUTPUT)
        finally:
            os.close(opened)
