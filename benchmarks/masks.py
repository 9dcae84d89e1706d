"""How a mask sits on a face: its anchors against the landmarks they stand for, and skin that shows under it.

    python -m benchmarks.masks CLIPS… [--character NAME …]

Tracks the first face of each clip, and dresses it with each character, frame by frame, with its mouth and
eyes as the face's. Then takes the face of each clip that looks most straight ahead, and the mean face, and
turns them as they are by 0 to 45° of yaw and 0 to 30° of pitch each way, in all emotions. An anchor is where
the drawn mesh shows it, on the nearest layer that is painted there; its error is its distance from the
landmark as a share of the distance between the eyes, of heads turned up to 45°. Skin is a landmark of the
face's oval (in the picture) where the sprite's alpha is less than 250, of full-head characters alone. Takes
some minutes a character.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import avatar_cam  # noqa: F401  # before NumPy: it says how many threads that may take

import numpy as np  # isort: skip

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.rendering.compositor import overlay
from avatar_cam.rendering.placer import Placer
from avatar_cam.sources.video import VideoFile
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.far import NearAndFar
from avatar_cam.tracking.features import in_head_axes
from avatar_cam.tracking.geometry import eye_distance
from avatar_cam.tracking.head import head_pose, mean_face, rotation_of
from avatar_cam.tracking.people import FaceTracker
from avatar_cam.types import FaceTrack, Floats, Placement, SpriteChoice
from tests.rendering.shown import anchors_shown

#: FaceMesh's contour of the face.
OVAL = [
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176),
    *(149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
]
TURNS = list(product((-45, -30, -15, 0, 15, 30, 45), (-30, -20, -10, 0, 10, 20, 30)))
SIZE, MIDDLE, EYES = (640, 600), (320, 290), 60.0
Size = tuple[int, int]


@dataclass(slots=True)
class Figures:
    errors: dict[str, list[float]] = field(default_factory=dict)
    bare: int = 0
    pictures: int = 0

    def add(self, character: Character, face: FaceTrack, placements: Sequence[Placement], size: Size) -> None:
        eyes = eye_distance(face.landmarks)
        if abs(face.head.yaw) <= 45:
            for name, at in anchors_shown(character, placements).items():
                error = float(np.linalg.norm(at - face.anchor(name))) / eyes
                self.errors.setdefault(name, []).append(error)
        if character.manifest.covers == "head":
            self.bare += bare(face.landmarks, placements, size)
        self.pictures += 1

    def __str__(self) -> str:
        covered = f"bare points {self.bare} in {self.pictures} pictures"
        everything = [error for each in self.errors.values() for error in each]
        if not everything:
            return f"nothing is painted at an anchor, {covered}"
        names = ", ".join(f"{name} {np.mean(each):.1%}" for name, each in self.errors.items())
        return (
            f"error {np.mean(everything):.2%} (95 %: {np.percentile(everything, 95):.1%}; {names}), {covered}"
        )


def bare(landmarks: Floats, placements: Sequence[Placement], size: Size) -> int:
    """Points of the face's oval in the picture that are not covered."""
    alpha = overlay(size, placements)[..., 3]
    columns, rows = np.floor(landmarks[OVAL, :2]).astype(int).T
    inside = (columns >= 0) & (rows >= 0) & (columns < size[0]) & (rows < size[1])
    return int((alpha[rows[inside], columns[inside]] < 250).sum())


def tracked(clip: Path) -> tuple[Size, list[tuple[float, FaceTrack]]]:
    """The picture's size, and each time at which the first face is seen."""
    tracker = FaceTracker(NearAndFar(FaceMesh(1), 1))
    with VideoFile(clip) as video:
        seen = [(frame.time, tracker.track(frame)) for frame in video]
        size = video.size
    tracker.close()
    return size, [(time, faces[0]) for time, faces in seen if faces and faces[0].via == "face"]


def on_clip(character: Character, size: Size, seen: Iterable[tuple[float, FaceTrack]]) -> Figures:
    figures, placer, wardrobe = Figures(), Placer(), Wardrobe([character.id])
    for time, face in seen:
        choice = wardrobe.choose([face], {}, time)[face.id]
        figures.add(character, face, placer.place(face, choice, character, size, time=time), size)
    return figures


def straightest(seen: Sequence[tuple[float, FaceTrack]]) -> Floats:
    """The face with a closed mouth that looks most straight ahead, in the head's own axes."""
    face = min(
        (face for _, face in seen),
        key=lambda one: abs(one.head.yaw) + abs(one.head.pitch) + 90 * one.mouth_open,
    )
    return in_head_axes(face.landmarks, face.head)


def turned(face: Floats) -> Iterator[FaceTrack]:
    """A face (478, 3) in the head's axes at all angles."""
    for yaw, pitch in TURNS:
        at = np.array([*MIDDLE, 0], np.float32)
        points: Floats = (face @ rotation_of(yaw, pitch, 0).T * np.float32(EYES) + at).astype(np.float32)
        yield FaceTrack(1, points, head_pose(points), (0.0, 0.0), 0.0, "face")


def on_turned(character: Character, faces: Iterable[Floats]) -> Figures:
    figures, placer = Figures(), Placer()
    for points, emotion in product(faces, EMOTIONS):
        for face in turned(points):
            choice = SpriteChoice(1, character.id, emotion, 0.0)
            figures.add(character, face, placer.place(face, choice, character, SIZE), SIZE)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--character", nargs="*")
    parser.add_argument("--character-dir", type=Path)
    arguments = parser.parse_args()
    library = Library.open(arguments.character_dir)
    characters = [library.get(name) for name in arguments.character or sorted(library.characters)]
    clips = [
        path
        for given in arguments.clips
        for path in (sorted(given.glob("*.mp4")) if given.is_dir() else [given])
    ]
    people = {clip.stem: tracked(clip) for clip in clips}
    mean = mean_face()
    irises = [np.repeat(mean[both].mean(axis=0)[None], 5, axis=0) for both in ([33, 133], [362, 263])]
    faces = [np.concatenate([mean, *irises]), *(straightest(seen) for _, seen in people.values() if seen)]
    for character in characters:
        for name, (size, seen) in people.items():
            print(f"{character.id} on {name}: {on_clip(character, size, seen)}")
        print(
            f"{character.id} on {len(faces)} faces turned as they are: {on_turned(character, faces)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
