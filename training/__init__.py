"""From a data set of labelled faces to the emotion model that avatar-cam ships.

`prepare` → `train` → `export` → `evaluate`, each a command: `python -m training.NAME --help`.
This package may import `avatar_cam` (the crop and the vocabulary are shared); never the other way round.
"""

import sys
from importlib.util import find_spec

_missing = [name for name in ("distributed", "keras", "matplotlib", "PIL", "tqdm") if not find_spec(name)]
if _missing:
    # Each command imports them first of all, so nothing later could say it in one line.
    print(
        f"error: {', '.join(_missing)} not installed, which training needs: "
        "python -m uv sync --extra training (or pip install '.[training]')",
        file=sys.stderr,
    )
    sys.exit(1)
