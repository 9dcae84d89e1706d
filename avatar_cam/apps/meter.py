"""How fast it really is: figures of the last moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, median

#: Seconds that the figures look back.
WINDOW = 1.0


@dataclass(frozen=True, slots=True)
class _Shown:
    time: float
    latency: float
    stages: Mapping[str, float]
    poses: int | None


class Meter:
    """Rates, latency and stage times over the last second. Times in seconds, of one clock."""

    def __init__(self) -> None:
        self._shown: deque[_Shown] = deque()

    def show(self, time: float, latency: float, stages: Mapping[str, float], poses: int | None) -> None:
        """A frame was shown at `time`, `latency` seconds after it was taken.

        `stages` in ms; `poses` is how often the body was looked for so far.
        """
        self._shown.append(_Shown(time, latency, stages, poses))
        self.forget(time)

    def forget(self, time: float) -> None:
        """Leave out what is longer ago, at `time`, than the figures look back."""
        while self._shown and time - self._shown[0].time > WINDOW:
            self._shown.popleft()

    @property
    def fps(self) -> float:
        """Frames shown a second; 0 before the second one."""
        return (len(self._shown) - 1) / self._span if len(self._shown) > 1 else 0.0

    @property
    def pose_fps(self) -> float | None:
        """How often the body is looked for a second; None when nobody looks."""
        if len(self._shown) < 2 or self._shown[-1].poses is None:
            return None
        return (self._shown[-1].poses - (self._shown[0].poses or 0)) / self._span

    @property
    def latency_ms(self) -> float | None:
        """Median milliseconds from taking a picture to showing it; None before the first."""
        return median(shown.latency for shown in self._shown) * 1000 if self._shown else None

    @property
    def stages(self) -> dict[str, float]:
        """Mean milliseconds of each stage of a frame."""
        if not self._shown:
            return {}
        names = self._shown[-1].stages
        return {name: fmean(shown.stages.get(name, 0.0) for shown in self._shown) for name in names}

    @property
    def _span(self) -> float:
        return max(self._shown[-1].time - self._shown[0].time, 1e-6)
