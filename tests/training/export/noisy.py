"""Faces a fifth of whose labels are wrong, so that nobody can read all of them as they are labelled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.training.train.faces import make_faces
from training.samples import Samples

SIDE = 16


def noisy_faces() -> Samples:
    """480 faces with labels of both schemes; of every fifth the label is the next one."""
    samples = make_faces(480, SIDE)
    wrong = np.arange(len(samples))[:, None] % 5 == 0
    labels = {
        name: np.where(wrong, np.roll(shares, 1, axis=1), shares) for name, shares in samples.labels.items()
    }
    return replace(samples, labels=labels)
