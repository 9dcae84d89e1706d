"""What the commands share: a pipeline from settings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from avatar_cam.apps.opening import open_library
from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.characters.readiness import KEPT, Aside, AtOnce
from avatar_cam.characters.wardrobe import Ready, Wardrobe
from avatar_cam.console import complain
from avatar_cam.emotions.card import ModelCard
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.errors import PackError
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import CAMERA, Backdrop, Behind
from avatar_cam.schedule import Background, Immediate, OpenPose
from avatar_cam.settings import Settings

if TYPE_CHECKING:
    from avatar_cam.tracking.facemesh import FaceFinder
    from avatar_cam.tracking.people import FaceTracker
    from avatar_cam.tracking.pose import PoseFinder
    from avatar_cam.tracking.segmentation import SelfieSegmentation


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is light, and can be wrong: so it comes first. Raises UsageError, PackError and ModelError."""

    library: Library
    characters: Mapping[str, Character]
    recogniser: LiteRtRecogniser
    #: The character that everybody wears, or None.
    chosen: str | None

    @classmethod
    def of(cls, settings: Settings, *, choose_from_all: bool = False) -> Parts:
        """As the settings say; with `choose_from_all` other characters can be chosen later.

        The character that is worn first is decoded.
        """
        library = open_library(settings.character_dir)
        if settings.character == "auto":
            chosen, library = None, _first_ready(library)
            characters = library.characters
        else:
            chosen = library.get(settings.character)
            chosen.warm()
            characters = library.characters if choose_from_all else {chosen.id: chosen}
        if choose_from_all or chosen is None:
            for fault in library.faults.values():
                complain(f"left out: {fault}")
        recogniser = LiteRtRecogniser(settings.model)
        card = recogniser.card
        _log.info("model %s %s; %d characters", card.name, card.version, len(characters))
        return cls(library, characters, recogniser, chosen.id if chosen is not None else None)

    def wardrobe(self, settings: Settings, ready: Ready) -> Wardrobe:
        """Who wears what, as the settings say."""
        wardrobe = Wardrobe(list(self.characters), settings.emotion, ready)
        if self.chosen is not None:
            wardrobe.wear(self.chosen)
        return wardrobe


def build_pipeline(settings: Settings, *, still: bool = False) -> tuple[Pipeline, ModelCard]:
    """A pipeline that reads at the frames' own times, and the card of its model.

    `still`: every frame is a picture of its own. Raises PackError and ModelError before anything heavy is
    loaded.
    """
    parts = Parts.of(settings)
    traced = settings.trace is not None
    schedule = Immediate(parts.recogniser, _pose_opener(settings, still=still), always=traced, still=still)
    tracker = _tracker(settings, still=still)
    ready = AtOnce(parts.characters, lambda _, fault: complain(f"left out: {fault}"))
    wardrobe = parts.wardrobe(settings, ready)
    return Pipeline(
        tracker, schedule, wardrobe, parts.characters, light=settings.light
    ), parts.recogniser.card


@dataclass(slots=True)
class Live:
    """A pipeline for what is live, and the parts of it that are told what the user wants.

    What can be worn changes by `offer` alone.
    """

    pipeline: Pipeline
    schedule: Background
    wardrobe: Wardrobe
    backdrop: Backdrop
    _library: Library
    ready: Aside

    @property
    def library(self) -> Library:
        """All packs that there are, with those that can be worn."""
        return self._library

    @property
    def characters(self) -> Mapping[str, Character]:
        """By id, in the order of the keys that choose them."""
        return self._library.characters

    def offer(self, library: Library) -> None:
        """Let people wear these from the next frame on, and no others."""
        self._library = library
        self.ready.offer(library.characters)
        self.pipeline.dress(library.characters)


def build_live(
    settings: Settings,
    parts: Parts | None = None,
    behind: Behind = CAMERA,
    choosing: Callable[[FaceFinder], FaceFinder] | None = None,
    kept: int = KEPT,
) -> Live:
    """A pipeline whose slow models run beside the frame loop; raises as `build_pipeline` does.

    It begins with people before `behind`. `choosing` makes a finder that leaves some of the faces out. Of
    characters that nobody wears any more so many bytes are `kept`.
    """
    parts = parts or Parts.of(settings, choose_from_all=True)
    tracker = _tracker(settings, ready=True, choosing=choosing)
    schedule = Background(parts.recogniser, _pose_opener(settings))
    backdrop = Backdrop(_open_segmentation, behind)
    backdrop.load()
    ready = Aside(parts.characters, kept)
    wardrobe = parts.wardrobe(settings, ready)
    pipeline = Pipeline(tracker, schedule, wardrobe, parts.characters, backdrop, light=settings.light)
    return Live(pipeline, schedule, wardrobe, backdrop, parts.library, ready)


def _tracker(
    settings: Settings,
    *,
    still: bool = False,
    ready: bool = False,
    choosing: Callable[[FaceFinder], FaceFinder] | None = None,
) -> FaceTracker:
    # For the same reason as with NumPy (see `avatar_cam`): the rest of the cores are busy.
    cv2.setNumThreads(1)
    # mediapipe takes most of a second to load.
    from avatar_cam.tracking.facemesh import FaceMesh
    from avatar_cam.tracking.far import NearAndFar
    from avatar_cam.tracking.people import FaceTracker

    near = FaceMesh(settings.faces, still=still)
    finder = NearAndFar(near, settings.faces, still=still, ready=ready)
    return FaceTracker(choosing(finder) if choosing else finder, settings.faces, still=still)


def _open_segmentation() -> SelfieSegmentation:
    from avatar_cam.tracking.segmentation import SelfieSegmentation

    return SelfieSegmentation()


def _pose_opener(settings: Settings, *, still: bool = False) -> OpenPose | None:
    def open_pose() -> PoseFinder:
        from avatar_cam.tracking.pose import Pose

        return Pose(still=still)

    return open_pose if settings.pose else None


def _first_ready(library: Library) -> Library:
    """The library less the packs that turn out to be broken before the first that is decoded.

    Raises PackError when none is left.
    """
    for name, character in library.characters.items():
        try:
            character.warm()
        except PackError as error:
            library = library.leave_out(name, str(error))
        else:
            return library
    raise PackError("there is no character to wear: install avatar-cam anew, or give --character-dir")
