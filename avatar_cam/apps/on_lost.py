"""What is shown when a face is lost, so that nobody who hides behind a character is seen by accident."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from avatar_cam.apps.exposure import Exposure, Wearer
from avatar_cam.characters.character import Character
from avatar_cam.rendering.compositor import draw
from avatar_cam.rendering.cutout import with_overlay
from avatar_cam.rendering.placer import Placer
from avatar_cam.rendering.veil import Disc, Veil, card
from avatar_cam.types import Composite, FaceTrack, Floats, Frame, Pixels, Placement

Policy = Literal["show", "freeze", "blur", "character"]
POLICIES: tuple[Policy, ...] = get_args(Policy)

#: A character that is kept on grows by this share, within so many seconds of the loss.
_GROWTH, _GROWING = 0.3, 0.15
#: It turns no further aside than this, degrees: then it does not fade.
_MOST_TURNED = 40.0
#: What lies within so many eye distances of a lost face's middle is blurred, and so many more for each second
#: for which nobody knows where the face is: 16 are 1 m a second, as fast as people stand up.
_AROUND, _SPEED = 3.0, 16.0
#: The middle of a head, in eye distances from between the eyes, in the axes of the mean face.
_MIDDLE = np.array([0.0, 0.35, 0.75], np.float32)
#: What the body says is that much older than the picture, seconds, at most.
_BODY_LATE = 0.15
#: A radius that no picture reaches, px.
_EVERYWHERE = 1e6
#: A picture is frozen only when the face was followed for so long after it: as it is lost, its last look may
#: be off already. Seconds; and between two that are kept.
_PROVEN, _KEPT_EVERY = 0.4, 0.2


class OnLost:
    """Changes composites so that no face shows that should be covered.

    - `show`: nothing is changed.
    - `blur`: the whole picture is blurred past recognition.
    - `freeze`: the last picture that surely was covered stands still; a card before there is one.
    - `character`: the character stays on, larger, where the face was last known or the body has it, and
      around it everything is blurred as far as the face may have moved.

    All but the first hide the whole picture until the first face is covered. `faces` is how many can be
    found, `characters` gives those that can be worn, of which only what is decoded is drawn, and `visible`
    whether the user wants them to be seen: without them there is nothing to protect. `panic` hides everything
    behind a card, whatever the policy. Composites come in order; their pixels are changed in place.
    """

    def __init__(
        self,
        policy: Policy,
        faces: int = 1,
        characters: Callable[[], Mapping[str, Character]] = dict,
        visible: Callable[[], bool] = lambda: True,
    ) -> None:
        self._policy = policy
        self._characters = characters
        self._visible = visible
        self._exposure = Exposure(faces)
        self._veil = Veil()
        self._placer = Placer()
        self._kept = deque[tuple[float, Pixels, Pixels | None]]()
        self._safe_at = -math.inf
        self.panic = False
        #: Whether the last picture was changed since a face was lost.
        self.hiding = False

    @property
    def in_use(self) -> set[str]:
        """The characters that are drawn when those who wear them are lost: they have to stay decoded."""
        if self._policy != "character":
            return set()
        return {wearer.choice.character for wearer in self._exposure.wearers}

    def begin_anew(self) -> None:
        """Take nothing for known any more: another camera shows another picture."""
        self._exposure.forget()
        self._kept.clear()

    def over(self, composite: Composite, alpha: Pixels | None = None) -> Composite:
        """What may be shown of a composite.

        `alpha`, uint8 (H, W), is that of its picture, the overlay's included, where it is transparent; it is
        changed with it.
        """
        self.hiding = False
        guarding = self._policy != "show" and self._visible()
        if guarding:
            self._exposure.look(composite)
        else:
            self.begin_anew()
        if self.panic:
            card(composite.frame.pixels, alpha)
            return composite
        return self._guarded(composite, alpha) if guarding else composite

    def _guarded(self, composite: Composite, alpha: Pixels | None) -> Composite:
        frame = composite.frame
        if self._exposure.safe:
            self._keep(frame, alpha)
            return composite
        self.hiding = True
        if self._policy == "freeze":
            self._freeze(frame, alpha)
        elif self._policy == "character" and self._exposure.wearers:
            return self._covered(composite, alpha)
        else:
            self._veil.hide(frame.pixels, alpha, frame.time)
        return composite

    def _keep(self, frame: Frame, alpha: Pixels | None) -> None:
        """Remember some of the pictures that were safe: the oldest that may still be needed comes first."""
        self._safe_at = frame.time
        if self._policy != "freeze" or (self._kept and frame.time - self._kept[-1][0] < _KEPT_EVERY):
            return
        self._kept.append((frame.time, frame.pixels, alpha))
        while len(self._kept) > 1 and frame.time - self._kept[1][0] >= _PROVEN:
            self._kept.popleft()

    def _freeze(self, frame: Frame, alpha: Pixels | None) -> None:
        # What came later was followed by too little: the face may have been slipping out already.
        while len(self._kept) > 1:
            self._kept.pop()
        if self._kept and self._safe_at - self._kept[0][0] >= _PROVEN:
            _, pixels, kept_alpha = self._kept[0]
            if pixels.shape == frame.pixels.shape and (kept_alpha is None) == (alpha is None):
                frame.pixels[:] = pixels
                if alpha is not None and kept_alpha is not None:
                    alpha[:] = kept_alpha
                return
        card(frame.pixels, alpha)

    def _covered(self, composite: Composite, alpha: Pixels | None) -> Composite:
        """The picture with the characters of all who are lost kept on."""
        frame, lost = composite.frame, self._exposure.exposed
        self._veil.hide_discs(
            frame.pixels, alpha, [_around(wearer, frame.time) for wearer in lost], frame.time
        )
        whole = tuple(placement for placement in composite.placements if placement.opacity >= 1)
        held = tuple(placement for wearer in lost for placement in self._held(wearer, frame))
        # Those of the others are drawn once more, since the blur may have reached them.
        draw(frame.pixels, (*whole, *held))
        if alpha is not None:
            alpha[:] = with_overlay(alpha, (*whole, *held))
        return replace(composite, placements=(*composite.placements, *held))

    def _held(self, wearer: Wearer, frame: Frame) -> list[Placement]:
        character = self._characters().get(wearer.choice.character)
        if wearer.choice.opacity < 1:  # it was never shown
            return []
        if character is None or not character.is_warm:  # no frame waits for it, and the blur is there anyway
            return []
        growth = 1 + _GROWTH * min(1.0, (frame.time - wearer.lost_since) / _GROWING)
        choice = replace(wearer.choice, previous=None, mix=1.0)
        return self._placer.place(_enlarged(wearer.face, growth), choice, character, frame.size)


def _middle(face: FaceTrack) -> Floats:
    """The middle of the head, float32 (3,) px."""
    head = face.head
    middle: Floats = head.rotation @ _MIDDLE * np.float32(head.scale) + head.translation
    return middle


def _enlarged(face: FaceTrack, growth: float) -> FaceTrack:
    """The face, `growth` times as large about its middle, turned no further than it can be drawn."""
    middle, factor = _middle(face), np.float32(growth)
    head = replace(
        face.head,
        scale=face.head.scale * growth,
        translation=middle + (face.head.translation - middle) * factor,
        yaw=max(-_MOST_TURNED, min(_MOST_TURNED, face.head.yaw)),
        pitch=max(-_MOST_TURNED, min(_MOST_TURNED, face.head.pitch)),
    )
    return replace(face, landmarks=middle + (face.landmarks - middle) * factor, head=head)


def _around(wearer: Wearer, time: float) -> Disc:
    """Where the face of somebody may be by now."""
    x, y, _ = _middle(wearer.face).tolist()
    unknown = max(time - wearer.seen, _BODY_LATE if wearer.face.via == "pose" else 0.0)
    if wearer.lost_since < wearer.doubted_until:  # it may have been another's face
        return x, y, _EVERYWHERE
    return x, y, (_AROUND + _SPEED * unknown) * wearer.face.head.scale
