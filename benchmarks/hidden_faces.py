"""Does anything of a bare face show while it is lost? In a clip made of a real one that comes and goes.

    python -m benchmarks.hidden_faces CLIP --out FOLDER

CLIP shows one person all the time. A clip is made of it in which they walk out on one side and come back on
the other, hide behind a book, come out beside it, and turn their back. Each policy of `--on-lost` goes
through it frame by frame. Printed is in how many pictures some of the bare face could be made out, how much
of it at worst, and in how many something was hidden; `show` says what there would be without protection.
Pictures of the worst frames, and of every tenth, go into the folder.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.apps.build import Parts, build_pipeline
from avatar_cam.apps.on_lost import POLICIES, OnLost, Policy
from avatar_cam.settings import Settings
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sinks.video import VideoWriter
from avatar_cam.types import Composite, Floats, Frame, Pixels
from benchmarks.made_clips import faces_of, frames_of

FPS = 30.0
#: A face is compared in so many tiles across, of so many px at least. What is finer than a tile can be made
#: out where it differs from the original (root of the mean square) by less than this share of its own.
_TILES, _SMALLEST, _ALIKE = 6, 12, 0.6
#: Tiles of the original with less contrast than this say nothing.
_FLAT = 2.0
#: A picture with more than this share of its face's tiles alike shows some of the face.
BARE = 0.05


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, and the outline (N, 2) of the face in it, px; None where no face is to be seen."""

    pixels: Pixels
    face: Floats | None


def scenes(clip: Path, height: int) -> Iterator[Scene]:
    """The made clip, its pictures `height` px high."""
    frames = frames_of(clip)
    scale = height / frames[0].shape[0]
    size = round(frames[0].shape[1] * scale) // 2 * 2, height
    frames = [np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8) for frame in frames]
    outlines = [_outline(face) for face in faces_of(frames)]
    for index, (shift, cover) in enumerate(_script(size[0])):
        # To and fro, so that nobody jumps where the clip begins anew.
        turn = index % (2 * len(frames))
        which = min(turn, 2 * len(frames) - 1 - turn)
        yield _scene(frames[which], outlines[which], shift, cover)


def _script(width: int) -> Iterator[tuple[float, str | None]]:
    """How far the person stands beside their place, px, and what hides them, frame by frame."""
    yield from [(0.0, None)] * 60
    for step in range(20):  # out to the right
        yield width * step / 20, None
    yield from [(2.0 * width, None)] * 45
    for step in range(20):  # in from the left
        yield -width * (1 - step / 20), None
    yield from [(0.0, None)] * 45
    yield from [(0.0, "book")] * 45
    yield from [(-0.12 * width, "book")] * 5
    yield from [(-0.12 * width, None)] * 45  # out of the book's shade elsewhere
    yield from [(-0.12 * width, "back")] * 45
    yield from [(0.0, None)] * 45


def _scene(pixels: Pixels, outline: Floats, shift: float, cover: str | None) -> Scene:
    height, width = pixels.shape[:2]
    move = np.array([[1, 0, shift], [0, 1, 0]], np.float64)
    if abs(shift) >= width:
        empty = cv2.GaussianBlur(pixels, (0, 0), width / 8)
        return Scene(np.asarray(empty, np.uint8), None)
    moved = np.asarray(
        cv2.warpAffine(pixels, move, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
    face = outline + np.array([shift, 0], np.float32)
    if cover is None:
        return Scene(moved, face)
    low, high = face.min(axis=0), face.max(axis=0)
    margin = 0.25 * (high - low)
    (x0, y0), (x1, y1) = (low - margin).astype(int), (high + margin).astype(int)
    if cover == "book":
        cv2.rectangle(moved, (int(x0), int(y0)), (int(x1), int(y1)), (60, 70, 110), -1)
    else:
        middle, axes = (low + high) / 2, (high - low) * 0.68
        cv2.ellipse(moved, (middle.tolist(), (2 * axes).tolist(), 0.0), (38, 30, 26), -1)
    return Scene(moved, None)


def _outline(face: Floats) -> Floats:
    outline: Floats = cv2.convexHull(np.ascontiguousarray(face[:, :2]))[:, 0].astype(np.float32)
    return outline


def bare_share(shown: Pixels, original: Pixels, face: Floats) -> float:
    """How much of the face, 0 to 1, can be made out in `shown`, tile by tile, as in `original` (H, W, 3)."""
    height, width = original.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(face).astype(np.int32), (1,))
    side = max(_SMALLEST, round(float(np.ptp(face[:, 0])) / _TILES))
    fine, fine_shown = (_fine(picture, side) for picture in (original, shown))
    alike = told = 0
    for y in range(0, height - side + 1, side):
        for x in range(0, width - side + 1, side):
            part = np.s_[y : y + side, x : x + side]
            one, other = fine[part], fine_shown[part]
            if mask[part].mean() < 0.8 or one.std() < _FLAT:
                continue
            told += 1
            alike += float((one - other).std()) < _ALIKE * float(one.std())
    return alike / told if told else 0.0


def _fine(pixels: Pixels, side: int) -> Floats:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine: Floats = grey - cv2.GaussianBlur(grey, (0, 0), side / 2)
    return fine


@dataclass(slots=True)
class Tally:
    """What was to be seen under one policy."""

    guard: OnLost
    worst: float = 0.0
    bare: int = 0
    hidden: int = 0

    def look(self, shown: Pixels, scene: Scene) -> float:
        share = bare_share(shown, scene.pixels, scene.face) if scene.face is not None else 0.0
        self.bare, self.hidden = self.bare + (share > BARE), self.hidden + self.guard.hiding
        self.worst = max(self.worst, share)
        return share


def run(clip: Sequence[Scene], out: Path) -> dict[Policy, Tally]:
    """Go through the clip, once for all policies."""
    settings = Settings(character="bear", pose=True)
    characters = Parts.of(settings).characters
    pipeline, _ = build_pipeline(settings)
    tallies = {policy: Tally(OnLost(policy, 1, lambda: characters)) for policy in POLICIES}
    with pipeline:
        for index, scene in enumerate(clip):
            composite = pipeline.step(Frame(scene.pixels.copy(), index, index / FPS))
            for policy, tally in tallies.items():
                frame = replace(composite.frame, pixels=composite.frame.pixels.copy())
                shown = tally.guard.over(replace(composite, frame=frame)).frame.pixels
                worst = tally.worst
                share = tally.look(shown, scene)
                if share > max(worst, BARE) or index % 10 == 0:
                    write_photo(out / f"{policy}-{index:03}-{round(100 * share)}.png", shown)
    return tallies


def write(clip: Sequence[Scene], path: Path) -> None:
    """Write the made clip as a video."""
    height, width = clip[0].pixels.shape[:2]
    with VideoWriter(path, (width, height), FPS) as writer:
        for index, scene in enumerate(clip):
            writer.write(Composite(Frame(scene.pixels, index, index / FPS), (), {}, {}, ()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clip", type=Path)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--out", type=Path, default=Path())
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="only write the made clip, to feed a webcam"
    )
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    made = list(scenes(arguments.clip, arguments.height))
    if arguments.write is not None:
        write(made, arguments.write)
        return
    tallies = run(made, arguments.out)
    print("policy      hidden  bare  worst")
    for policy, tally in tallies.items():
        print(f"{policy:10} {tally.hidden:7} {tally.bare:5} {100 * tally.worst:5.0f} %")


if __name__ == "__main__":
    main()
