"""Make the pictures of the README from the real program: docs/demo.webp and docs/characters.webp.

    uv run --group artwork python scripts/make_pictures.py

The animated one is the demo's performance, once without and once with what the program makes of it; what the
character shows is what the classifier read. The still one shows each character in the seven emotions, held
one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from avatar_cam.apps.build import build_pipeline
from avatar_cam.apps.demo import SIZE
from avatar_cam.characters.library import Library
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.settings import Settings
from avatar_cam.sources.performer import EXPRESSIONS, Performer, Rig, draw
from avatar_cam.types import Frame, Pixels

DOCS = Path(__file__).parents[1] / "docs"

#: Frames a second that the pipeline sees, and of those every how many are shown.
FPS, EVERY = 24.0, 2
#: What is cut out of a frame, (width, height), and how wide it is shown.
CUT = (900, 720)
WIDTH = 400
#: The animation is written with the first of these qualities that makes it no larger than this.
QUALITIES, MOST_BYTES = (70, 60, 50, 40, 30), 2_500_000

#: Side of one face in the still picture, px, and how it is written.
TILE, STILL_QUALITY = 160, 85


def cut_out(pixels: Pixels, cut: tuple[int, int], width: int) -> Pixels:
    """The middle of a frame, shrunk."""
    left = (pixels.shape[1] - cut[0]) // 2
    top = (pixels.shape[0] - cut[1]) // 2
    part = pixels[top : top + cut[1], left : left + cut[0]]
    size = (width, round(cut[1] * width / cut[0] / 2) * 2)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def performance() -> Iterator[Pixels]:
    """The performer and the composite side by side; the pipeline sees every frame."""
    pipeline, _ = build_pipeline(Settings())
    with Performer(SIZE, FPS) as performer, pipeline:
        for frame in performer:
            shown = frame.index % EVERY == 0
            before = cut_out(frame.pixels, CUT, WIDTH) if shown else None
            pipeline.step(frame)
            if before is not None:
                yield np.hstack([before, cut_out(frame.pixels, CUT, WIDTH)])


def write_animation(pictures: Iterator[Pixels], path: Path) -> None:
    """An endless animated WebP."""
    first, *others = (Image.fromarray(picture) for picture in pictures)
    for quality in QUALITIES:
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=round(1000 * EVERY / FPS),
            loop=0,
            quality=quality,
            kmin=0,
            kmax=1,  # every picture whole: what is coded as a difference leaves blocks behind on soft shades
        )
        if path.stat().st_size <= MOST_BYTES:
            return


def bare(emotion: Emotion) -> Pixels:
    """The performer playing an emotion."""
    return draw(Rig(expression=EXPRESSIONS[emotion]), SIZE)


def held(character: str, emotion: Emotion) -> Pixels:
    """The performer playing an emotion, and wearing it."""
    pixels = bare(emotion)
    pipeline, _ = build_pipeline(Settings(character=character, emotion=emotion, pose=False), still=True)
    with pipeline:
        pipeline.step(Frame(pixels, 0, 0.0))
    return pixels


def family() -> Pixels:
    """All characters, one in a row, in the seven emotions."""
    rows = [[held(name, emotion) for emotion in EMOTIONS] for name in Library.open(None).characters]
    return np.vstack([np.hstack([cut_out(tile, (720, 720), TILE) for tile in row]) for row in rows])


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    Image.fromarray(family()).save(DOCS / "characters.webp", quality=STILL_QUALITY)
    write_animation(performance(), DOCS / "demo.webp")
    for path in (DOCS / "characters.webp", DOCS / "demo.webp"):
        print(f"{path.name}: {path.stat().st_size / 2**20:.2f} MB")


if __name__ == "__main__":
    main()
