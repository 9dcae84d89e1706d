"""What a finished data set says of itself: made from its shards alone, so that it cannot say otherwise."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from training.datasets.base import LeftOut
from training.labels import SCHEMES, majority
from training.prepare.plan import Plan
from training.prepare.settings import Settings
from training.samples import SPLITS
from training.shards import FORMAT, SHARDS, json_lines, read_tables


def make_manifest(folder: Path, plan: Plan, settings: Settings) -> tuple[dict[str, Any], bytes]:
    """The manifest, and the content of the list of what is left out."""
    records: list[dict[str, Any]] = []
    left_out = list(plan.left_out)
    shards = []
    for path in sorted((folder / SHARDS).glob("*.zip")):
        faces, others = read_tables(path)
        content = path.read_bytes()
        shards.append(
            {
                "file": f"{SHARDS}/{path.name}",
                "faces": len(faces),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        left_out += others
        # The pictures' names are of no use here, and there may be a million of them.
        records += [{key: face[key] for key in ("person", "split", "labels", "found")} for face in faces]
    left_out.sort(key=lambda one: (one.key, one.reason))
    manifest = {
        "format": FORMAT,
        "settings": settings.as_json(),
        "data": plan.as_json(),
        "faces": len(records),
        "found": sum(record["found"] for record in records),
        "splits": {split: _counts(records, split, plan.schemes) for split in SPLITS},
        "left_out": _reasons(left_out),
        "shards": shards,
    }
    return manifest, json_lines([{"key": one.key, "reason": one.reason} for one in left_out])


def _counts(records: list[dict[str, Any]], split: str, schemes: list[str]) -> dict[str, Any]:
    """Faces, persons, and faces of each label: the one with more than half of the votes."""
    own = [record for record in records if record["split"] == split]
    return {
        "faces": len(own),
        "persons": len({record["person"] for record in own}),
        "labels": {name: _labels(own, name) for name in schemes},
    }


def _labels(records: list[dict[str, Any]], scheme: str) -> dict[str, int]:
    labels = SCHEMES[scheme].labels
    shares = [record["labels"][scheme] for record in records if scheme in record["labels"]]
    chosen = majority(np.array(shares, np.float32).reshape(-1, len(labels)))
    counts = {label: int((chosen == index).sum()) for index, label in enumerate(labels)}
    return {**counts, "no majority": int((chosen < 0).sum())}


def _reasons(left_out: list[LeftOut]) -> dict[str, int]:
    return dict(sorted(Counter(one.reason for one in left_out).items()))
