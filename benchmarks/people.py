"""Several people, and faces that come and go, in clips made of given material.

    python -m benchmarks.people --photo TWO_PEOPLE.jpg --clip CLIP… --out FOLDER

Runs the whole pipeline over each made clip, prints whether the identities were kept, how often two were
swapped, the share of frames with an overlay by how it was found, how long a face took to be back, and the
frames a second; and writes a contact sheet of each clip into the folder.
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from avatar_cam.apps.build import build_pipeline
from avatar_cam.apps.sheet import contact_sheet
from avatar_cam.settings import Settings
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sources.photos import read_photo
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.geometry import eye_distance, place
from avatar_cam.types import Composite, FaceTrack, Frame, Pixels
from benchmarks.made_clips import (
    FPS,
    Head,
    Place,
    Shown,
    covered_then_gone,
    crossing,
    faces_of,
    frames_of,
    room,
    side_by_side,
)

TILES, TILE_HEIGHT = 16, 240
#: The eyes of heads that cross are so far apart, px.
EYES = 70.0
#: A face belongs to the person within so many eye distances.
CLOSE = 1.2


@dataclass
class Tally:
    """What happened in a clip."""

    frames: int = 0
    #: Frames of each person with an overlay, by `via`.
    via: Counter[str] = field(default_factory=Counter)
    #: The ids that each person had, in order, without repetition.
    ids: dict[int, list[int]] = field(default_factory=dict)
    #: Frames from when somebody was to be seen again to the overlay.
    delays: list[int] = field(default_factory=list)
    seconds: float = 0.0
    _waiting: dict[int, int] = field(default_factory=dict)

    def add(self, shown: Shown, faces: Sequence[FaceTrack]) -> None:
        self.frames += 1
        self.via.update(face.via if face.opacity == 1 else "fading" for face in faces)
        for who, at in enumerate(shown.people):
            if at is None:
                self._waiting[who] = 0
                continue
            face = _at(who, shown.people, faces)
            if face is None:
                self._waiting[who] = self._waiting.get(who, 0) + 1
                continue
            if who in self._waiting:
                self.delays.append(self._waiting.pop(who))
            ids = self.ids.setdefault(who, [])
            if ids[-1:] != [face.id]:
                ids.append(face.id)

    @property
    def swaps(self) -> int:
        """How often a person took over an id that another one had."""
        return sum(
            new in others
            for who, ids in self.ids.items()
            for new in ids[1:]
            if (others := {one for other, ids in self.ids.items() if other != who for one in ids})
        )

    def __str__(self) -> str:
        kept = sum(len(ids) == 1 for ids in self.ids.values())
        shares = ", ".join(f"{via} {count / self.frames:.2f}" for via, count in sorted(self.via.items()))
        return (
            f"{self.frames} frames: identities kept {kept} of {len(self.ids)} {self.ids}, "
            f"swaps {self.swaps}, "
            f"faces a frame: {shares}; back after {self.delays} frames; {self.frames / self.seconds:.0f} fps"
        )


def _at(who: int, people: Sequence[Place | None], faces: Sequence[FaceTrack]) -> FaceTrack | None:
    """The seen face that is nearest to this person, unless it is nearer to another one."""
    at = people[who]
    seen = [face for face in faces if face.via == "face"]
    if at is None or not seen:
        return None
    face = min(seen, key=lambda face: math.dist(at, place(face.landmarks)))
    away = math.dist(at, place(face.landmarks))
    others = [math.dist(spot, place(face.landmarks)) for spot in people if spot not in (None, at)]
    return face if away < CLOSE * eye_distance(face.landmarks) and away <= min(others, default=away) else None


def run(name: str, clip: Iterable[Shown], faces: int, out: Path, *, pose: bool = True) -> None:
    """The whole way of a made clip, with the clip made before it is timed."""
    shown = list(clip)
    chosen = set(np.linspace(0, len(shown) - 1, TILES).astype(int).tolist())
    tally, tiles = Tally(), []
    pipeline, _ = build_pipeline(Settings(faces=faces, pose=pose, trace=out / f"{name}.jsonl"))
    frames = (Frame(one.pixels.copy(), index, index / FPS) for index, one in enumerate(shown))
    with pipeline:
        start = perf_counter()
        for one, composite in zip(shown, pipeline.run(frames), strict=True):
            tally.add(one, composite.faces)
            if composite.frame.index in chosen:
                tiles.append(_tile(composite))
        tally.seconds = perf_counter() - start
    print(f"{name}: {tally}", flush=True)
    write_photo(out / f"{name}.png", contact_sheet(tiles))


def _tile(composite: Composite) -> tuple[str, Pixels]:
    width, height = composite.frame.size
    size = (round(width * TILE_HEIGHT / height), TILE_HEIGHT)
    small = cv2.resize(composite.frame.pixels, size, interpolation=cv2.INTER_AREA)
    who = ", ".join(f"{face.id} {face.via} {face.opacity:.1f}" for face in composite.faces)
    return f"{composite.frame.time:.1f} s  {who}", np.asarray(small, np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photo", type=Path, required=True)
    parser.add_argument("--clip", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    photo = read_photo(arguments.photo)
    with FaceMesh(2, still=True) as mesh:
        two = [[Head.of(photo, face, EYES)] for face in mesh.find(photo)]
    clips = {path.stem: frames_of(path) for path in arguments.clip}
    for seconds in (3.0, 6.0):
        run(
            f"photo_crossing_{seconds:.0f}s", crossing(two[0], two[1], room(photo), seconds), 2, arguments.out
        )
        run(
            f"photo_crossing_back_{seconds:.0f}s",
            crossing(two[1], two[0], room(photo), seconds),
            2,
            arguments.out,
        )
    heads = {
        name: [Head.of(one, face, EYES) for one, face in zip(clip, faces_of(clip), strict=True)]
        for name, clip in clips.items()
    }
    for one, other in itertools.pairwise(heads):
        made = crossing(heads[one], heads[other], room(clips[one][0]), 5.0)
        run(f"crossing_{one}_{other}", made, 2, arguments.out)
    for name, clip in clips.items():
        run(f"gone_{name}", covered_then_gone(clip), 1, arguments.out)
    if len(clips) >= 4:
        run("four", side_by_side(list(clips.values())[:4], 150), 4, arguments.out)


if __name__ == "__main__":
    main()
