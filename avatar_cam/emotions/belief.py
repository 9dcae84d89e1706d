"""What is believed of a face, from readings that come one after another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.vocabulary import EMOTIONS

Doubles = NDArray[np.float64]

#: Seconds between readings that say something new: nearer ones are nearly the same picture.
_NEWS = 0.1
#: So many times that is what one reading after a pause may count for.
_MOST_NEWS = 3.0
#: How much less likely one reading can make an emotion, as a logarithm: a stray one overturns nothing.
_STEP = 2.0
#: How long an expression lasts, in seconds; those of actors and in talk mostly take 0.5 to 4 (Ekman: 2003).
_LASTS = 2.0
#: What a face shows next if nothing is known: half of the time nothing.
_NEXT = np.array([0.5 if emotion == "neutrality" else 0.5 / (len(EMOTIONS) - 1) for emotion in EMOTIONS])


class Belief:
    """How likely a face shows each emotion now, given all readings so far.

    The forward pass of a hidden Markov model (Rabiner: Proc. IEEE 77(2), 1989) in continuous time: faces stay
    as they are for some seconds, so what is clear is believed within two or three readings, what is faint
    when it lasts, and a stray reading not at all. It does not depend on how often readings come.
    """

    def __init__(self, shares: Doubles) -> None:
        #: float64 (7,), in the order of `EMOTIONS`, summing to 1.
        self.shares = shares / shares.sum()

    def update(self, scores: Doubles, elapsed: float) -> None:
        """Take in a reading `elapsed` seconds after the last one.

        `scores` float64 (7,): for each emotion the logarithm of how much the reading speaks for it.
        """
        stay = math.exp(-elapsed / _LASTS)
        news = min(elapsed / _NEWS, _MOST_NEWS)
        weights = np.exp(np.maximum(scores - scores.max(), -_STEP) * news)
        shares = (stay * self.shares + (1 - stay) * _NEXT) * weights
        self.shares = shares / shares.sum()
