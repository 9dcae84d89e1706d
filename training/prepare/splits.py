"""A person's split and shard, drawn by a hash, so that the order of the data does not matter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import accumulate

from training.datasets.base import Example, Split
from training.samples import SPLITS


def splits(examples: Sequence[Example], shares: tuple[float, float, float], seed: int) -> dict[str, Split]:
    """Everybody's split: the data set's own, where it has one.

    Where it puts a person into two, the first of train, valid and test gets all of them: what has been learnt
    from may not be tested with. Where nobody is in valid, some of train are drawn for it.
    """
    own: dict[str, Split] = {}
    for example in examples:
        if example.split is not None:
            known = own.get(example.person, example.split)
            own[example.person] = min(known, example.split, key=SPLITS.index)
    has_valid = "valid" in own.values()
    result: dict[str, Split] = {}
    for person in {example.person for example in examples}:
        if person not in own:
            result[person] = drawn_split(person, shares, seed)
        elif own[person] == "train" and not has_valid:
            result[person] = drawn_split(person, (*shares[:2], 0), seed)
        else:
            result[person] = own[person]
    return result


def drawn_split(person: str, shares: tuple[float, float, float], seed: int) -> Split:
    """A split for a person, each with its share of the chance."""
    chance = _hash(f"split {seed} {person}") / 2**64 * sum(shares)
    edges = zip(SPLITS, accumulate(shares), strict=True)
    return next((split for split, edge in edges if chance < edge), "train")


def shard_of(person: str, shards: int) -> int:
    """The shard, from 0 on, that holds all of a person's faces."""
    return _hash(f"shard {person}") % shards


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()[:8], "big")
