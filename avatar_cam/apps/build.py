"""What the commands share: a pipeline from settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.console import complain
from avatar_cam.emotions.card import ModelCard
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.errors import PackError
from avatar_cam.pipeline import Pipeline
from avatar_cam.rendering.backdrop import Backdrop
from avatar_cam.schedule import Background, Immediate, OpenPose
from avatar_cam.settings import Settings

if TYPE_CHECKING:
    from avatar_cam.tracking.people import FaceTracker
    from avatar_cam.tracking.pose import PoseFinder
    from avatar_cam.tracking.segmentation import SelfieSegmentation


@dataclass(frozen=True, slots=True)
class Parts:
    """What is light, and can be wrong: so it comes first. Raises UsageError, PackError and ModelError."""

    characters: dict[str, Character]
    recogniser: LiteRtRecogniser
    wardrobe: Wardrobe

    @classmethod
    def of(cls, settings: Settings, *, choose_from_all: bool = False) -> Parts:
        """As the settings say; with `choose_from_all` other characters can be chosen later."""
        library = Library.open(settings.character_dir)
        chosen = None if settings.character == "auto" else library.get(settings.character)
        if chosen is not None:
            chosen.warm()
        characters = {chosen.id: chosen} if chosen is not None else {}
        if choose_from_all or chosen is None:
            characters = warm(library).characters
            for fault in library.faults.values():
                complain(f"left out: {fault}")
        wardrobe = Wardrobe(list(characters), settings.emotion)
        if chosen is not None:
            wardrobe.wear(chosen.id)
        return cls(characters, LiteRtRecogniser(settings.model), wardrobe)


def build_pipeline(settings: Settings, *, still: bool = False) -> tuple[Pipeline, ModelCard]:
    """A pipeline that reads at the frames' own times, and the card of its model.

    `still`: every frame is a picture of its own. Raises PackError and ModelError before anything heavy is
    loaded.
    """
    parts = Parts.of(settings)
    traced = settings.trace is not None
    schedule = Immediate(parts.recogniser, _pose_opener(settings, still=still), always=traced, still=still)
    tracker = _tracker(settings, still=still)
    return Pipeline(tracker, schedule, parts.wardrobe, parts.characters), parts.recogniser.card


@dataclass(slots=True)
class Live:
    """A pipeline for what is live, and the parts of it that are told what the user wants."""

    pipeline: Pipeline
    schedule: Background
    wardrobe: Wardrobe
    backdrop: Backdrop
    #: By id, in the order of the keys that choose them.
    characters: dict[str, Character]

    def offer(self, characters: dict[str, Character]) -> None:
        """Let people wear these from the next frame on, and no others."""
        self.characters = characters
        self.pipeline.dress(characters)


def build_live(settings: Settings, parts: Parts | None = None) -> Live:
    """A pipeline whose slow models run beside the frame loop; raises as `build_pipeline` does."""
    parts = parts or Parts.of(settings, choose_from_all=True)
    tracker = _tracker(settings, ready=True)
    schedule = Background(parts.recogniser, _pose_opener(settings))
    backdrop = Backdrop(_open_segmentation)
    pipeline = Pipeline(tracker, schedule, parts.wardrobe, parts.characters, backdrop)
    return Live(pipeline, schedule, parts.wardrobe, backdrop, parts.characters)


def _tracker(settings: Settings, *, still: bool = False, ready: bool = False) -> FaceTracker:
    # For the same reason as with NumPy (see `avatar_cam`): the rest of the cores are busy.
    cv2.setNumThreads(1)
    # mediapipe takes most of a second to load.
    from avatar_cam.tracking.facemesh import FaceMesh
    from avatar_cam.tracking.far import NearAndFar
    from avatar_cam.tracking.people import FaceTracker

    near = FaceMesh(settings.faces, still=still)
    finder = NearAndFar(near, settings.faces, still=still, ready=ready)
    return FaceTracker(finder, settings.faces, still=still)


def _open_segmentation() -> SelfieSegmentation:
    from avatar_cam.tracking.segmentation import SelfieSegmentation

    return SelfieSegmentation()


def _pose_opener(settings: Settings, *, still: bool = False) -> OpenPose | None:
    def open_pose() -> PoseFinder:
        from avatar_cam.tracking.pose import Pose

        return Pose(still=still)

    return open_pose if settings.pose else None


def warm(library: Library) -> Library:
    """The library with all its characters decoded; packs that turn out to be broken are left out.

    Raises PackError when none is left.
    """
    for name, character in list(library.characters.items()):
        try:
            character.warm()
        except PackError as error:
            library.leave_out(name, str(error))
    if not library.characters:
        raise PackError("there is no character to wear: install avatar-cam anew, or give --character-dir")
    return library
