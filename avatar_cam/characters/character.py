"""A pack made ready to be drawn: for each emotion and state, flat textures at a few depths."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from avatar_cam.characters.manifest import Layer, Manifest, read_manifest
from avatar_cam.characters.pieces import cut_apart
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.errors import PackError
from avatar_cam.png import PNG, check_png
from avatar_cam.types import Floats, Pixels, Texture, Variant

#: Largest side of a picture in a pack, px: a stranger's pack must not fill the memory.
MAX_SIDE = 4096
_MAX_FILE = 32 * 2**20
#: What all pictures of a pack together may take, decoded, bytes.
_MAX_MEMORY = 400 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The parts of a character at one depth (face widths, - behind the face).

    `whole` is one texture; `pieces` are the same cut into boxes that leave most of what is empty out, and
    do not overlap.
    """

    depth: float
    whole: Texture
    pieces: tuple[Texture, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One picture of the pack as it is put into a sprite."""

    image: str
    at: tuple[float, float] | None
    depth: float


@dataclass(frozen=True, eq=False)
class Character:
    """A pack whose pictures are decoded by `warm`, or when they are first shown, and kept."""

    id: str
    folder: Path
    manifest: Manifest
    _pictures: dict[str, Pixels] = field(default_factory=dict, repr=False)
    _planes: dict[tuple[_Part, ...], Plane] = field(default_factory=dict, repr=False)
    _sprites: dict[tuple[Emotion, Variant], tuple[Plane, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, folder: Path) -> Character:
        """Read the manifest in `folder`, and see to the pictures it names; PackError when one is amiss."""
        character = cls(folder.name, folder, read_manifest(folder))
        for image in sorted(character._images()):
            if not (folder / image).is_file():
                raise PackError(f"{folder / 'character.toml'}: {image} is named, but is not in the folder")
            if not (folder / image).resolve().is_relative_to(folder.resolve()):
                raise PackError(f"{folder / image}: is a link that leads out of the pack's folder")
            check_picture(folder / image)
        return character

    def planes(self, emotion: Emotion, variant: Variant) -> tuple[Plane, ...]:
        """What to draw, furthest back first; the same objects for the same parts."""
        if (emotion, variant) not in self._sprites:
            self._sprites[emotion, variant] = self._assembled(emotion, variant)
        return self._sprites[emotion, variant]

    def _assembled(self, emotion: Emotion, variant: Variant) -> tuple[Plane, ...]:
        parts = self._parts(emotion, variant)
        grouped = (tuple(group) for _, group in groupby(parts, key=lambda part: part.depth))
        return tuple(self._plane(group) for group in grouped)

    def warm(self) -> None:
        """Decode everything now, so that no frame waits for it; PackError when that cannot be done.

        A pack from a stranger may be small on the disk and fill the memory, so what it takes is counted.
        """
        variants: tuple[Variant, ...] = ("plain", "blink", "talk", "blink_talk")
        for emotion in EMOTIONS:
            for variant in variants:
                self.planes(emotion, variant)
                taken = sum(plane.whole.rgba.nbytes for plane in self._planes.values())
                taken += sum(picture.nbytes for picture in self._pictures.values())
                if taken > _MAX_MEMORY:
                    raise PackError(
                        f"{self.folder}: its pictures take more than {_MAX_MEMORY // 2**20} MB of memory; "
                        "make them smaller"
                    )
        self._pictures.clear()

    @cached_property
    def anchors(self) -> dict[str, Floats]:
        """Where a face's points lie in the artwork, name → float32 (2,) px."""
        return {name: np.array(point, np.float32) for name, point in self.manifest.anchors.items()}

    def _images(self) -> set[str]:
        arts = self.manifest.emotions.values()
        full = {name for art in arts for name in (art.image, art.blink, art.talk, art.blink_talk) if name}
        return full | {layer.image for layer in self.manifest.layers}

    def _parts(self, emotion: Emotion, variant: Variant) -> list[_Part]:
        layers = [
            _Part(layer.image, layer.at, layer.depth)
            for layer in self.manifest.layers
            if _shown(layer, self._layers_emotion(emotion), variant)
        ]
        full = self._full_image(emotion, variant)
        parts = layers if full is None else [_Part(full, None, 0.0), *layers]
        # From the back to the front; what is equally deep stays in the manifest's order.
        return sorted(parts, key=lambda part: part.depth)

    def _full_image(self, emotion: Emotion, variant: Variant) -> str | None:
        art = self.manifest.emotions.get(self._resolved(emotion, set(self.manifest.emotions)))
        if art is None:
            return None
        wanted = {
            "plain": (),
            "blink": (art.blink,),
            "talk": (art.talk,),
            "blink_talk": (art.blink_talk, art.blink, art.talk),
        }[variant]
        return next((name for name in wanted if name), art.image)

    def _layers_emotion(self, emotion: Emotion) -> Emotion:
        """The emotion whose layers are shown.

        Beside full images layers are extras, and those of the emotion itself are meant; a pack of nothing but
        layers has to fall back on another emotion's where it has none.
        """
        if self.manifest.emotions:
            return emotion
        return self._resolved(emotion, {e for layer in self.manifest.layers for e in layer.emotions or ()})

    def _resolved(self, emotion: Emotion, drawn: set[Emotion]) -> Emotion:
        """The emotion itself where it is among those `drawn`, else its fallbacks, at last neutrality."""
        seen: set[Emotion] = set()
        while emotion not in drawn and emotion in self.manifest.fallback and emotion not in seen:
            seen.add(emotion)
            emotion = self.manifest.fallback[emotion]
        return emotion if emotion in drawn or "neutrality" not in drawn else "neutrality"

    def _plane(self, parts: tuple[_Part, ...]) -> Plane:
        if parts not in self._planes:
            whole = self._flatten(parts)
            self._planes[parts] = Plane(parts[0].depth, whole, cut_apart(whole))
        return self._planes[parts]

    def _flatten(self, parts: tuple[_Part, ...]) -> Texture:
        """Lay the parts over each other."""
        pictures = [(self._picture(part.image), part.at) for part in parts]
        corners = [_corner(picture, at) for picture, at in pictures]
        left, top = np.min(corners, axis=0)
        sizes = [(x + p.shape[1], y + p.shape[0]) for (p, _), (x, y) in zip(pictures, corners, strict=True)]
        right, bottom = np.max(sizes, axis=0)
        if max(right - left, bottom - top) > MAX_SIDE:
            raise PackError(f"{self.folder}: its layers reach over more than {MAX_SIDE} pixels")
        canvas = np.zeros((bottom - top, right - left, 4), np.uint8)
        for (picture, _), (x, y) in zip(pictures, corners, strict=True):
            region = canvas[y - top : y - top + picture.shape[0], x - left : x - left + picture.shape[1]]
            keep = 255 - picture[..., 3:].astype(np.uint16)
            region[...] = picture + ((region * keep + 127) // 255).astype(np.uint8)
        return Texture(canvas, (int(left), int(top)))

    def _picture(self, image: str) -> Pixels:
        if image not in self._pictures:
            self._pictures[image] = read_sprite(self.folder / image)
        return self._pictures[image]


def _shown(layer: Layer, emotion: Emotion, variant: Variant) -> bool:
    if layer.emotions is not None and emotion not in layer.emotions:
        return False
    closed_eyes, open_mouth = variant in ("blink", "blink_talk"), variant in ("talk", "blink_talk")
    return {
        "always": True,
        "eyes_open": not closed_eyes,
        "eyes_closed": closed_eyes,
        "mouth_open": open_mouth,
        "mouth_closed": not open_mouth,
    }[layer.when]


def _corner(picture: Pixels, at: tuple[float, float] | None) -> tuple[int, int]:
    """Upper left corner of a picture centred `at`, in whole pixels so that nothing is blurred."""
    if at is None:
        return 0, 0
    return round(at[0] - picture.shape[1] / 2), round(at[1] - picture.shape[0] / 2)


def check_picture(path: Path) -> None:
    """Raises PackError when the file's beginning says that it is no PNG, or one that is too large."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(24)
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror}") from error
    if size > _MAX_FILE:
        raise PackError(f"{path}: is larger than {_MAX_FILE // 2**20} MB")
    if start[:8] != PNG or len(start) < 24:
        raise PackError(f"{path}: is not a PNG picture")
    width, height = (int.from_bytes(start[at : at + 4], "big") for at in (16, 20))
    if max(width, height) > MAX_SIDE:  # asked of the header, before anything is decoded
        raise PackError(f"{path}: is {width}x{height}; the largest side allowed is {MAX_SIDE}")


def read_sprite(path: Path) -> Pixels:
    """A PNG as uint8 (h, w, 4) RGBA, premultiplied; PackError when it is none or too large."""
    check_picture(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror}") from error
    # Looked through first: the decoder complains on standard error by itself of what is broken.
    whole = check_png(data) is None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if whole else None
    if picture is None:
        raise PackError(f"{path}: is a broken PNG picture")
    sixteen_bits = picture.dtype == np.uint16
    return _premultiplied(np.asarray(picture // 257 if sixteen_bits else picture, np.uint8))


def _premultiplied(picture: Pixels) -> Pixels:
    """OpenCV's grey, BGR or BGRA with straight alpha → RGBA premultiplied."""
    if picture.ndim == 2:
        rgba = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGBA)
    elif picture.shape[2] == 3:
        rgba = cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA)
    else:
        rgba = cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)
    alpha = rgba[..., 3:].astype(np.uint16)
    rgba[..., :3] = (rgba[..., :3] * alpha + 127) // 255
    return np.asarray(rgba, np.uint8)
