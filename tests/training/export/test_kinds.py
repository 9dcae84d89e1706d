"""How far two readings are apart, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.kinds import KINDS, TOLERANCES, Difference

ONE = np.array([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.2, 0.2, 0.6], [1.0, 0.0, 0.0]])
OTHER = np.array([[0.6, 0.3, 0.1], [0.52, 0.38, 0.1], [0.2, 0.2, 0.6], [1.0, 0.0, 0.0]])


def test_differences_by_hand() -> None:
    apart = Difference.between(ONE, OTHER)
    assert apart.largest == pytest.approx(0.12)
    assert apart.mean == pytest.approx((0.1 + 0.12) / 4)
    assert apart.other == pytest.approx(1 / 4)


@pytest.mark.parametrize("beyond", ["largest", "mean", "other"])
def test_each_limit_counts(beyond: str) -> None:
    apart = Difference.between(ONE, OTHER)
    limits = {name: getattr(apart, name) for name in ("largest", "mean", "other")}
    assert apart.within(Difference(**limits))
    assert not apart.within(Difference(**{**limits, beyond: limits[beyond] * 0.99}))


def test_every_kind_has_limits_that_grow_with_its_rounding() -> None:
    means = [TOLERANCES[kind].mean for kind in KINDS]
    assert means == sorted(means) and len(set(means)) == len(KINDS)
