"""What warping and composing takes, beside bare FaceMesh in the same run.

    python -m benchmarks.drawing [--character NAME …] [--eyes 120] [--light]

Each character is worn by one face in a 1280x720 picture, and by four in a 1920x1080 one, that turn, nod,
talk and change their emotions by known angles; no model is asked where they are. Prints the median
milliseconds of placing and drawing, one thread, and those that bare FaceMesh takes for a 1280x720 picture
with one face. They take turns, so that whatever else the machine does hits both.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import avatar_cam  # noqa: F401  # before NumPy: it says how many threads that may take

import cv2  # isort: skip
import numpy as np  # isort: skip

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.quiet import quiet
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.placer import NO_LIGHT, Placer
from avatar_cam.sources.performer import draw as draw_performer
from avatar_cam.sources.performer import score
from avatar_cam.tracking.head import head_pose, mean_face, rotation_of
from avatar_cam.tracking.mediapipe_import import solutions
from avatar_cam.types import FaceTrack, Floats, Pixels, SpriteChoice, Variant

ROUNDS, FRAMES = 12, 25
#: Shares of the picture's width at which the eyes of one face, and of four, lie.
ONE, FOUR = (0.5,), (0.14, 0.38, 0.62, 0.86)
VARIANTS: tuple[Variant, ...] = ("plain", "talk", "plain", "blink")


def face(number: int, at: tuple[float, float], eyes: float) -> FaceTrack:
    """A face in the `number`th picture: turned up to 35°, nodding up to 15°, tilted up to 10°."""
    turn, nod, tilt = (math.sin(number * speed) for speed in (0.07, 0.11, 0.05))
    mean = mean_face()
    irises = [
        np.repeat(mean[list(corners)].mean(axis=0)[None], 5, axis=0) for corners in ((33, 133), (362, 263))
    ]
    points = np.concatenate([mean, *irises]) @ rotation_of(35 * turn, 15 * nod, 10 * tilt).T
    landmarks: Floats = points * np.float32(eyes) + np.array([*at, 0], np.float32)
    return FaceTrack(1, landmarks, head_pose(landmarks), (0.0, 0.0), 0.0, "face")


def worn(number: int, character: Character) -> SpriteChoice:
    """Another emotion every 25 pictures, into which the last one fades for six of them."""
    which, age = number // 25, (number % 25) / 30
    fading = age < 0.2
    return SpriteChoice(
        face_id=1,
        character=character.id,
        emotion=EMOTIONS[which % 7],
        since=0.0,
        variant=VARIANTS[number // 4 % 4],
        previous=EMOTIONS[(which - 1) % 7] if fading else None,
        mix=age / 0.2 if fading else 1.0,
        age=age,
    )


def drawing(
    character: Character, picture: Pixels, places: tuple[float, ...], eyes: float, light: bool
) -> Iterator[float]:
    """Milliseconds of placing and drawing all faces, picture after picture."""
    placer, (height, width) = Placer(), picture.shape[:2]
    glow = (0.9, 1.0, 1.1) if light else NO_LIGHT
    number = 0
    while True:
        faces = [face(number + 9 * i, (width * share, height * 0.45), eyes) for i, share in enumerate(places)]
        pixels = picture.copy()
        start = perf_counter()
        for one in faces:
            draw(pixels, placer.place(one, worn(number, character), character, (width, height), light=glow))
        yield (perf_counter() - start) * 1000
        number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--character", nargs="*")
    parser.add_argument("--character-dir", type=Path)
    parser.add_argument("--eyes", type=float, default=110, help="distance of the eyes, px")
    parser.add_argument("--light", action="store_true")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    library = Library.open(arguments.character_dir)
    characters = [library.get(name) for name in arguments.character or sorted(library.characters)]
    small, large = (draw_performer(score(0.0), size) for size in ((1280, 720), (1920, 1080)))
    with quiet():
        mesh = solutions().face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True)
        mesh.process(small)
    for character in characters:
        character.warm()
        one, four = (
            drawing(character, picture, places, arguments.eyes, arguments.light)
            for picture, places in ((small, ONE), (large, FOUR))
        )
        times: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS):
            for _ in range(FRAMES):
                start = perf_counter()
                mesh.process(small)
                times[0].append((perf_counter() - start) * 1000)
            for of, stage in ((times[1], one), (times[2], four)):
                of.extend(next(stage) for _ in range(FRAMES))
        bare, single, several = (float(np.median(each)) for each in times)
        print(
            f"{character.id}: one face {single:.2f} ms ({single / bare:.2f} x FaceMesh), "
            f"four {several:.2f} ms ({several / bare:.2f} x), bare FaceMesh {bare:.2f} ms"
        )
    mesh.close()


if __name__ == "__main__":
    main()
