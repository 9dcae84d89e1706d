"""People that can be told apart: heads painted with a pattern, where their scripted landmarks are."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from avatar_cam.tracking.head import head_pose
from avatar_cam.types import Floats, Frame, Pixels, PoseTrack

SIZE = (960, 360)
#: FaceMesh's landmarks that lie where Pose's head points do: nose, eyes, ears, mouth.
_HEAD = (1, 362, 386, 263, 133, 159, 33, 454, 234, 291, 61)


class Doll:
    """A head with a pattern of its own."""

    def __init__(self, seed: int) -> None:
        self._pattern = np.random.default_rng(seed).integers(40, 220, (6, 5, 3)).astype(np.uint8)

    def paint(self, picture: Pixels, face: Floats, light: float = 1.0) -> None:
        """Over the picture, where the face is."""
        head = head_pose(face)
        x, y = head.translation[:2]
        half_x, half_y = 1.4 * head.scale, 2.1 * head.scale
        x0, x1, y0, y1 = (round(v) for v in (x - half_x, x + half_x, y - half_y, y + half_y))
        painted = cv2.resize(self._pattern, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        lit = np.clip(painted * light, 0, 255).astype(np.uint8)
        inside = np.s_[max(y0, 0) : picture.shape[0], max(x0, 0) : picture.shape[1]]
        under = picture[inside]
        part = lit[max(-y0, 0) :, max(-x0, 0) :][: under.shape[0], : under.shape[1]]
        under[: part.shape[0], : part.shape[1]] = part


def scene(time: float, people: Sequence[tuple[Doll, Floats]], light: float = 1.0) -> Frame:
    """A picture with these people, the later ones before the earlier ones."""
    picture = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    for doll, face in people:
        doll.paint(picture, face, light)
    return Frame(picture, round(time * 30), time)


def body_of(face: Floats, time: float, head: float = 0.999, shoulders: float = 0.9) -> PoseTrack:
    """The body whose head wears this face, and how visible it is."""
    points = np.zeros((33, 3), np.float32)
    points[:11] = face[list(_HEAD)]
    eyes = float(np.hypot(*(face[263, :2] - face[33, :2])))
    points[11:13] = face[152] + np.array([[eyes * 2, eyes, 0], [-eyes * 2, eyes, 0]], np.float32)
    visibility = np.full(33, head, np.float32)
    visibility[11:] = shoulders
    return PoseTrack(points, visibility, time)
