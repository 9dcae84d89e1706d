"""Which emotion is shown while a known one is acted: how often the right one, how soon, how steadily.

    python -m benchmarks.expressions FOLDER [--model FILE] [--choose]

FOLDER holds the clips named in `CLIPS`, whose frames were labelled by eye; those that are missing are left
out. The drawn performer, who acts known emotions, comes last. All go through the whole pipeline. Frames
count from 0.4 s after the onset of an emotion; from the first one where a clip begins with it.

Prints for each span the share of counted frames that show the right emotion and the seconds from the onset to
the first that does; for each clip the changes a second and the shortest time between two; and all spans of
the first two clips together.

`--choose` asks how far the selector's constants hang on the clips they are chosen by: for each clip it
chooses them anew, by that clip alone, and prints how many frames of all others are then right.
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from avatar_cam.apps.build import build_pipeline
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.emotions import corners, selector
from avatar_cam.emotions.card import DEFAULT_MODEL
from avatar_cam.emotions.vocabulary import Emotion
from avatar_cam.settings import Settings
from avatar_cam.sources.performer import Performer, acted
from avatar_cam.sources.video import VideoFile
from avatar_cam.types import EmotionReading, FaceTrack, Frame

#: Seconds after an onset that are not counted.
GRACE = 0.4
#: Half the demo's: drawn four times as fast, and the face is large enough.
PERFORMER_SIZE = (640, 360)


@dataclass(frozen=True)
class Span:
    """Frames `first` to `last` show `emotion`."""

    first: int
    last: int
    emotion: Emotion

    def counted(self, fps: float) -> range:
        """The frames that count."""
        grace = math.ceil(GRACE * fps - 1e-6) if self.first else 0
        return range(self.first + grace, self.last + 1)


#: What is acted in the clips; what lies between the spans is left out: pursed lips, shouting, talk. In the
#: portrait only what is held long enough to count.
CLIPS: dict[str, tuple[Span, ...]] = {
    "expressions_several_480": (
        Span(0, 15, "neutrality"),
        Span(65, 95, "upset"),
        Span(101, 112, "neutrality"),
        Span(173, 215, "sadness"),
    ),
    "expressions_neutral_to_laugh_512": (
        Span(0, 17, "neutrality"),
        Span(21, 66, "pleasure"),
        Span(69, 77, "neutrality"),
    ),
    "talking_portrait_720x1280": (
        Span(0, 10, "neutrality"),
        Span(190, 255, "pleasure"),
        Span(257, 271, "sadness"),
        Span(314, 326, "pleasure"),
        Span(332, 351, "neutrality"),
    ),
    "still_720p": (Span(0, 281, "neutrality"),),
    "turning_720p": (Span(0, 179, "pleasure"),),
    "far_full_body_720x1080": (Span(0, 102, "neutrality"),),
}
#: The clips that the project's figure is about.
FIGURE = ("expressions_several_480", "expressions_neutral_to_laugh_512")

#: What `--choose` chooses from: a constant of the selector's, and values about the one it has.
CHOICES: tuple[tuple[object, str, tuple[float, ...]], ...] = (
    (corners, "_DRAWN", (0.03, 0.04, 0.05, 0.06)),
    (selector, "_MILD", (0.5, 0.7, 1.0, 1.4)),
)


@dataclass(frozen=True)
class Look:
    """One frame as tracker and network saw it."""

    time: float
    faces: tuple[FaceTrack, ...]
    readings: dict[int, EmotionReading]


@dataclass(frozen=True)
class Play:
    """A clip, seen and labelled."""

    name: str
    fps: float
    looks: tuple[Look, ...]
    spans: tuple[Span, ...]

    def shown(self) -> list[Emotion | None]:
        """The emotion on the first face of each frame; None where there is nobody."""
        wardrobe = Wardrobe(["one"])
        shown: list[Emotion | None] = []
        for look in self.looks:
            choices = wardrobe.choose(look.faces, look.readings, look.time)
            shown.append(next((choice.emotion for choice in choices.values()), None))
        return shown

    def right(self, shown: Sequence[Emotion | None], spans: Iterable[Span] | None = None) -> tuple[int, int]:
        """How many counted frames of `spans` (all) show the right emotion, and how many count."""
        counted = [(at, s.emotion) for s in spans or self.spans for at in s.counted(self.fps)]
        return sum(shown[at] == emotion for at, emotion in counted), len(counted)


def see(frames: Iterable[Frame], model: Path) -> tuple[Look, ...]:
    """Let the whole pipeline look at frames."""
    pipeline, _ = build_pipeline(Settings(pose=False, model=model))
    with pipeline:
        return tuple(Look(one.frame.time, one.faces, one.readings) for one in pipeline.run(frames))


def performed(performer: Performer) -> tuple[Span, ...]:
    """What the performer acts, frame by frame."""
    count = performer.frame_count or 0
    frames = ((acted(index / performer.fps), index) for index in range(count))
    groups = (list(group) for _, group in itertools.groupby(frames, key=lambda one: one[0]))
    return tuple(Span(group[0][1], group[-1][1], group[0][0]) for group in groups)


def clips(folder: Path) -> Iterator[tuple[str, VideoFile, tuple[Span, ...]]]:
    """Each of `CLIPS` that is there, opened."""
    for name, spans in CLIPS.items():
        path = folder / f"{name}.mp4"
        if not path.exists():
            print(f"{path}: is not there, left out")
            continue
        with VideoFile(path) as video:
            yield name, video, spans


def plays(folder: Path, model: Path) -> Iterator[Play]:
    """All clips that are there, and the performer."""
    for name, video, spans in clips(folder):
        yield Play(name, video.fps, see(video, model), spans)
    with Performer(PERFORMER_SIZE) as performer:
        yield Play("performer", performer.fps, see(performer, model), performed(performer))


def report(play: Play) -> None:
    shown = play.shown()
    times = [look.time for look in play.looks]
    print(f"{play.name}")
    for span in play.spans:
        right, count = play.right(shown, [span])
        share = f"{right / count:4.0%} of {count:3d}" if count else "none counts"
        first = next((at for at in range(span.first, span.last + 1) if shown[at] == span.emotion), None)
        lag = "never" if first is None else f"after {times[first] - times[span.first]:.2f} s"
        print(f"  {span.first:4d}-{span.last:<4d} {span.emotion:<10} {share:<12} {lag}")
    changes = [
        time for time, (one, other) in zip(times[1:], itertools.pairwise(shown), strict=True) if one != other
    ]
    apart = [later - earlier for earlier, later in itertools.pairwise(changes)]
    nearest = f", the nearest two {min(apart):.2f} s apart" if apart else ""
    print(f"  {len(changes)} changes, {len(changes) / times[-1]:.2f} a second{nearest}")


def share(some: Iterable[Play]) -> float:
    """Of the counted frames of some clips, those that show the right emotion."""
    rights = [play.right(play.shown()) for play in some]
    return sum(right for right, _ in rights) / max(1, sum(count for _, count in rights))


def choose(clips: Sequence[Play]) -> None:
    """Choose by one clip, look at the others."""
    names = [name for _, name, _ in CHOICES]
    print(f"chosen by one clip alone, {' and '.join(names)}; right there, and on all others:")
    tables: dict[tuple[float, ...], dict[str, tuple[int, int]]] = {}
    for values in itertools.product(*(values for _, _, values in CHOICES)):
        with ExitStack() as patches:
            for (module, name, _), value in zip(CHOICES, values, strict=True):
                patches.enter_context(mock.patch.object(module, name, value))
            tables[values] = {play.name: play.right(play.shown()) for play in clips}
    for play in clips:
        best = max(table[play.name][0] for table in tables.values())
        # All that are as good as the best: any of them might have been chosen.
        others = []
        for table in tables.values():
            if table[play.name][0] == best:
                rest = [pair for name, pair in table.items() if name != play.name]
                others.append(sum(right for right, _ in rest) / sum(count for _, count in rest))
        there = best / tables[next(iter(tables))][play.name][1]
        print(
            f"  {play.name:<34} {there:4.0%}   {min(others):.1%} to {max(others):.1%} ({len(others)} choices)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path, metavar="FOLDER")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--choose", action="store_true", help="choose the constants by each clip alone")
    arguments = parser.parse_args()
    seen = []
    for play in plays(arguments.clips, arguments.model):
        report(play)
        seen.append(play)
    print(f"the two expression clips: {share(play for play in seen if play.name in FIGURE):.1%} right")
    print(f"all: {share(seen):.1%} right")
    if arguments.choose:
        choose(seen)


if __name__ == "__main__":
    main()
