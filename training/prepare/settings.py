"""What determines the faces that are written, beside the data itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from avatar_cam.emotions.crop import MARGIN
from avatar_cam.errors import UsageError

Detector = Literal["mediapipe", "box", "haar"]

#: In place of a JPEG quality.
LOSSLESS = "lossless"
Quality = int | Literal["lossless"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Together with the data these give the same output, byte for byte.

    detector  what finds the face
    size      side of the pictures that are stored, px
    quality   of their JPEG compression, 1 to 100, or "lossless" for PNG
    shares    of the persons who go to train, valid and test, where the data set has no split of its own
    seed      draws that split
    shards    number of files; None: one for every 4,096 pictures
    reading   the kind of data set, and how it is read: what its adapter offers to choose
    margin    the run-time crop's: with another one all crops are others
    """

    detector: Detector
    size: int
    quality: Quality
    shares: tuple[float, float, float]
    seed: int
    shards: int | None
    reading: tuple[tuple[str, str], ...]
    margin: float = MARGIN

    def as_json(self) -> dict[str, Any]:
        """As plain data, as it stands in the manifest."""
        return {**asdict(self), "shares": list(self.shares), "reading": dict(self.reading)}

    def refuse_others(self, others: dict[str, Any], folder: object) -> None:
        """Raises UsageError where an output that was begun with `others` cannot be gone on with."""
        own = self.as_json()
        changed = [
            f"{field.name} {_shown(others.get(field.name))}, not {_shown(own[field.name])}"
            for field in fields(self)
            if others.get(field.name) != own[field.name]
        ]
        if changed:
            raise UsageError(
                f"{folder} was begun with {' and '.join(changed)}: use the same options, another --out, "
                "or --restart to begin anew"
            )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"{name}={each}" for name, each in value.items())
    return str(value)
