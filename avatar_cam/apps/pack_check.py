"""`avatar-cam characters check`: everything that is wrong with a pack, and what might be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from avatar_cam.apps.opening import open_library
from avatar_cam.characters.bare import pictures_by_name
from avatar_cam.characters.character import (
    Character,
    Sizes,
    beyond_bounds,
    memory_of,
    seen_to,
)
from avatar_cam.characters.composition import VARIANTS, Composition
from avatar_cam.characters.library import is_pack
from avatar_cam.characters.manifest import MANIFEST, Manifest, ManifestText, pictures_of
from avatar_cam.characters.pictures import read_sprite
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError, UsageError
from avatar_cam.rendering.fitting import artwork_fit
from avatar_cam.rendering.portrait import Laid, composed, extent, laid_out
from avatar_cam.tracking.head import mean_face
from avatar_cam.types import Floats, Pixels

#: A camera of 720 lines shows a head no larger than this, px; finer pictures cost memory and show nothing.
_LARGE = 1024
#: Planes of one sprite above which drawing a frame takes noticeably longer (the richest that ship have 9).
_MANY_PLANES = 12
#: Memory above which a pack is said to be heavy, bytes.
_HEAVY = 100 * 2**20
#: FaceMesh indices of the face's outline, and of the eyes and the nose: both are a head's to cover, the
#: latter a half mask's.
_OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
_EYES_AND_NOSE = (33, 133, 159, 145, 362, 263, 386, 374, 168, 6, 197, 195, 4)
_COVERED = {"head": (*_OVAL, *_EYES_AND_NOSE), "half": _EYES_AND_NOSE, "accessories": ()}

#: A key's path as the beginning of a message.
_At = Callable[..., str]


@dataclass(slots=True)
class Report:
    """What was found; a pack without faults can be worn, and hides what it says it hides."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def run_check(pack: str, character_dir: Path | None) -> bool:
    """Print what is wrong with the pack in that folder, or of that name; whether it has no fault.

    Raises UsageError when there is no such pack.
    """
    folder = _folder_of(pack, character_dir)
    report = examine(folder)
    for kind, lines in (("fault", report.faults), ("warning", report.warnings)):
        for line in lines:
            print(f"{kind}: {' '.join(line.split())}")
    counts = _count(len(report.faults), "fault"), _count(len(report.warnings), "warning")
    print(f"{folder.resolve().name}: {', '.join(counts)}")
    return not report.faults


def examine(folder: Path) -> Report:
    """Look at everything in a pack's folder, and decode all its pictures, one at a time."""
    report = Report()
    try:
        text = ManifestText.read(folder) if (folder / MANIFEST).exists() else None
        report.faults += text.faults() if text is not None else []
        if report.faults:
            return report
        character, sizes = _loaded(folder, text, report)
        if character is None:
            return report
        at = _places(folder, text)
        report.warnings += _warnings(character, text, sizes, at)
        heads = {emotion: laid_out(character, emotion) for emotion in EMOTIONS}
        report.warnings += _anchors_outside(character, heads, at)
        # What is guessed is no promise.
        (report.warnings if text is None else report.faults).extend(_bare_face(character, heads, at))
    except PackError as error:
        report.faults.append(str(error))
    return report


def _loaded(folder: Path, text: ManifestText | None, report: Report) -> tuple[Character | None, Sizes]:
    """The character, if its pictures can all be decoded; what is wrong goes into the report."""
    manifest = text.checked() if text is not None else Character.load(folder).manifest
    faults, sizes = seen_to(folder, manifest, text)
    named = pictures_of(manifest)
    for image in sizes:
        try:
            read_sprite(folder / image)
        except PackError as error:
            where = f"{text.at(named[image])}: {image}" if text is not None else f"{folder / image}:"
            faults.append(f"{where} {str(error).removeprefix(f'{folder / image}: ')}")
    report.faults += faults
    if not faults and (too_much := beyond_bounds(manifest, sizes)):
        report.faults.append(f"{folder}: {too_much}")
    return (None if report.faults else Character.load(folder)), sizes


def _places(folder: Path, text: ManifestText | None) -> _At:
    return lambda *place: text.at(place) if text is not None else str(folder)


def _warnings(character: Character, text: ManifestText | None, sizes: Sizes, at: _At) -> Iterator[str]:
    folder, manifest = character.folder, character.manifest
    if text is None:
        yield f"{folder}: has no {MANIFEST}, so where the face lies is guessed; write one to say it"
    else:
        for key in ("author", "licence"):
            if not getattr(manifest, key):
                yield f"{text.path}: {key} is missing; say whose it is, and what others may do with it"
    yield from _missing_emotions(character.composition, folder)
    yield from (f"{at('fallback', start)}: goes in a circle" for start in _circles(manifest))
    yield from _missing_states(character, folder)
    yield from _unused(character, sizes)
    for image, (width, height) in sizes.items():
        if max(width, height) > _LARGE:
            yield f"{folder / image}: is {width}x{height}; no camera shows a face that large, half will do"
    if (memory := memory_of(manifest, sizes)) > _HEAVY:
        yield f"{folder}: takes up to {memory // 2**20} MB of memory while worn; trim or shrink its pictures"
    most = max(len(character.composition.groups(e, v)) for e in EMOTIONS for v in VARIANTS)
    if most > _MANY_PLANES:
        yield f"{folder}: has up to {most} planes, each drawn by itself; give layers the same depth"


def _missing_emotions(composition: Composition, folder: Path) -> Iterator[str]:
    for emotion in EMOTIONS:
        shown = composition.shown_as(emotion)
        if shown is None:
            yield f"{folder}: {emotion}: has nothing of its own; only what all emotions share is shown"
        elif shown != emotion:
            yield f"{folder}: {emotion}: has nothing of its own; {shown} is shown instead"


def _circles(manifest: Manifest) -> Iterator[Emotion]:
    for start in manifest.fallback:
        emotion, steps = start, 0
        while emotion in manifest.fallback and steps <= len(EMOTIONS):
            emotion, steps = manifest.fallback[emotion], steps + 1
        if steps > len(EMOTIONS):
            yield start


def _missing_states(character: Character, folder: Path) -> Iterator[str]:
    """A head without them looks dead; where the person's own eyes or mouth are seen they do that."""
    covers, composition = character.manifest.covers, character.composition
    plain = composition.groups("neutrality", "plain")
    if covers != "accessories" and composition.groups("neutrality", "blink") == plain:
        yield f'{folder}: the eyes never close; add a blink picture, or layers with when = "eyes_closed"'
    if covers == "head" and composition.groups("neutrality", "talk") == plain:
        yield f'{folder}: the mouth never opens; add a talk picture, or layers with when = "mouth_open"'


def _unused(character: Character, sizes: Sizes) -> Iterator[str]:
    used = {Path(image) for image in sizes}
    for name, _, _ in character.stamp:
        if Path(name) not in used and name.lower().endswith(".png"):
            why = "is named in no emotion or layer"
            if not (character.folder / MANIFEST).exists() and name not in _meant(character.folder):
                why = "is not called as an emotion, such as pleasure.png or pleasure-blink.png"
            yield f"{character.folder / name}: {why}, so it is never shown"


def _meant(folder: Path) -> set[str]:
    return set(pictures_by_name(folder).values())


#: What each emotion shows on the head.
_Heads = Mapping[Emotion, list[Laid]]


def _anchors_outside(character: Character, heads: _Heads, at: _At) -> Iterator[str]:
    """A head's anchors lie in the artwork."""
    x0, y0, x1, y1 = extent(heads.values())
    for name, (x, y) in character.manifest.anchors.items():
        if character.manifest.covers == "head" and not (x0 <= x < x1 and y0 <= y < y1):
            reach = f"from {x0}, {y0} to {x1}, {y1}"
            yield f"{at('anchors', name)}: lies outside of the artwork, which goes {reach}"


def _bare_face(character: Character, heads: _Heads, at: _At) -> Iterator[str]:
    """What says that it hides a face does so, with every emotion."""
    x0, y0, x1, y1 = extent(heads.values())
    scale, offset = artwork_fit(character.anchors)
    indices = list(_COVERED[character.manifest.covers])
    if not indices:
        return
    points = (mean_face()[indices, :2] * np.float32(scale) + offset).astype(np.float32)
    seen = {}
    for emotion, sprite in heads.items():
        alpha = composed(sprite, (x0, y0, x1, y1))[..., 3]
        if share := float((_values_at(alpha, points - np.array((x0, y0), np.float32)) < 128).mean()):
            seen[emotion] = share
    if seen:
        worst = max(seen, key=lambda emotion: seen[emotion])
        yield (
            f"{at('covers')}: is {character.manifest.covers!r}, but {seen[worst]:.0%} of what that covers of "
            f"a face can still be seen ({worst}); draw it larger, move the anchors closer together, or say "
            "that it covers less"
        )


def _values_at(picture: Pixels, points: Floats) -> Pixels:
    """Of a picture (h, w) what lies at points (N, 2), its own px: uint8 (N,), 0 outside."""
    x, y = np.floor(points).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
    values = np.zeros(len(points), np.uint8)
    values[inside] = picture[y[inside], x[inside]]
    return values


def _folder_of(pack: str, character_dir: Path | None) -> Path:
    if Path(pack).is_dir():
        if not is_pack(Path(pack)):
            raise UsageError(f"{pack}: is no pack: it has no {MANIFEST}, and no picture named by an emotion")
        return Path(pack)
    library = open_library(character_dir)
    known = {folder.name: folder for folder in reversed(library.stamps)}
    if pack not in known:
        raise UsageError(f"there is no pack {pack!r}; give its folder, or one of: {', '.join(sorted(known))}")
    return known[pack]


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
