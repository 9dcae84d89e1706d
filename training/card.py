"""The card beside the model: what it gives, what it wants, what it was made of, and what it is not for."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from avatar_cam.emotions.card import CardCrop, CardInput, CardScaling, ModelCard
from avatar_cam.emotions.crop import MARGIN
from avatar_cam.files import same_file
from training.labels import Scheme
from training.reporting.report import Reading
from training.scaling import FACTOR, OFFSET

#: By scheme, the data set whose labels it has, with its terms.
DATA = {
    "ferplus": "the votes of FER+ on FER2013's pictures (Barsoum et al., 2016; MIT licence)",
    "fer2013": (
        "FER2013 (Goodfellow et al., 2013, ICML challenge): pictures found by web search and published for "
        "research, whose rights lie with their owners; none of them is passed on with this model"
    ),
    "aihub": (
        "AI-Hub's Korean facial emotions (dataSetSn=82): to be had from AI-Hub on application and not to be "
        "passed on; its terms also say what may be done with a model made of it"
    ),
}

_WEB = (
    "The photographs are from the web, many of them posed or of public people. Nobody noted age, sex, origin "
    "or skin colour, so how much worse it reads some people is not measured; models of such data are said to "
    "read Asian faces worse."
)

#: By scheme, what its data make a model get wrong, and for whom.
_LIMITS = {
    "ferplus": [
        "Mild expressions are mostly read as neutral, a downturned mouth with resting brows above all.",
        _WEB,
        "Small children, faces seen from the side, and hands before the face are hard.",
    ],
    "fer2013": [
        "The labels are one person's guess each, and about a third of them is disputed by others.",
        _WEB,
    ],
    "aihub": [
        "The faces are of Koreans who acted an emotion in good light: how it reads others, and feelings that "
        "are not acted, is not measured.",
        "Annotators often disagreed, most of all on unrest and wound.",
    ],
}

#: Whatever it was trained on.
NOT_FOR = [
    "An expression is not a feeling: the model says what a face looks like, not what a person feels.",
    "Not for judging people, and not for inferring emotions at work or in education, which the EU AI Act "
    "(Regulation (EU) 2024/1689, Art. 5(1)(f)) forbids except for medical or safety reasons.",
]

#: Classes that the card names as read worst.
_WORST = 3


def data_text(schemes: Iterable[str]) -> str:
    """What a model that learnt from labels of these schemes was trained on, and the terms."""
    return "Trained on " + "; ".join(DATA[name] for name in schemes) + "."


def limits(scheme: Scheme, read: Reading) -> list[str]:
    """What it gets wrong and for whom: the classes that it recalls least on Valid, then what the data do."""
    recalled = [(name, one.recall) for name, one in read.classes.items() if one.recall is not None]
    worst = sorted(recalled, key=lambda pair: pair[1].share)[:_WORST]
    named = ", ".join(
        f"{name} {recall.share:.0%} of {recall.faces} faces ({recall.low:.0%} to {recall.high:.0%})"
        for name, recall in worst
    )
    return [
        f"Found least often on the validation split, with 95 % intervals: {named}.",
        *_LIMITS[scheme.name],
    ]


def card(
    content: bytes,
    scheme: Scheme,
    side: int,
    name: str,
    version: str,
    data: str,
    figures: dict[str, float],
    wrong: list[str],
) -> ModelCard:
    """The card of a .tflite with this content, whose labels are the scheme's."""
    return ModelCard(
        name=name,
        version=version,
        labels=list(scheme.labels),
        emotions=dict(scheme.meaning),
        input=CardInput(width=side, height=side, channels=1, dtype="float32"),
        scaling=CardScaling(offset=OFFSET, factor=FACTOR),
        crop=CardCrop(function="landmarks", margin=MARGIN),
        sha256=hashlib.sha256(content).hexdigest(),
        data=data,
        figures=figures,
        limits=wrong,
        not_for=NOT_FOR,
        commit=commit_of(Path(__file__).parent),
    )


def to_json(card: ModelCard) -> str:
    """The card as its file's content."""
    return card.model_dump_json(indent=2) + "\n"


def commit_of(package: Path) -> str:
    """The commit that this package was at, with "-dirty" where tracked files were changed since.

    "unknown" where it is not in the top level of a repository, as in somebody's project that installed it.
    """
    top = _git(package, "rev-parse", "--show-toplevel")
    if not top or not same_file(Path(top), package.parent):
        return "unknown"
    # Without tags: the hash itself, always.
    return _git(package, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*") or "unknown"


def _git(folder: Path, *arguments: str) -> str:
    """What git says in a folder; nothing where it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True
        )
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        return ""
    return done.stdout.strip()
