"""Targets, batches, schedule and figures."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.made import make_samples
from training.augment import Strength
from training.batches import batches, targets
from training.evaluate import to_emotions
from training.metrics import accuracy, confusion, recalls
from training.samples import LABELS
from training.scaling import scaled
from training.schedule import Average, learning_rate


def test_targets_are_vote_shares_and_smoothed_labels() -> None:
    samples = make_samples(16)
    wanted = targets(samples, balance=0, smoothing=0.1)
    np.testing.assert_allclose(wanted.ferplus, np.eye(8)[np.arange(16) % 8], atol=1e-6)
    np.testing.assert_allclose(wanted.fer2013.sum(axis=1), 1, atol=1e-6)
    assert wanted.fer2013[0].argmax() == samples.fer2013[0]
    assert wanted.fer2013[0].max() == pytest.approx(0.9 + 0.1 / 7)


def test_balance_raises_the_rare_and_keeps_the_mean() -> None:
    samples = make_samples(90)
    kept = samples.select((np.arange(90) % 8 < 2) & ((np.arange(90) % 8 < 1) | (np.arange(90) < 20)))
    plain = targets(kept, balance=0, smoothing=0).ferplus
    half, full = (targets(kept, balance=balance, smoothing=0).ferplus for balance in (0.5, 1.0))
    assert half.sum() == pytest.approx(plain.sum(), rel=1e-5)
    assert half[:, 1].max() > half[:, 0].max()
    assert full[:, 0].sum() == pytest.approx(full[:, 1].sum(), rel=1e-5)


def test_an_epoch_shows_each_face_at_most_once_and_can_be_repeated() -> None:
    samples = make_samples(50)
    wanted = targets(samples, 0, 0)
    # Each face gets a target of its own by which it is known again.
    wanted.ferplus[:, 0] = np.arange(50)
    runs = [list(batches(samples, wanted, Strength(), 8, seed=3, epoch=epoch)) for epoch in (0, 0, 1)]
    assert [len(run) for run in runs] == [6, 6, 6]
    orders = [np.concatenate([labels["ferplus"][:, 0] for _, labels in run]) for run in runs]
    assert len(set(orders[0])) == 48
    np.testing.assert_array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
    for (one, _), (two, _) in zip(runs[0], runs[1], strict=True):
        assert one.shape == (8, 48, 48, 1)
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, two)


def test_a_batch_holds_the_picture_of_its_label() -> None:
    samples = make_samples(16)
    still = Strength(
        raw=1.0,
        **dict.fromkeys(("rotation", "scale", "stretch", "shift", "contrast", "brightness", "light"), 0.0),
        **dict.fromkeys(("noise", "soften", "cut_chance"), 0.0),
    )
    for pictures, labels in batches(samples, targets(samples, 0, 0), still, 8, seed=0, epoch=0):
        for picture, label in zip(pictures, labels["ferplus"], strict=True):
            kind = int(label.argmax())
            either = (samples.raw[kind::8], samples.raw[kind::8, :, ::-1])
            assert any(np.array_equal(scaled(one[None])[0], picture) for side in either for one in side)


def test_the_rate_rises_then_falls_to_nothing() -> None:
    rates = [learning_rate(step, 100, 10, 0.5) for step in range(100)]
    assert max(rates) == rates[9] == rates[10] == 0.5
    steps = np.diff(rates)
    assert (steps[:9] > 0).all()
    assert (steps[10:] < 0).all()
    assert 0 < rates[-1] < 0.001


def test_the_average_follows() -> None:
    average = Average([np.zeros(2, np.float32)], decay=0.5)
    for _ in range(100):
        average.update([np.array([1, 3], np.float32)])
    np.testing.assert_allclose(average.weights[0], [1, 3], rtol=1e-5)
    average.update([np.array([3, 3], np.float32)])
    np.testing.assert_allclose(average.weights[0], [2, 3], rtol=1e-5)


def test_a_young_average_forgets_its_start() -> None:
    average = Average([np.full(1, 100, np.float32)], decay=0.999)
    for _ in range(50):
        average.update([np.zeros(1, np.float32)])
    assert average.weights[0][0] < 1


def test_faces_without_a_majority_are_left_out() -> None:
    read, true = np.array([0, 1, 2, 2]), np.array([0, 2, -1, 2])
    assert accuracy(read, true) == pytest.approx(2 / 3)
    table = confusion(read, true, 3)
    np.testing.assert_array_equal(table, [[1, 0, 0], [0, 0, 0], [0, 1, 1]])
    np.testing.assert_array_equal(recalls(table), [1, np.nan, 0.5])
    assert accuracy(read, np.full(4, -1)) == 0


def test_labels_of_one_emotion_are_added() -> None:
    read = np.zeros((1, 8), np.float32)
    read[0, LABELS.index("disgust")], read[0, LABELS.index("contempt")] = 0.25, 0.5
    read[0, LABELS.index("fear")] = 0.25
    np.testing.assert_allclose(to_emotions(read)[0], [0, 0, 0, 0.25, 0.75, 0, 0])
