"""Import mediapipe without TensorFlow."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType

from avatar_cam.types import Pixels


@cache
def solutions() -> ModuleType:
    """mediapipe's `solutions`.

    mediapipe imports TensorFlow when it can, which takes ten times as long and 600 MB; it is kept away from
    it, and left alone for everybody else.
    """
    missing = object()
    before = sys.modules.get("tensorflow", missing)
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # makes `import tensorflow` fail
    try:
        import mediapipe.python.solutions as mediapipe_solutions
    finally:
        if before is missing:
            del sys.modules["tensorflow"]
        else:
            sys.modules["tensorflow"] = before  # type: ignore[assignment]
    module: ModuleType = mediapipe_solutions
    return module


def read_only(pixels: Pixels) -> Pixels:
    """The same memory as a picture that mediapipe does not copy: it copies what may be written to."""
    view = pixels.view()
    view.flags.writeable = False
    return view
