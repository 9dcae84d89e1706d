"""Which pictures of a pack make the sprite for an emotion and a state, and in which order they lie."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import get_args

from avatar_cam.characters.manifest import EmotionArt, Layer, Manifest
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion
from avatar_cam.types import Attach, Variant

VARIANTS: tuple[Variant, ...] = get_args(Variant)


@dataclass(frozen=True, slots=True)
class Part:
    """One picture of the pack as it is put into a sprite, or an animation's, shown in turn."""

    pictures: tuple[str, ...]
    #: Its centre; None of what lies in the artwork's upper left corner.
    at: tuple[float, float] | None
    depth: float
    attach: Attach = "head"
    #: Pictures a second; None of what stands still.
    fps: float | None = None


#: Parts that are drawn as one texture.
Group = tuple[Part, ...]


class Composition:
    """What a manifest says of each emotion and state; knows no pixels."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._full = {emotion for emotion, art in manifest.emotions.items() if art.image is not None}

    def groups(self, emotion: Emotion, variant: Variant) -> list[Group]:
        """What to draw, furthest back first."""
        return _drawn_together(self._parts(emotion, variant))

    def all_groups(self) -> Iterator[Group]:
        """Every group there is, once."""
        sprites = (self.groups(emotion, variant) for emotion in EMOTIONS for variant in VARIANTS)
        yield from dict.fromkeys(group for groups in sprites for group in groups)

    def shown_as(self, emotion: Emotion) -> Emotion | None:
        """The emotion whose picture, or layers, stand for this one; None when there is nothing of its own.

        Then only what all emotions share is shown.
        """
        drawn = self._full or self._layered
        shown = self._resolved(emotion, drawn)
        return shown if shown in drawn else None

    @cached_property
    def _layered(self) -> set[Emotion]:
        """The emotions that a pack without full pictures has something of its own for."""
        layered = {e for layer in self._manifest.layers for e in layer.emotions or ()}
        return layered | set(self._manifest.emotions)

    def _parts(self, emotion: Emotion, variant: Variant) -> list[Part]:
        parts = []
        if full := self._full_image(emotion, variant):
            parts.append(Part((full,), None, 0.0))
        animated = self._animated(emotion)
        if animated is not None and animated.frames:
            parts.append(Part(tuple(animated.frames), None, 0.0, fps=animated.fps))
        of_layers = self._layers_emotion(emotion)
        parts += [
            Part(layer.pictures, layer.at, layer.depth, layer.attach, layer.fps)
            for layer in self._manifest.layers
            if _shown(layer, of_layers, variant)
        ]
        # From the back to the front; what is equally deep stays in the manifest's order.
        return sorted(parts, key=lambda part: part.depth)

    def _full_image(self, emotion: Emotion, variant: Variant) -> str | None:
        art = self._manifest.emotions.get(self._resolved(emotion, self._full))
        if art is None:
            return None
        wanted = {
            "plain": (),
            "blink": (art.blink,),
            "talk": (art.talk,),
            "blink_talk": (art.blink_talk, art.blink, art.talk),
        }[variant]
        return next((name for name in wanted if name), art.image)

    def _animated(self, emotion: Emotion) -> EmotionArt | None:
        """Whose animation is drawn over the emotion's picture."""
        arts = self._manifest.emotions
        return arts.get(self._resolved(emotion, arts) if self._full else self._layers_emotion(emotion))

    def _layers_emotion(self, emotion: Emotion) -> Emotion:
        """The emotion whose layers are shown.

        Beside full images layers are extras, and those of the emotion itself are meant; a pack of nothing but
        layers has to fall back on another emotion's where it has none.
        """
        return emotion if self._full else self._resolved(emotion, self._layered)

    def _resolved(self, emotion: Emotion, drawn: Collection[Emotion]) -> Emotion:
        """The emotion itself where it is among those `drawn`, else its fallbacks, at last neutrality."""
        seen: set[Emotion] = set()
        while emotion not in drawn and emotion in self._manifest.fallback and emotion not in seen:
            seen.add(emotion)
            emotion = self._manifest.fallback[emotion]
        return emotion if emotion in drawn or "neutrality" not in drawn else "neutrality"


def _drawn_together(parts: list[Part]) -> list[Group]:
    """Neighbours that stand still at one depth and hang on the same; what moves is by itself."""
    groups: list[Group] = []
    for (_, _, fps), group in groupby(parts, key=lambda part: (part.depth, part.attach, part.fps)):
        neighbours = tuple(group)
        groups += [neighbours] if fps is None else [(part,) for part in neighbours]
    return groups


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
