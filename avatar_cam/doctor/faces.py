"""What follows and reads faces, tried on the drawn performer: is it right, and how fast is it?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from avatar_cam.doctor.apart import NoAnswer, apart
from avatar_cam.doctor.findings import TOO_SLOW, fault, ok, warning
from avatar_cam.emotions.card import DEFAULT_MODEL
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.formats import Finding
from avatar_cam.system import System

_LIMIT = 60.0
_SIZE = (1280, 720)
#: A moment of the performer's score, s, at which pleasure is acted with the head straight, and how many
#: pictures are drawn from there on; they are gone through to and fro.
_SMILE, _DRAWN, _FPS = 2.2, 4, 30.0
#: Pictures before those that are measured; of those as many as there is time for, s, but some at least.
_WARM_UP, _MEASURING_S, _LEAST = 3, 1.5, 5
_READINGS = 10
#: A whole frame of `run` over FaceMesh alone: `avatar-cam bench` gives 1.3 to 1.6, and a camera's picture
#: has to be decoded and shown.
_FRAME_OVER_FACE = 2.0
_WANTED = 30.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Shares of pictures with a face, median milliseconds, and what was read, 0 to 1, in the smile.

    `load`: how many processes wanted the processor, on `cores`; None where the system does not tell.
    """

    found: float
    face_ms: float
    emotion: Emotion
    probability: float
    emotion_ms: float
    load: float | None
    cores: int


def measured(model: Path) -> Measured:
    """For a process of its own. Raises ModelError, or whatever mediapipe raises."""
    import cv2
    import numpy as np

    from avatar_cam.emotions.recogniser import LiteRtRecogniser
    from avatar_cam.sources.performer import draw, score
    from avatar_cam.tracking.facemesh import FaceMesh

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    cv2.setNumThreads(1)
    recogniser = LiteRtRecogniser(model)
    pictures = [draw(score(_SMILE + index / _FPS), _SIZE) for index in range(_DRAWN)]
    to_and_fro = [*range(_DRAWN), *range(_DRAWN - 2, 0, -1)]
    times: list[float] = []
    found, landmarks = 0, None
    with FaceMesh() as mesh:
        for number in count(-_WARM_UP):
            pixels = pictures[to_and_fro[number % len(to_and_fro)]]
            start = perf_counter()
            faces = mesh.find(pixels)
            if number >= 0:
                times.append(1000 * (perf_counter() - start))
                found += bool(faces)
            if faces:
                landmarks, seen = faces[0], pixels
            if len(times) >= _LEAST and sum(times) > 1000 * _MEASURING_S:
                break
    if landmarks is None:
        return Measured(0.0, median(times), "neutrality", 0.0, 0.0, load, os.cpu_count() or 1)
    readings, reading_times = [], []
    for _ in range(_READINGS):
        start = perf_counter()
        readings.append(recogniser.read(recogniser.crop(seen, landmarks)[None])[0])
        reading_times.append(1000 * (perf_counter() - start))
    best = int(np.argmax(readings[-1]))
    return Measured(
        found / len(times),
        median(times),
        EMOTIONS[best],
        float(readings[-1][best]),
        median(reading_times),
        load,
        os.cpu_count() or 1,
    )


def check_faces(
    system: System, model: Path, fps: float, measure: Callable[[Path], Measured] | None = None
) -> Iterator[Finding]:
    """`fps` is what the camera is asked for; `measure` is `measured`, and may raise NoAnswer."""
    measure = measure or (lambda model: apart(measured, model, limit=_LIMIT))
    try:
        result = measure(model)
    except NoAnswer as error:
        yield fault("faces", f"looking for the drawn performer's face {_said(error)}", _mend(system, error))
        return
    yield _about_faces(system, result)
    if result.found:
        yield _about_reading(system, model, result)
        yield _about_speed(result, fps)


def _said(error: NoAnswer) -> str:
    text = str(error)
    return text if text.startswith(("did", "crashed", "ended")) else f"failed: {text}"


def _mend(system: System, error: NoAnswer) -> str:
    if error.late:
        return TOO_SLOW
    if "SIGILL" in str(error):
        return "mediapipe needs a processor with AVX; in a virtual machine pass the host's processor through"
    return system.reinstall_all()


def _about_faces(system: System, result: Measured) -> Finding:
    found = f"FaceMesh finds the drawn performer's face in {result.found:.0%} of the pictures"
    if result.found < 0.9:
        return fault("faces", found, system.reinstall_all(), share=result.found)
    return ok("faces", found, share=result.found)


def _about_reading(system: System, model: Path, result: Measured) -> Finding:
    figures = {"probability": round(result.probability, 3), "ms": round(result.emotion_ms, 2)}
    how = f"{result.emotion} ({result.probability:.2f}) in {result.emotion_ms:.1f} ms"
    if result.emotion == "pleasure":
        return ok("reading", f"the performer's smile is read as {how}", **figures)
    found = f"the performer's smile, pleasure, is read as {how}"
    if model == DEFAULT_MODEL:
        return fault("reading", found, system.reinstall(), **figures)
    return warning("reading", found, "see what its training's report says, or leave --model out", **figures)


def _about_speed(result: Measured, fps: float) -> Finding:
    frame_ms = _FRAME_OVER_FACE * result.face_ms
    expected = 1000 / frame_ms
    digits = 0 if expected >= 10 else 1
    rate = f"all of a camera's {fps:.0f}" if expected >= fps else f"about {expected:.{digits}f}"
    found = f"FaceMesh takes {result.face_ms:.1f} ms a picture of 1280x720: expect {rate} pictures a second"
    figures = {"face_ms": round(result.face_ms, 2), "expected_fps": round(expected, 1)}
    busy = result.load is not None and result.load > 0.7 * result.cores
    if busy:
        found += f"; measured while other programs kept the processor busy (load {result.load:.1f})"
    if expected >= min(fps, _WANTED):
        return ok("speed", found, **figures)
    mend = (
        "close other programs and measure again"
        if busy
        else "avatar-cam run --no-pose --size 640x480 --fps 15"
    )
    return warning("speed", found, mend, **figures)
