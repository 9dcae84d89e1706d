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
    """Let go of `device` once more, as one who has streamed to it; where that cannot be done, nothing happens.

    Up to version 0.12, v4l2loopback with `exclusive_caps` does not see who just wrote pictures, as pyvirtualcam
    does, close it (its issue 470): it would take pictures again only when it is loaded anew. It does see who
    has switched the stream on.
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
