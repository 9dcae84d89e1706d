"""Targets and batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.training.train.faces import make_faces
from tests.training.train.test_augment import NONE
from training.augment import Strength
from training.batches import Feed, mixed, target
from training.config import Head
from training.samples import Samples
from training.scaling import scaled

PLAIN = Head(balance=0.0)


def _feed(samples: Samples, wanted: NDArray[np.float32], strength: Strength, mixup: float = 0.0) -> Feed:
    return Feed(samples.crops, samples.raw, {"ferplus": wanted}, strength, mixup, size=8, seed=3)


def test_targets_are_vote_shares_which_smoothing_spreads() -> None:
    shares = np.array([[1, 0, 0, 0], [0.5, 0.25, 0, 0], [0, 0, 0, 0], [0, 0, 0.5, 0.5]], np.float32)
    np.testing.assert_allclose(target(shares, PLAIN), shares, atol=1e-6)
    smooth = target(shares, Head(balance=0.0, smoothing=0.2))
    np.testing.assert_allclose(smooth[0], [0.85, 0.05, 0.05, 0.05], atol=1e-6)
    # Who could not be named by a quarter of the annotators counts three quarters, who has no label nothing.
    np.testing.assert_allclose(smooth.sum(axis=1), [1, 0.75, 0, 1], atol=1e-6)


def test_balance_raises_the_rare_and_keeps_the_mean() -> None:
    shares = np.eye(3, dtype=np.float32)[[0] * 12 + [1] * 3]  # nobody shows the third
    half, full = (target(shares, Head(balance=balance)) for balance in (0.5, 1.0))
    assert half.sum() == pytest.approx(15, rel=1e-5)
    assert half[-1, 1] == pytest.approx(2 * half[0, 0], rel=1e-5)  # √(12 / 3)
    assert full[:, 0].sum() == pytest.approx(full[:, 1].sum(), rel=1e-5)
    assert not full[:, 2].any()


def test_an_epoch_shows_each_face_at_most_once_and_can_be_repeated() -> None:
    samples = make_faces(50)
    wanted = samples.labels["ferplus"].copy()
    wanted[:, 0] = np.arange(50)  # by which it is known again
    feed = _feed(samples, wanted, Strength())
    assert feed.steps == 6
    runs = [list(feed.epoch(epoch)) for epoch in (0, 0, 1)]
    orders = [np.concatenate([labels["ferplus"][:, 0] for _, labels in run]) for run in runs]
    assert len(set(orders[0])) == 48
    np.testing.assert_array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
    for (one, _), (two, _) in zip(runs[0], runs[1], strict=True):
        assert one.shape == (8, 16, 16, 1)
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("mixup", [0.0, 0.4])
def test_an_epoch_can_begin_in_its_middle(mixup: float) -> None:
    samples = make_faces(50)
    feed = _feed(samples, samples.labels["ferplus"], Strength(), mixup)
    whole, rest = list(feed.epoch(4)), list(feed.epoch(4, first=4))
    assert len(rest) == 2
    for (one, wanted), (two, again) in zip(whole[4:], rest, strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(wanted["ferplus"], again["ferplus"])


def test_a_batch_holds_the_picture_of_its_label_in_either_framing() -> None:
    samples = make_faces(48)
    samples = replace(samples, raw=255 - samples.raw)
    wanted = np.arange(48, dtype=np.float32)[:, None] * np.ones((1, 8), np.float32)
    feed = _feed(samples, wanted, replace(NONE, raw=0.5))
    framings = {"crops": 0, "raw": 0}
    for pictures, labels in feed.epoch(0):
        for picture, label in zip(pictures, labels["ferplus"], strict=True):
            for name in framings:
                face = getattr(samples, name)[int(label[0])]
                framings[name] += any(
                    np.array_equal(scaled(side[None])[0], picture) for side in (face, face[:, ::-1])
                )
    assert sum(framings.values()) == 48
    assert min(framings.values()) > 10


def test_mixed_pictures_have_mixed_targets() -> None:
    pictures = np.arange(64, dtype=np.float32)[:, None, None] * np.ones((1, 4, 4), np.float32)
    wanted = {"ferplus": np.arange(64, dtype=np.float32)[:, None] * np.ones((1, 8), np.float32)}
    shown, labels = mixed(pictures, wanted, 0.4, np.random.default_rng(0))
    np.testing.assert_allclose(shown[:, 0, 0], labels["ferplus"][:, 0], rtol=1e-5)
    assert shown.dtype == labels["ferplus"].dtype == np.float32
    moved = np.abs(shown[:, 0, 0] - np.arange(64))
    assert (moved > 0.1).sum() > 20
    # At least half of each is the face itself.
    assert (moved <= 0.5 * 63).all()
