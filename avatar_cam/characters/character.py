"""A pack made ready to be drawn: for each emotion and state, flat textures at a few depths."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np

from avatar_cam.characters.bare import guessed_manifest
from avatar_cam.characters.composition import VARIANTS, Composition, Group
from avatar_cam.characters.flattening import around, flatten, frame_of
from avatar_cam.characters.manifest import MANIFEST, Manifest, ManifestText, pictures_of
from avatar_cam.characters.pictures import MAX_SIDE, look_at, read_sprite
from avatar_cam.characters.pieces import cut_apart
from avatar_cam.characters.stamps import Stamp, stamp_of
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError
from avatar_cam.types import Attach, Box, Floats, Pixels, Texture, Variant

#: What all textures of a pack may take together, decoded, bytes.
MAX_MEMORY = 256 * 2**20
#: The longest side of what hangs on one place altogether, px: whoever draws it by itself needs so much room.
MAX_REACH = 2 * MAX_SIDE
#: What all files of a pack's pictures may take together, bytes.
MAX_FILES = 64 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The parts of a character at one depth (face widths, - behind the face), or one of an animation.

    `whole` is one texture; `pieces` are the same cut into boxes that leave most of what is empty out, and
    do not overlap. Of what hangs on the body the textures' origin is counted from the attachment, in the
    artwork's pixels, else from the artwork's corner.
    """

    depth: float
    whole: Texture
    pieces: tuple[Texture, ...]
    attach: Attach = "head"


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the order of drawing, and what is shown there in turn."""

    planes: tuple[Plane, ...]
    fps: float

    def at(self, age: float) -> Plane:
        return self.planes[int(age * self.fps) % len(self.planes)]

    @property
    def memory(self) -> int:
        """Bytes; pieces share that of the whole, but not when they are halved."""
        textures = chain.from_iterable((plane.whole, *plane.pieces) for plane in self.planes)
        halves = sum(level.rgba.nbytes for texture in textures for level in texture.levels[1:])
        return sum(plane.whole.rgba.nbytes for plane in self.planes) + halves


@dataclass(eq=False)
class Character:
    """A pack whose pictures are decoded by `warm`, or when they are first shown, until `cool` or `shrink`.

    Not to be used by two threads at once.
    """

    id: str
    folder: Path
    manifest: Manifest = field(repr=False)
    #: Of the files that it was read from.
    stamp: Stamp = field(default=(), repr=False)
    #: Whether everything is decoded.
    is_warm: bool = False
    _pictures: dict[str, Pixels] = field(default_factory=dict, repr=False)
    _slots: dict[Group, _Slot] = field(default_factory=dict, repr=False)
    _sprites: dict[tuple[Emotion, Variant], tuple[_Slot, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, folder: Path) -> Character:
        """Read the manifest in `folder`, and see to the pictures it names; PackError when one is amiss."""
        # Taken first: what changes meanwhile makes the pack look changed afterwards.
        stamp = stamp_of(folder)
        text = ManifestText.read(folder) if (folder / MANIFEST).exists() else None
        manifest = text.checked() if text is not None else guessed_manifest(folder)
        faults, sizes = seen_to(folder, manifest, text)
        if faults:
            raise PackError(faults[0])
        if too_much := beyond_bounds(manifest, sizes):
            raise PackError(f"{folder}: {too_much}")
        return cls(folder.name, folder, manifest, stamp)

    def fresh(self) -> Character:
        """The same pack, nothing of it decoded: for another thread."""
        return Character(self.id, self.folder, self.manifest, self.stamp)

    def planes(self, emotion: Emotion, variant: Variant, age: float = 0.0) -> tuple[Plane, ...]:
        """What to draw `age` seconds after the emotion came up, furthest back first.

        The same objects for the same parts.
        """
        return tuple(slot.at(age) for slot in self._sprite(emotion, variant))

    def warm(self) -> None:
        """Decode everything now, so that no frame waits for it; PackError when that cannot be done."""
        for emotion in EMOTIONS:
            for variant in VARIANTS:
                self._sprite(emotion, variant)
        self._pictures.clear()
        self.is_warm = True

    def cool(self) -> None:
        """Forget everything that was decoded."""
        self.shrink(self.memory)
        self._pictures.clear()

    @property
    def memory(self) -> int:
        """Bytes that the textures take that are decoded now."""
        return sum(slot.memory for slot in list(self._slots.values()))

    def shrink(self, by: int) -> int:
        """Forget as many textures as take `by` bytes, or all; the bytes that they took."""
        freed = 0
        while self._slots and freed < by:
            freed += self._slots.popitem()[1].memory
            self._sprites.clear()
            self.is_warm = False
        return freed

    @cached_property
    def anchors(self) -> dict[str, Floats]:
        """Where a face's points lie in the artwork, name → float32 (2,) px."""
        return {name: np.array(point, np.float32) for name, point in self.manifest.anchors.items()}

    @cached_property
    def has_body(self) -> bool:
        """Whether it has layers that hang on the body, so that somebody has to look for it."""
        return any(layer.attach != "head" for layer in self.manifest.layers)

    @cached_property
    def composition(self) -> Composition:
        """Which pictures make which sprite."""
        return Composition(self.manifest)

    def _sprite(self, emotion: Emotion, variant: Variant) -> tuple[_Slot, ...]:
        if (emotion, variant) not in self._sprites:
            groups = self.composition.groups(emotion, variant)
            self._sprites[emotion, variant] = tuple(self._slot(group) for group in groups)
        return self._sprites[emotion, variant]

    def _slot(self, group: Group) -> _Slot:
        if group not in self._slots:
            first = group[0]
            flat = [
                flatten([(self._picture(part.pictures[which]), part.at) for part in group])
                for which in range(len(first.pictures))
            ]
            planes = tuple(Plane(first.depth, whole, cut_apart(whole), first.attach) for whole in flat)
            self._slots[group] = _Slot(planes, first.fps or 0.0)
        return self._slots[group]

    def _picture(self, image: str) -> Pixels:
        if image not in self._pictures:
            self._pictures[image] = read_sprite(self.folder / image)
        return self._pictures[image]


Sizes = dict[str, tuple[int, int]]


def seen_to(folder: Path, manifest: Manifest, text: ManifestText | None) -> tuple[list[str], Sizes]:
    """What is wrong with the pictures that a manifest names, and the (width, height) of the others.

    Nothing is decoded. Pictures of a pack that is too large altogether are not even looked at.
    """
    named, faults, sizes = pictures_of(manifest), [], {}
    taken = 0
    for image, place in named.items():
        where = text.at(place) if text is not None else str(folder)
        path = folder / image
        try:
            # Asked before the file is touched, or a link could be made to wake a device.
            if _leads_out(path, folder):
                faults.append(f"{where}: {image} is a link that leads out of the pack's folder")
                continue
            if not path.exists():
                faults.append(f"{where}: {image} is named, but is not in the folder")
                continue
            taken += path.stat().st_size
            if taken > MAX_FILES:
                faults.append(f"{where}: the pack's pictures take more than {MAX_FILES // 2**20} MB")
                break
            sizes[image] = look_at(path)
        except PackError as error:
            faults.append(f"{where}: {image} {str(error).removeprefix(f'{path}: ')}" if text else str(error))
        except OSError as error:
            faults.append(f"{where}: {image} cannot be read: {error.strerror or error}")
    return faults, sizes


def _leads_out(path: Path, folder: Path) -> bool:
    """Whether a picture, or a folder on the way to it, is a link to a place outside of the pack's folder."""
    place = path
    while place != folder:
        if place.is_symlink():
            return not path.resolve().is_relative_to(folder.resolve())
        place = place.parent
    return False


def memory_of(manifest: Manifest, sizes: Sizes) -> int:
    """Bytes that the pack's textures take at most, all decoded; `sizes` (width, height) of its pictures."""
    return _bytes_of(_canvases(manifest, sizes))


def beyond_bounds(manifest: Manifest, sizes: Sizes) -> str | None:
    """What is too much of it to be worn, or nothing."""
    canvases = _canvases(manifest, sizes)
    for attach, boxes in canvases.items():
        if max(map(_longest, boxes)) > MAX_SIDE:
            return f"its layers reach over more than {MAX_SIDE} pixels; move them together"
        # Of what hangs on the body the distance to where it hangs counts, too.
        if _longest(around(boxes if attach == "head" else [*boxes, (0, 0, 0, 0)])) > MAX_REACH:
            return f"all its layers reach over more than {MAX_REACH} pixels; move them together"
    if _bytes_of(canvases) > MAX_MEMORY:
        return f"its pictures take more than {MAX_MEMORY // 2**20} MB of memory; make them smaller"
    return None


def _longest(box: Box) -> int:
    left, top, right, bottom = box
    return max(right - left, bottom - top)


#: The box of every texture that will be made, by what it hangs on.
_Canvases = dict[Attach, list[Box]]


def _bytes_of(canvases: _Canvases) -> int:
    every = chain.from_iterable(canvases.values())
    return sum((right - left) * (bottom - top) * 4 for left, top, right, bottom in every)


def _canvases(manifest: Manifest, sizes: Sizes) -> _Canvases:
    canvases = defaultdict[Attach, list[Box]](list)
    for group in Composition(manifest).all_groups():
        for which in range(len(group[0].pictures)):
            frames = [frame_of(sizes[part.pictures[which]], part.at) for part in group]
            canvases[group[0].attach].append(around(frames))
    return canvases
