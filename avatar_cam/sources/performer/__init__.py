"""A person drawn by code on a rig of face and head: the demo's camera and the tests' ground truth."""

from avatar_cam.sources.performer.expressions import EXPRESSIONS
from avatar_cam.sources.performer.picture import draw
from avatar_cam.sources.performer.rig import Expression, Rig
from avatar_cam.sources.performer.score import DEFAULT_SECONDS, acted, score
from avatar_cam.sources.performer.source import Performer
from avatar_cam.sources.performer.truth import Truth, truth

__all__ = [
    "DEFAULT_SECONDS",
    "EXPRESSIONS",
    "Expression",
    "Performer",
    "Rig",
    "Truth",
    "acted",
    "draw",
    "score",
    "truth",
]
