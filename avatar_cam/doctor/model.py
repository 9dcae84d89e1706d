"""The emotion model and its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from avatar_cam.doctor.apart import NoAnswer, apart
from avatar_cam.doctor.findings import TOO_SLOW, fault, ok
from avatar_cam.emotions.card import DEFAULT_MODEL, ModelCard, read_card
from avatar_cam.errors import ModelError
from avatar_cam.formats import Finding
from avatar_cam.system import System

_LIMIT = 20.0


def loaded(model: Path) -> str | None:
    """What is wrong when LiteRT loads the model, and compares it with its card. For a process of its own."""
    from avatar_cam.emotions.recogniser import LiteRtRecogniser

    try:
        LiteRtRecogniser(model)
    except ModelError as error:
        return str(error)
    return None


def check_model(
    system: System, model: Path, loads: Callable[[Path], str | None] | None = None
) -> Iterator[Finding]:
    """`loads` is `loaded`; it may raise NoAnswer."""
    loads = loads or (lambda model: apart(loaded, model, limit=_LIMIT))
    own = model != DEFAULT_MODEL
    mend = (
        "leave --model out, or take the model and its card from one training run"
        if own
        else system.reinstall()
    )
    try:
        card, data = read_card(model)
        wrong = loads(model)
    except ModelError as error:
        wrong = str(error)
    except NoAnswer as error:
        wrong, mend = f"loading {model} {error}", system.reinstall_all()
        if error.late:
            mend = TOO_SLOW
    if wrong is not None:
        yield fault("model", wrong, mend)
    else:
        yield ok("model", _about(card, len(data)), bytes=len(data))


def _about(card: ModelCard, size: int) -> str:
    return f"{card.name} {card.version}: {len(card.labels)} labels, {size / 1e6:.2f} MB, as its card says"
