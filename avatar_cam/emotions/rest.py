"""What somebody's face is like when it shows nothing: a mean over the time in which it shows nothing."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value", float, NDArray[np.float64])

#: What is assumed of everybody weighs as much as so many seconds of looking at this person.
_ASSUMED = 0.5
#: Seconds that the mean reaches back at most: rest drifts with light, posture and tiredness.
_MEMORY = 8.0


class Rest(Generic[Value]):
    """A running mean that begins with what is `assumed`, and soon believes what it is shown."""

    def __init__(self, assumed: Value) -> None:
        #: The mean so far.
        self.mean: Value = assumed
        self._seconds = 0.0
        self._fixed = False

    @property
    def known(self) -> float:
        """How much of the mean was seen and not assumed, 0 to 1."""
        return 1.0 if self._fixed else self._seconds / (_ASSUMED + self._seconds)

    def learn(self, value: Value, seconds: float) -> None:
        """Take in what was seen for that long, or for as much of the time as it was rest."""
        if self._fixed:
            return
        self._seconds = min(self._seconds + seconds, _MEMORY)
        self.mean = self.mean + (value - self.mean) * min(1.0, seconds / (_ASSUMED + self._seconds))

    def fix(self, value: Value) -> None:
        """Take `value` for rest, from now on and for good."""
        self.mean, self._fixed = value, True
