"""Import mediapipe without what it does not need here."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType

from avatar_cam.types import Pixels


@cache
def solutions() -> ModuleType:
    """mediapipe's `solutions`.

    mediapipe imports TensorFlow when it can, which takes ten times as long and 600 MB, and matplotlib for
    plots that nobody here draws (half a second and 30 MB). Both are kept away from it, and left alone for
    everybody else.
    """
    matplotlib, pyplot = ModuleType("matplotlib"), ModuleType("matplotlib.pyplot")
    matplotlib.pyplot = pyplot  # type: ignore[attr-defined]
    # None makes `import tensorflow` fail, which mediapipe bears; without matplotlib it would not load.
    stand_ins = {"tensorflow": None, "matplotlib": matplotlib, "matplotlib.pyplot": pyplot}
    with _standing_in(stand_ins):
        import mediapipe.python.solutions as mediapipe_solutions
    module: ModuleType = mediapipe_solutions
    return module


@contextmanager
def _standing_in(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Whoever imports one of these gets what is given here instead; None cannot be imported."""
    before = {name: sys.modules[name] for name in modules if name in sys.modules}
    sys.modules.update(modules)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]
        sys.modules.update(before)


def read_only(pixels: Pixels) -> Pixels:
    """The same memory as a picture that mediapipe does not copy: it copies what may be written to."""
    view = pixels.view()
    view.flags.writeable = False
    return view
