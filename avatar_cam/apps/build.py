"""What the commands share: a pipeline from settings."""

from __future__ import annotations

import cv2

from avatar_cam.characters.character import Character
from avatar_cam.characters.library import Library
from avatar_cam.characters.wardrobe import Wardrobe
from avatar_cam.console import complain
from avatar_cam.emotions.card import ModelCard
from avatar_cam.emotions.recogniser import LiteRtRecogniser
from avatar_cam.errors import PackError
from avatar_cam.pipeline import Pipeline
from avatar_cam.schedule import Immediate
from avatar_cam.settings import Settings


def build_pipeline(settings: Settings, *, still: bool = False) -> tuple[Pipeline, ModelCard]:
    """A pipeline that reads at the frames' own times, and the card of its model.

    `still`: every frame is a picture of its own. Raises PackError and ModelError before anything heavy is
    loaded.
    """
    characters = _characters(settings)
    recogniser = LiteRtRecogniser(settings.model)

    # For the same reason as with NumPy (see `avatar_cam`): the rest of the cores are busy.
    cv2.setNumThreads(1)
    # mediapipe takes most of a second to load, so all that can be wrong comes first.
    from avatar_cam.tracking.facemesh import FaceMesh
    from avatar_cam.tracking.far import NearAndFar
    from avatar_cam.tracking.people import FaceTracker
    from avatar_cam.tracking.pose import Pose

    finder = NearAndFar(FaceMesh(settings.faces, still=still), settings.faces, still=still)
    tracker = FaceTracker(finder, settings.faces, still=still)
    # So far nothing is drawn on the body: it is looked for only where somebody will read of it.
    pose = Pose(still=still) if settings.pose and settings.trace is not None else None
    schedule = Immediate(recogniser, pose, still=still)
    wardrobe = Wardrobe(list(characters), settings.emotion)
    return Pipeline(tracker, schedule, wardrobe, characters), recogniser.card


def _characters(settings: Settings) -> dict[str, Character]:
    """Those that may be worn, decoded; with `auto` a broken pack is left out with a line."""
    library = Library.open(settings.character_dir)
    if settings.character != "auto":
        character = library.get(settings.character)
        character.warm()
        return {character.id: character}
    for name, character in list(library.characters.items()):
        try:
            character.warm()
        except PackError as error:
            library.leave_out(name, str(error))
    for fault in library.faults.values():
        complain(f"left out: {fault}")
    if not library.characters:
        raise PackError("there is no character to wear: install avatar-cam anew, or give --character-dir")
    return library.characters
