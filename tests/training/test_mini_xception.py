"""mini_Xception is what its paper says."""

from __future__ import annotations

import json
import subprocess
import sys

SHAPE = """
import json
from training.mini_xception import mini_xception

model = mini_xception()
print(json.dumps([model.count_params(), model.input_shape, model.output_shape]))
"""


def test_its_size() -> None:
    """In a process of its own: TensorFlow stays out of the one that tests mediapipe."""
    done = subprocess.run([sys.executable, "-c", SHAPE], capture_output=True, text=True, check=True)
    parameters, takes, gives = json.loads(done.stdout.splitlines()[-1])
    assert (takes, gives) == ([None, 64, 64, 1], [None, 7])
    # The paper says "approximately 60,000".
    assert parameters == 58_423
