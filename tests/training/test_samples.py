"""The prepared data set and FER+'s rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_cam.errors import SourceError
from tests.training.made import make_samples
from training.samples import LABELS, Samples, load, majority, shares

#: votes in the order of FER+'s columns, and the label by its rule.
KNOWN = [
    ([10, 0, 0, 0, 0, 0, 0, 0, 0, 0], "neutral"),
    ([4, 0, 0, 1, 3, 2, 0, 0, 0, 0], None),  # 4 of 9
    ([5, 1, 1, 1, 2, 0, 0, 0, 0, 0], "neutral"),  # single votes are dropped: 5 of 7
    ([0, 5, 5, 0, 0, 0, 0, 0, 0, 0], None),  # half is no majority
    ([0, 0, 0, 0, 0, 0, 0, 6, 4, 0], "contempt"),  # "unknown" counts in the sum
    ([0, 0, 0, 0, 0, 0, 0, 4, 6, 0], None),  # but is no label
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], None),  # nor is "no face"
    ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], None),  # nothing remains
]


@pytest.mark.parametrize(("votes", "label"), KNOWN)
def test_the_majority_is_ferpluss(votes: list[int], label: str | None) -> None:
    read = int(majority(np.array([votes], np.uint8))[0])
    assert (LABELS[read] if read >= 0 else None) == label


def test_shares_are_of_all_ten_columns_without_single_votes() -> None:
    share = shares(np.array([[4, 0, 0, 1, 0, 0, 0, 0, 4, 1], [1] * 10], np.uint8))
    assert share.dtype == np.float32
    np.testing.assert_array_equal(share[0], [0.5, 0, 0, 0, 0, 0, 0, 0, 0.5, 0])
    np.testing.assert_array_equal(share[1], 0)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    samples = make_samples(24)
    path = tmp_path / "new" / "faces.npz"
    samples.save(path)
    again = load(path)
    for name in Samples.__slots__:
        np.testing.assert_array_equal(getattr(again, name), getattr(samples, name))
    assert [file.name for file in path.parent.iterdir()] == ["faces.npz"]


def test_a_split_holds_its_faces_only() -> None:
    samples = make_samples(48)
    valid = samples.of("PublicTest")
    assert 0 < len(valid) < len(samples)
    assert set(valid.split) == {1}
    assert valid.names[0] == samples.names[samples.split == 1][0]


def test_arrays_that_do_not_fit_are_refused() -> None:
    samples = make_samples(8)
    parts = {name: getattr(samples, name) for name in Samples.__slots__}
    with pytest.raises(ValueError, match="aligned"):
        Samples(**{**parts, "aligned": samples.aligned[:, :40]})
    with pytest.raises(ValueError, match="votes"):
        Samples(**{**parts, "votes": samples.votes[:5]})


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"PK\x03\x04 torn"])
def test_a_broken_file_is_one_clear_line(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "faces.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"faces\.npz.*training\.prepare") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_another_npz_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", aligned=np.zeros(3))
    with pytest.raises(SourceError, match="no prepared data set"):
        load(tmp_path / "other.npz")
