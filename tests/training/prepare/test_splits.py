"""Who goes where."""

from __future__ import annotations

from collections import Counter

import pytest

from training.datasets.base import Example, Split
from training.prepare.splits import drawn_split, shard_of, splits

SHARES = (0.8, 0.1, 0.1)
PERSONS = [f"person {number}" for number in range(4000)]


def test_the_split_has_the_shares_that_were_asked_for() -> None:
    counts = Counter(drawn_split(person, (0.7, 0.2, 0.1), 0) for person in PERSONS)
    assert counts["train"] / 4000 == pytest.approx(0.7, abs=0.03)
    assert counts["valid"] / 4000 == pytest.approx(0.2, abs=0.03)
    assert counts["test"] / 4000 == pytest.approx(0.1, abs=0.03)
    assert {drawn_split(person, (1, 0, 0), 0) for person in PERSONS} == {"train"}
    assert {drawn_split(person, (1, 0, 1), 0) for person in PERSONS} == {"train", "test"}


def test_another_seed_draws_another_split() -> None:
    one, other = ([drawn_split(person, (1, 1, 1), seed) for person in PERSONS] for seed in (0, 1))
    same = sum(a == b for a, b in zip(one, other, strict=True)) / len(PERSONS)
    assert same == pytest.approx(1 / 3, abs=0.04)


def test_a_drawn_split_stays_what_it_was() -> None:
    # A change here would make every prepared data set another one.
    drawn = [drawn_split(person, SHARES, 0) for person in PERSONS]
    assert (drawn.index("valid"), drawn.index("test")) == (4, 7)
    assert [shard_of(person, 7) for person in PERSONS[:8]] == [3, 2, 0, 3, 2, 6, 0, 1]


def test_shards_are_about_equal() -> None:
    counts = Counter(shard_of(person, 8) for person in PERSONS)
    assert set(counts) == set(range(8))
    assert max(counts.values()) < 1.2 * min(counts.values())


def _example(person: str, split: Split | None) -> Example:
    return Example("key", "file", "", person, split, {})


def test_nobody_stands_in_two_splits() -> None:
    examples = [
        *(_example("a", split) for split in ("test", None)),
        *(_example("b", split) for split in ("valid", "train")),
        _example("c", "valid"),
    ]
    assert splits(examples, SHARES, 0) == {"a": "test", "b": "train", "c": "valid"}


def test_without_a_split_of_its_own_one_is_drawn() -> None:
    result = splits([_example(person, None) for person in PERSONS], SHARES, 0)
    assert result == {person: drawn_split(person, SHARES, 0) for person in PERSONS}


def test_without_anybody_to_validate_with_some_are_drawn_from_train() -> None:
    examples = [_example(person, "train") for person in PERSONS] + [_example("tested", "test")]
    result = splits(examples, SHARES, 0)
    assert result["tested"] == "test"
    counts = Counter(result[person] for person in PERSONS)
    assert counts["valid"] / 4000 == pytest.approx(1 / 9, abs=0.02)
    assert set(counts) == {"train", "valid"}
