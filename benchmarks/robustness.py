"""How well the model's reading stands what webcams do to a picture.

    python -m benchmarks.robustness --clips FOLDER [--photos FOLDER] [--faces FOLDER] [--model FILE]

Takes frames of the labelled clips (see `benchmarks.expressions`), photos of people, and faces of FER+ Valid
(FOLDER as `training.datasets.ferplus` reads it); worsens each, finds the face anew, as the camera does, and
reads it. Every kind of picture gets a table. For each way of worsening:

    found    faces that are still found
    same     the likeliest emotion is that of the picture as it was
    right    the likeliest emotion is the labelled one; FER+: one that more than half of the votes are for
    shift    how much of the probability moved to other emotions, median

and at last, without any worsening, how often heads are read right by how far they are turned. It is about
single readings: what is shown also knows those before, and the person's rest.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.emotions.card import DEFAULT_MODEL
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.sources.photos import is_photo, read_photo
from avatar_cam.tracking.facemesh import FaceMesh
from avatar_cam.tracking.head import head_pose
from avatar_cam.types import Floats, Pixels
from benchmarks.expressions import clips
from training.datasets.base import Example
from training.datasets.ferplus import FerPlus
from training.labels import FERPLUS

#: One frame of so many is taken from a clip.
EVERY = 15
#: Pictures are cut to so many times the face's box, and made no larger than this many pixels.
ROOM, LARGEST = 2.0, 480
#: What 48 pixels of FER+ are enlarged to, as `training.prepare` does for the detector.
ENLARGED = 192
#: Bounds of yaw in degrees.
TURNED = (0, 10, 20, 30, 90)


@dataclass(frozen=True, eq=False)
class Subject:
    """A picture with one face: RGB, its landmarks (478, 3) px, and what is acted in it, if that is known."""

    pixels: Pixels
    landmarks: Floats
    right: Emotion | None


Worsening = Callable[[Subject, np.random.Generator], Pixels]

_RIM = (25, 20, 20)


def _bytes(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def _eyes(landmarks: Floats) -> tuple[Floats, Floats, float]:
    """Middle of the right and of the left eye, (2,) px, and how far they are apart."""
    right, left = landmarks[[33, 133], :2].mean(axis=0), landmarks[[362, 263], :2].mean(axis=0)
    return right, left, float(np.hypot(*(left - right)))


def side_light(darkest: float, *, from_left: bool) -> Worsening:
    """Full light on one side of the face (left: the person's own), falling to `darkest` on the other."""

    def worsen(subject: Subject, rng: np.random.Generator) -> Pixels:
        right, left, apart = _eyes(subject.landmarks)
        towards = (left - right) / apart
        height, width = subject.pixels.shape[:2]
        x, y = np.meshgrid(np.arange(width), np.arange(height))
        middle = (right + left) / 2
        across = ((x - middle[0]) * towards[0] + (y - middle[1]) * towards[1]) / apart  # ±1 at the ears
        lit = np.clip((across if from_left else -across) / 2 + 0.5, 0, 1)
        return _bytes(subject.pixels * (darkest + (1 - darkest) * lit)[..., None])

    return worsen


def glasses(rim: float) -> Worsening:
    """Dark rims, `rim` eye distances thick, round lenses of 50x36 mm (eyes are 63 mm apart) that reflect."""

    def worsen(subject: Subject, rng: np.random.Generator) -> Pixels:
        right, left, apart = _eyes(subject.landmarks)
        along = (left - right) / apart
        angle = float(np.degrees(np.arctan2(along[1], along[0])))
        axes = (round(0.40 * apart), round(0.29 * apart))
        thick = max(1, round(rim * apart))
        haze = subject.pixels.copy()
        for eye in (right, left):
            cv2.ellipse(haze, _point(eye), axes, angle, 180, 360, (255, 255, 255), -1)
        picture = np.asarray(cv2.addWeighted(subject.pixels, 0.8, haze, 0.2, 0), np.uint8)
        inner, outer = 0.4 * apart * along, subject.landmarks[[127, 356], :2]
        for eye in (right, left):
            cv2.ellipse(picture, _point(eye), axes, angle, 0, 360, _RIM, thick, cv2.LINE_AA)
        bars = ((right + inner, left - inner), (right - inner, outer[0]), (left + inner, outer[1]))
        for start, end in bars:
            cv2.line(picture, _point(start), _point(end), _RIM, thick, cv2.LINE_AA)
        return picture

    return worsen


def _point(place: Floats) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))


def jpeg(quality: int) -> Worsening:
    def worsen(subject: Subject, rng: np.random.Generator) -> Pixels:
        _, code = cv2.imencode(".jpg", subject.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(code, cv2.IMREAD_COLOR)
        return np.ascontiguousarray(np.asarray(decoded, np.uint8)[..., ::-1])

    return worsen


def small(face: int) -> Worsening:
    """As if the face were so many pixels high."""

    def worsen(subject: Subject, rng: np.random.Generator) -> Pixels:
        height, width = subject.pixels.shape[:2]
        scale = face / float(np.ptp(subject.landmarks[:, 1]))
        if scale >= 1:
            return subject.pixels
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        less = cv2.resize(subject.pixels, size, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(less, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)

    return worsen


def noise(sigma: float, gain: float = 1.0) -> Worsening:
    """A dark room (`gain`) and the camera's noise."""

    def worsen(subject: Subject, rng: np.random.Generator) -> Pixels:
        return _bytes(subject.pixels * gain + rng.normal(0, sigma, subject.pixels.shape))

    return worsen


def one_after_another(*steps: Worsening) -> Worsening:
    def worsen(subject: Subject, rng: np.random.Generator) -> Pixels:
        for step in steps:
            subject = Subject(step(subject, rng), subject.landmarks, subject.right)
        return subject.pixels

    return worsen


WAYS: dict[str, Worsening] = {
    "light from the left": side_light(0.25, from_left=True),
    "light from the right": side_light(0.25, from_left=False),
    "glasses, thin rims": glasses(0.015),
    "glasses, thick rims": glasses(0.05),
    "JPEG, quality 40": jpeg(40),
    "JPEG, quality 20": jpeg(20),
    "face 64 px high": small(64),
    "face 40 px high": small(40),
    "noise of 15": noise(15),
    "dark, noise of 6": noise(6, 0.3),
    "a bad webcam": one_after_another(side_light(0.4, from_left=True), small(80), noise(6), jpeg(30)),
}


class Reader:
    """Finds the largest face of a picture, and reads it."""

    def __init__(self, model: Path) -> None:
        # As sure as `training.prepare` asks for: pictures are cut to the face already.
        self._mesh = FaceMesh(still=True, detection=0.3)
        self._recogniser = LiteRtRecogniser(model)

    def find(self, pixels: Pixels) -> Floats | None:
        found = self._mesh.find(np.ascontiguousarray(pixels))
        return max(found, key=lambda face: float(np.ptp(face[:, 1])), default=None)

    def read(self, pixels: Pixels, landmarks: Floats) -> Floats:
        probabilities: Floats = self._recogniser.read(self._recogniser.crop(pixels, landmarks)[None])[0]
        return probabilities

    def subject(self, pixels: Pixels, right: Emotion | None) -> Subject | None:
        """The picture cut to its face; None where none is found."""
        landmarks = self.find(pixels)
        if landmarks is None:
            return None
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        reach = float((high - low).max()) * ROOM / 2
        start = np.maximum(np.floor((low + high) / 2 - reach), 0).astype(int)
        stop = np.ceil((low + high) / 2 + reach).astype(int)
        cut = pixels[start[1] : stop[1], start[0] : stop[0]]
        if (scale := LARGEST / max(cut.shape[:2])) < 1:
            size = (round(cut.shape[1] * scale), round(cut.shape[0] * scale))
            cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
        landmarks = self.find(cut)
        return None if landmarks is None else Subject(np.ascontiguousarray(cut), landmarks, right)

    def close(self) -> None:
        self._mesh.close()


Labelled = tuple[Pixels, Emotion | None]


def from_clips(folder: Path) -> Iterator[Labelled]:
    for _, video, spans in clips(folder):
        right = {at: span.emotion for span in spans for at in span.counted(video.fps)}
        yield from ((f.pixels, right[f.index]) for f in video if f.index in right and f.index % EVERY == 0)


def from_photos(folder: Path) -> Iterator[Labelled]:
    yield from ((read_photo(path), None) for path in sorted(folder.iterdir()) if is_photo(path))


def from_faces(folder: Path, count: int) -> Iterator[Labelled]:
    """`count` faces of Valid, spread over it."""
    data = FerPlus.at(folder)
    valid = [one for one in data.examples() if isinstance(one, Example) and one.split == "valid"]
    labelled = [(one, label) for one in sorted(valid, key=lambda one: one.key) if (label := _label(one))]
    for example, label in labelled[:: max(1, len(labelled) // count)]:
        picture = cv2.imdecode(np.frombuffer(data.read(example), np.uint8), cv2.IMREAD_COLOR)
        large = cv2.resize(np.asarray(picture), (ENLARGED, ENLARGED), interpolation=cv2.INTER_CUBIC)
        yield np.asarray(large, np.uint8), label


def _label(example: Example) -> Emotion | None:
    shares = example.labels[FERPLUS.name]
    most = int(np.argmax(shares))
    return FERPLUS.meaning[FERPLUS.labels[most]] if shares[most] > 0.5 else None


def table(title: str, subjects: Sequence[Subject], reader: Reader) -> None:
    """Worsen and read all of them, and print what that changed."""
    before = [reader.read(one.pixels, one.landmarks) for one in subjects]
    known = sum(one.right is not None for one in subjects)
    print(f"{title}: {len(subjects)} pictures, {known} of them labelled")
    print(f"  {'':<22} found   same  right  shift")
    _line("as it is", subjects, before, before)
    for name, worsen in WAYS.items():
        rng = np.random.default_rng(0)
        after: list[Floats | None] = []
        for one in subjects:
            pixels = worsen(one, rng)
            landmarks = reader.find(pixels)
            after.append(None if landmarks is None else reader.read(pixels, landmarks))
        _line(name, subjects, before, after)
    _by_yaw(subjects, before)


def _line(
    name: str, subjects: Sequence[Subject], before: list[Floats], after: Sequence[Floats | None]
) -> None:
    both = [
        (one.right, old, new)
        for one, old, new in zip(subjects, before, after, strict=True)
        if new is not None
    ]
    same = [int(old.argmax()) == int(new.argmax()) for _, old, new in both]
    right = [EMOTIONS[int(new.argmax())] == label for label, _, new in both if label]
    shifts = [float(np.abs(new - old).sum()) / 2 for _, old, new in both]
    figures = f"{len(both) / len(subjects):6.1%} {_share(same)} {_share(right)}"
    print(f"  {name:<22} {figures}  {np.median(shifts) if shifts else np.nan:.3f}")


def _by_yaw(subjects: Sequence[Subject], readings: list[Floats]) -> None:
    pairs = list(zip(subjects, readings, strict=True))
    for low, high in itertools.pairwise(TURNED):
        right = [
            EMOTIONS[int(reading.argmax())] == one.right
            for one, reading in pairs
            if one.right and low <= abs(head_pose(one.landmarks).yaw) < high
        ]
        if right:
            print(
                f"  {f'turned {low} to {high}°':<22} {'':6} {'':6} {_share(right)}  ({len(right)} pictures)"
            )


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):6.1%}" if hits else f"{'-':>6}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=Path, metavar="FOLDER", required=True)
    parser.add_argument("--photos", type=Path, metavar="FOLDER")
    parser.add_argument("--faces", type=Path, metavar="FOLDER")
    parser.add_argument("--count", type=int, default=300, help="how many faces of FER+ (default 300)")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    arguments = parser.parse_args()
    kinds: dict[str, Iterator[Labelled]] = {"clips": from_clips(arguments.clips)}
    if arguments.photos:
        kinds["photos"] = from_photos(arguments.photos)
    if arguments.faces:
        kinds["FER+ Valid"] = from_faces(arguments.faces, arguments.count)
    reader = Reader(arguments.model)
    for title, pictures in kinds.items():
        subjects = [one for pixels, right in pictures if (one := reader.subject(pixels, right))]
        table(title, subjects, reader)
    reader.close()


if __name__ == "__main__":
    main()
