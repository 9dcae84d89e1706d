"""What flows through the program, from `Frame` to `Composite`.

All are frozen; arrays are checked when they are wrapped and are not to be changed afterwards,
with one exception that saves a copy of every frame: the compositor draws into `Frame.pixels`.

Picture axes: x to the right, y down, z away from the viewer; pixels. Left and right are the
person's own. Colours are RGB. Times are seconds of the source's own clock, from its first frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

Box = tuple[int, int, int, int]
Via = Literal["face", "pose", "held"]
Variant = Literal["plain", "blink", "talk", "blink_talk"]
#: What a part of a character hangs on; `hips` is the middle between both hips.
Attach = Literal["head", "left_shoulder", "right_shoulder", "left_wrist", "right_wrist", "hips"]

LANDMARKS = 478
POSE_LANDMARKS = 33

#: FaceMesh indices whose mean is the anchor.
ANCHORS: dict[str, tuple[int, ...]] = {
    "left_eye": (362, 263),
    "right_eye": (33, 133),
    "nose_tip": (1,),
    "mouth_left": (291,),
    "mouth_right": (61,),
    "mouth": (61, 291),
    "chin": (152,),
    "forehead": (10,),
}


def _check(name: str, array: NDArray[np.generic], dtype: type, shape: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(shape) and all(
        want in (None, have) for have, want in zip(array.shape, shape, strict=True)
    )
    if not fits or array.dtype != dtype:
        raise ValueError(f"{name} must be {np.dtype(dtype).name} {shape}, not {array.dtype} {array.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    `pixels` is uint8 (H, W, 3) RGB, contiguous, and belongs to whoever holds the frame: a source
    hands over memory that it does not use again, and the compositor draws into it.
    """

    pixels: Pixels
    index: int
    time: float

    def __post_init__(self) -> None:
        _check("pixels", self.pixels, np.uint8, (None, None, 3))
        if not self.pixels.flags.c_contiguous:
            raise ValueError("pixels must be contiguous")

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class HeadPose:
    """Where a head is: picture point = `scale` · (`rotation` @ mean-face point) + `translation`.

    The mean face (see `tracking.head`) has the eyes' distance 1 and its origin between the eyes.
    `rotation` float32 (3, 3); `scale` pixels per eye distance, not shortened by a turned head;
    `translation` float32 (3,) px. Angles in degrees: `yaw` positive to the person's own left, `pitch` up,
    `roll` clockwise in the picture; rotation = Rz(roll) · Ry(yaw) · Rx(pitch).
    """

    rotation: Floats
    scale: float
    translation: Floats
    yaw: float
    pitch: float
    roll: float

    def __post_init__(self) -> None:
        _check("rotation", self.rotation, np.float32, (3, 3))
        _check("translation", self.translation, np.float32, (3,))


@dataclass(frozen=True, slots=True, eq=False)
class FaceTrack:
    """One person's face in one frame.

    `landmarks` float32 (478, 3) px, FaceMesh's with refined eyes; `blink` (left, right) and `mouth_open`
    from 0 (eye open, mouth closed) to 1; `opacity` is 1 while the face is seen, and falls to 0 after it is
    lost.
    """

    id: int
    landmarks: Floats
    head: HeadPose
    blink: tuple[float, float]
    mouth_open: float
    via: Via
    opacity: float = 1.0

    def __post_init__(self) -> None:
        _check("landmarks", self.landmarks, np.float32, (LANDMARKS, 3))

    def anchor(self, name: str) -> Floats:
        """The named point, float32 (2,) px."""
        points: Floats = self.landmarks[list(ANCHORS[name]), :2].mean(axis=0)
        return points

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(x, y, width, height) around the landmarks, px."""
        low = self.landmarks[:, :2].min(axis=0)
        high = self.landmarks[:, :2].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


@dataclass(frozen=True, slots=True, eq=False)
class PoseTrack:
    """One person's body: `landmarks` float32 (33, 3) px, `visibility` float32 (33,) from 0 to 1.

    `time` is that of the frame it was found in.
    """

    landmarks: Floats
    visibility: Floats
    time: float = 0.0

    def __post_init__(self) -> None:
        _check("landmarks", self.landmarks, np.float32, (POSE_LANDMARKS, 3))
        _check("visibility", self.visibility, np.float32, (POSE_LANDMARKS,))


@dataclass(frozen=True, slots=True, eq=False)
class EmotionReading:
    """What the model read: `probabilities` float32 (7,) in the order of `EMOTIONS`, summing to 1."""

    face_id: int
    probabilities: Floats
    time: float

    def __post_init__(self) -> None:
        _check("probabilities", self.probabilities, np.float32, (len(EMOTIONS),))


@dataclass(frozen=True, slots=True)
class SpriteChoice:
    """What a face wears in one frame.

    While one emotion fades into the next, `previous` is the one that goes and `mix` the share of `emotion`,
    0 to 1. `age` and `previous_age` are the seconds for which each has been shown, by which animations go.
    """

    face_id: int
    character: str
    emotion: Emotion
    since: float
    variant: Variant = "plain"
    opacity: float = 1.0
    previous: Emotion | None = None
    mix: float = 1.0
    age: float = 0.0
    previous_age: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A texture at its own size, or halved.

    `rgba` uint8 (h, w, 4) premultiplied; `filled` int32 (h, 2): from which to before which column each row is
    not empty; `bordered`: whether its first row and column and its last two are empty, so that all beyond
    it is like its edge. It is then drawn faster. `margin`: how many of its pixels were added left of and
    above the texture.
    """

    rgba: Pixels
    filled: NDArray[np.int32]
    bordered: bool
    margin: float


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A picture of a character, cut to what is not empty.

    `rgba` uint8 (h, w, 4), RGB multiplied by alpha; `origin` is where its upper left corner lies in the
    artwork, in the artwork's pixels; `outline` float32 (64, 2) are points around what is not empty, there
    too.
    """

    rgba: Pixels
    origin: tuple[int, int]
    outline: Floats = field(init=False)
    #: As it is, halved once, twice …: made by the compositor when first needed.
    levels: list[Level] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        _check("rgba", self.rgba, np.uint8, (None, None, 4))
        object.__setattr__(
            self, "outline", outline_of(_edge(self.rgba[..., 3]) + np.array(self.origin, np.float32))
        )

    @property
    def extent(self) -> Box:
        """The box (x0, y0, x1, y1) that it takes in the artwork, px."""
        (x, y), (height, width) = self.origin, self.rgba.shape[:2]
        return x, y, x + width, y + height


OUTLINE_POINTS = 64


def _edge(alpha: Pixels) -> Floats:
    """Corners of the first and last pixel that is not empty in each row of (h, w), float32 (N, 2)."""
    rows = np.flatnonzero(alpha.any(axis=1))
    if len(rows) == 0:
        return np.zeros((1, 2), np.float32)
    filled = alpha[rows] > 0
    first, last = filled.argmax(axis=1), alpha.shape[1] - filled[:, ::-1].argmax(axis=1)
    corners = [np.stack([columns, rows + below], axis=-1) for columns in (first, last) for below in (0, 1)]
    edge: Floats = np.concatenate(corners).astype(np.float32)
    return edge


def outline_of(points: Floats) -> Floats:
    """The points (N, 2) that reach furthest in each of 64 directions, float32 (64, 2)."""
    angles = np.arange(OUTLINE_POINTS, dtype=np.float32) * np.float32(2 * np.pi / OUTLINE_POINTS)
    directions = np.stack([np.cos(angles), np.sin(angles)])
    outline: Floats = points[(points @ directions).argmax(axis=0)]
    return outline


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """One textured mesh, ready to be drawn by the compositor or a browser.

    `box` (x0, y0, x1, y1), whole px, is the part of the picture to draw in. `lattice` (x0, y0, x1, y1), whole
    px, reaches beyond it and is divided into as many equal cells as `uv` float32 (rows, columns, 2) has
    nodes; each node lies in the middle of its cell and says which point of the artwork, in its pixels, is
    seen there, linear between nodes; outside the texture nothing is seen. `textures` are added up by their
    weights (a cross-fade). `opacity` is that of the whole face, whose placements are laid over each
    other first. Their red, green and blue are multiplied by `light`. Placements of a frame are in drawing
    order, face by face.
    """

    textures: tuple[tuple[Texture, float], ...]
    box: Box
    lattice: Box
    uv: Floats
    opacity: float
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        _check("uv", self.uv, np.float32, (None, None, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """A frame with its overlay drawn in, and everything that led to it."""

    frame: Frame
    faces: tuple[FaceTrack, ...]
    readings: dict[int, EmotionReading]
    choices: dict[int, SpriteChoice]
    placements: tuple[Placement, ...]
    pose: PoseTrack | None = None
    pose_face: int | None = None
    #: Milliseconds of each stage.
    ms: dict[str, float] = field(default_factory=dict)
