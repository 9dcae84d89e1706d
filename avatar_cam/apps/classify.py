"""`avatar-cam classify`: the emotion of each face in each picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from pydantic import TypeAdapter

from avatar_cam.console import complain, put
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.emotions.vocabulary import EMOTIONS
from avatar_cam.errors import SourceError
from avatar_cam.files import is_folder, legible
from avatar_cam.formats import ClassifiedFace, ClassifiedImage
from avatar_cam.sources.photos import list_photos, read_photo
from avatar_cam.types import Floats, Frame, Pixels

#: More people than a group photo shows at a size that can be read.
_MOST_FACES = 20


class _Finder(Protocol):
    def crops(self, pixels: Pixels) -> Iterable[tuple[list[float], Pixels]]:
        """Box [x, y, w, h] and crop of each face."""


def run_classify(images: list[Path], model: Path, *, as_json: bool, detect: bool) -> bool:
    """Print what is read from each picture; False when one of them could not be read."""
    recogniser = LiteRtRecogniser(model)
    with ExitStack() as stack:
        finder: _Finder = _Detecting(recogniser, stack) if detect else _Cropped(recogniser)
        results = [result for path in images for result in _classify(path, finder, recogniser)]
    if as_json:
        put(TypeAdapter(list[ClassifiedImage]).dump_json(results, exclude_none=True) + b"\n")
    else:
        _print_text(results)
    return all(result.error is None for result in results)


def _classify(path: Path, finder: _Finder, recogniser: LiteRtRecogniser) -> list[ClassifiedImage]:
    """A photo, or all in a folder; a folder without any stands for itself, and fails."""
    try:
        photos = list_photos(path) if is_folder(path) else [path]
    except SourceError as error:
        return [_failed(path, error)]
    return [_classify_photo(photo, finder, recogniser) for photo in photos]


def _classify_photo(path: Path, finder: _Finder, recogniser: LiteRtRecogniser) -> ClassifiedImage:
    try:
        pixels = read_photo(path)
    except SourceError as error:
        return _failed(path, error)
    faces = [_face(box, recogniser.read(crop[None])[0]) for box, crop in finder.crops(pixels)]
    return ClassifiedImage(image=legible(path), faces=sorted(faces, key=lambda face: face.box[0]))


def _failed(path: Path, error: SourceError) -> ClassifiedImage:
    return ClassifiedImage(image=legible(path), error=legible(str(error)))


def _face(box: list[float], probabilities: Floats) -> ClassifiedFace:
    return ClassifiedFace(
        box=[round(value, 1) for value in box],
        probabilities={e: round(float(p), 4) for e, p in zip(EMOTIONS, probabilities, strict=True)},
        emotion=EMOTIONS[int(probabilities.argmax())],
    )


class _Detecting:
    """Finds the faces of a photo and cuts them out as the live program does."""

    def __init__(self, recogniser: LiteRtRecogniser, stack: ExitStack) -> None:
        from avatar_cam.tracking.facemesh import FaceMesh
        from avatar_cam.tracking.far import NearAndFar
        from avatar_cam.tracking.people import FaceTracker

        self._recogniser = recogniser
        finder = NearAndFar(FaceMesh(_MOST_FACES, still=True), _MOST_FACES, still=True)
        self._tracker = FaceTracker(finder, _MOST_FACES, still=True)
        stack.callback(self._tracker.close)

    def crops(self, pixels: Pixels) -> Iterator[tuple[list[float], Pixels]]:
        for face in self._tracker.track(Frame(pixels, 0, 0.0)):
            yield list(face.box), self._recogniser.crop(pixels, face.landmarks)


class _Cropped:
    """Takes the whole picture for a face crop."""

    def __init__(self, recogniser: LiteRtRecogniser) -> None:
        self._size = recogniser.card.input.width

    def crops(self, pixels: Pixels) -> Iterator[tuple[list[float], Pixels]]:
        height, width = pixels.shape[:2]
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        way = cv2.INTER_AREA if min(height, width) > self._size else cv2.INTER_LINEAR
        crop = cv2.resize(grey, (self._size, self._size), interpolation=way)
        yield [0.0, 0.0, float(width), float(height)], np.asarray(crop, np.uint8)


def _print_text(results: list[ClassifiedImage]) -> None:
    """A line for each picture and each of its faces; what could not be read goes to standard error."""
    for result in results:
        if result.error is not None:
            complain(f"error: {result.error}")
            continue
        print(f"{result.image}: {_count(result.faces or [])}")
        for face in result.faces or ():
            x, y, width, height = (round(value) for value in face.box)
            print(f"  {face.emotion:10s}  at {x},{y} {width}x{height}  ({_shares(face)})")


def _count(faces: list[ClassifiedFace]) -> str:
    return {0: "no face", 1: "1 face"}.get(len(faces), f"{len(faces)} faces")


def _shares(face: ClassifiedFace) -> str:
    """The probabilities that count, the largest first."""
    ranked = sorted(face.probabilities.items(), key=lambda item: item[1], reverse=True)
    return ", ".join(f"{emotion} {share:.2f}" for emotion, share in ranked if share >= 0.01)
