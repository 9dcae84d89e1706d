"""Training without what only training needs."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["prepare", "train", "export", "evaluate", "compare"])
def test_what_is_not_installed_is_named_in_one_line(module: str) -> None:
    code = (
        "import runpy, sys; sys.modules['keras'] = sys.modules['distributed'] = None; "
        f"runpy.run_module('training.{module}', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "error: distributed, keras not installed, which training needs: "
        "python -m uv sync --extra training (or pip install '.[training]')"
    ]
