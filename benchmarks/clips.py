"""Render clips and look at them: overlay share, emotions over time, a contact sheet of each.

    python -m benchmarks.clips FOLDER_OR_CLIP… --out FOLDER [--emotion NAME]

Writes CLIP.mp4, CLIP.jsonl and CLIP.png (16 frames) into the folder, and prints a line for each clip and
one for each change of the emotion shown.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from avatar_cam.apps.render import run_render
from avatar_cam.apps.sheet import contact_sheet
from avatar_cam.settings import Settings
from avatar_cam.sinks.photo import write_photo
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import Pixels

TILES, TILE_HEIGHT = 16, 240


def overlay_share(frames: list[dict[str, Any]]) -> float:
    """Share of frames with an overlay on a face that is seen."""
    shown = [any(f["via"] == "face" and f["opacity"] > 0.5 for f in frame["faces"]) for frame in frames]
    return sum(shown) / len(shown)


def emotion_changes(frames: list[dict[str, Any]]) -> Iterator[str]:
    """A line for each change of the first face's emotion."""
    last = None
    for frame in frames:
        face = frame["faces"][0] if frame["faces"] else {}
        emotion = face.get("emotion")
        if emotion != last:
            read = face.get("probabilities") or {}
            high = ", ".join(f"{name} {share:.2f}" for name, share in read.items() if share > 0.1)
            yield f"  frame {frame['frame']:4d}  {frame['time']:6.2f} s  {emotion}  ({high})"
        last = emotion


def sheet(path: Path, captions: list[str]) -> Pixels:
    """Frames spread over a video, captioned."""
    chosen = set(np.linspace(0, len(captions) - 1, TILES).astype(int).tolist())
    tiles = []
    with VideoFile(path) as video:
        for frame in video:
            if frame.index in chosen:
                width = round(frame.size[0] * TILE_HEIGHT / frame.size[1])
                small = cv2.resize(frame.pixels, (width, TILE_HEIGHT), interpolation=cv2.INTER_AREA)
                tiles.append((captions[frame.index], np.asarray(small, np.uint8)))
    return contact_sheet(tiles)


def run(clip: Path, out: Path, settings: Settings) -> None:
    video, trace = out / f"{clip.stem}.mp4", out / f"{clip.stem}.jsonl"
    run_render(clip, video, settings.model_copy(update={"trace": trace}))
    frames = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()[1:]]
    print(f"{clip.name}: {len(frames)} frames, overlay on {overlay_share(frames):.1%}")
    print(*emotion_changes(frames), sep="\n")
    captions = [f"{f['frame']} {f['faces'][0]['emotion'] if f['faces'] else 'nobody'}" for f in frames]
    write_photo(out / f"{clip.stem}.png", sheet(video, captions))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--emotion", default=None)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    settings = Settings(emotion=arguments.emotion, pose=False)
    for given in arguments.clips:
        for clip in sorted(given.glob("*.mp4")) if given.is_dir() else [given]:
            run(clip, arguments.out, settings)


if __name__ == "__main__":
    main()
