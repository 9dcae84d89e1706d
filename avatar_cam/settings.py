"""What the user may set: defaults < config file < options."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from avatar_cam.controls import ACTIONS, DEFAULT_KEYS, action_named, key_names, merge_keys
from avatar_cam.emotions.card import DEFAULT_MODEL
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion, emotion_named
from avatar_cam.errors import UsageError
from avatar_cam.faults import Place, all_faults, first_fault, placed
from avatar_cam.toml import TomlFault, read_toml

_log = logging.getLogger(__name__)

MOST_FACES = 8
#: What encoders take, px.
LONGEST_SIDE = 16_384


def default_config() -> Path:
    """The config file that is read when there is one, in the platform's own folder."""
    return platformdirs.user_config_path("avatar-cam", appauthor=False) / "config.toml"


def _option(
    metavar: str,
    help: str,
    *,
    live: bool = False,
    stream: bool = False,
    kiosk: bool = False,
    example: object = None,
) -> Any:
    """A setting that is an option as well: of all commands, of the live ones, of `stream` or `kiosk` alone.

    `example` stands in the config file that `avatar-cam config init` writes where there is no default.
    """
    extra: dict[str, Any] = {"metavar": metavar, "live": live, "stream": stream, "kiosk": kiosk}
    return Field(description=help, json_schema_extra=extra, examples=None if example is None else [example])


def _width_and_height(value: object) -> object:
    if isinstance(value, tuple):
        return value
    found = re.fullmatch(r"\s*(\d{1,9})\s*[x×X]\s*(\d{1,9})\s*", str(value))
    if found and all(16 <= int(side) <= LONGEST_SIDE for side in found.groups()):
        return int(found[1]), int(found[2])
    raise ValueError(f"must be width and height, 16 to {LONGEST_SIDE} pixels each, such as 1280x720")


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _pin(value: str | None) -> str | None:
    if value is not None and not re.fullmatch("[0-9]{3,12}", value):
        raise ValueError("must be 3 to 12 digits, in quotes")
    return value


def _turn(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _background(value: object) -> object:
    if str(value).startswith("#") and not re.fullmatch("#[0-9a-fA-F]{6}", str(value)):
        raise ValueError("must be camera, blur, transparent, a colour such as #00ff00, or a picture's file")
    return str(value) if isinstance(value, Path) else value


def _action(name: str) -> str:
    if name not in ACTIONS and name.replace("_", "-") in known_keys():
        raise ValueError("is no action of a key but a setting: write it above [keys]")
    return action_named(name)


def _photos(value: object) -> object:
    # true: where the system keeps pictures.
    if isinstance(value, bool):
        return platformdirs.user_pictures_path() / "avatar-cam" if value else None
    return value


def _each_key_once(keys: dict[str, Any]) -> dict[str, Any]:
    merge_keys(keys)  # says which is given twice
    return keys


def _token(value: str | None) -> str | None:
    # What needs no quoting in a URL, and is too long to be guessed.
    if value is not None and not re.fullmatch(r"[A-Za-z0-9._~-]{16,128}", value):
        raise ValueError("must be 16 to 128 letters, digits, - . _ or ~")
    return value


ActionName = Annotated[str, AfterValidator(_action)]
KeyNames = Annotated[Any, AfterValidator(key_names)]
Size = Annotated[
    tuple[int, int],
    BeforeValidator(_width_and_height),
    PlainSerializer(lambda size: f"{size[0]}x{size[1]}", when_used="json"),
]


class Settings(BaseModel):
    """What every command that shows characters can be told; the config file's keys are written with hyphens.

    The options of the command line are made from these fields (`cli.with_settings`).
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        validate_by_name=True,
    )

    character: Annotated[
        str, _option("NAME|auto", "Which character to wear; auto: another one for each person.")
    ] = "auto"
    character_dir: Annotated[
        Path | None, _option("DIR", "A folder with packs of your own, or one pack.", example="characters")
    ] = None
    faces: Annotated[
        int, Field(ge=1, le=MOST_FACES), _option("N", f"How many people at most, 1 to {MOST_FACES}.")
    ] = 1
    pose: Annotated[bool, _option("", "Follow the body too.")] = True
    light: Annotated[bool, _option("", "Light characters as the picture around them is.")] = False
    model: Annotated[
        Path,
        _option("FILE.tflite", "Another emotion model, with its card beside it.", example="emotion.tflite"),
    ] = DEFAULT_MODEL
    emotion: Annotated[
        Emotion | None,
        BeforeValidator(emotion_named),
        _option("NAME", f"Hold one emotion: {', '.join(EMOTIONS)}.", example="pleasure"),
    ] = None
    trace: Annotated[
        Path | None,
        _option("FILE.jsonl", "Write what was seen and shown, one JSON line a frame.", example="trace.jsonl"),
    ] = None
    overlay_port: Annotated[
        int | None,
        Field(ge=1, le=65_535),
        _option(
            "N", "Serve a page with the characters alone on this port, and take commands there.", example=8765
        ),
    ] = None
    overlay_host: Annotated[
        str,
        Field(
            min_length=1,
            description="The address that the overlay page is served on; only in the config file. "
            "Any but this machine's own needs overlay-token.",
        ),
    ] = "127.0.0.1"
    overlay_token: Annotated[
        str | None,
        AfterValidator(_token),
        Field(
            description="What who connects to the overlay server has to show; only in the config file.",
            examples=["a-new-one-in-your-file"],
            repr=False,
        ),
    ] = None
    overlay_origins: Annotated[
        tuple[str, ...],
        Field(
            max_length=32,
            description="Other web pages that may connect to the overlay server; only in the config file.",
        ),
    ] = ()

    lang: Annotated[
        Literal["en", "ko"], _option("en|ko", "The language of what the booth says.", example="ko")
    ] = "en"

    camera: Annotated[
        str,
        BeforeValidator(_text),
        _option(
            "INDEX|PATH|URL|demo",
            "Which camera, or a video file that is played as one; demo: the drawn performer.",
            live=True,
        ),
    ] = "0"
    size: Annotated[Size, _option("WxH", "The picture size to ask the camera for.", live=True)] = (1280, 720)
    fps: Annotated[
        int, Field(ge=1, le=240), _option("N", "The frame rate to ask the camera for.", live=True)
    ] = 30
    mirror: Annotated[bool, _option("", "Show the window as a mirror would.", live=True)] = True
    rotate: Annotated[
        Literal[0, 90, 180, 270],
        BeforeValidator(_turn),
        _option("0|90|180|270", "Turn the camera's picture clockwise, in degrees.", live=True),
    ] = 0
    display: Annotated[
        int, Field(ge=0), _option("N", "Which display the window is shown on, from 0.", live=True)
    ] = 0
    save_dir: Annotated[
        Path | None,
        _option(
            "DIR",
            "Where snapshots and recordings go, instead of your pictures and videos.",
            live=True,
            example="snapshots",
        ),
    ] = None
    background: Annotated[
        str,
        BeforeValidator(_background),
        Field(min_length=1),
        _option(
            "camera|blur|transparent|#RRGGBB|IMAGE",
            "What stands behind the people at first: the room, the room out of focus, nothing, a colour, or "
            "a picture.",
            stream=True,
        ),
    ] = "camera"
    device: Annotated[
        str | None,
        Field(min_length=1),
        _option(
            "NAME",
            "Which virtual camera; on Linux its path, or its name.",
            stream=True,
            example="/dev/video10",
        ),
    ] = None
    preview: Annotated[bool, _option("", "Show in a window what is sent.", stream=True)] = True
    clean: Annotated[bool, _option("", "Send the camera's own picture, without characters.", stream=True)] = (
        False
    )
    on_lost: Annotated[
        Literal["show", "freeze", "blur", "character"],
        _option(
            "show|freeze|blur|character",
            "What is sent while a face is lost: the picture as it is, the last one with the character on, a "
            "blurred one, or the character kept on with a blur around it.",
            stream=True,
        ),
    ] = "character"
    photos: Annotated[
        Path | None,
        BeforeValidator(_photos),
        _option(
            "DIR",
            "Keep the pictures that visitors take in this folder; in the config file also true, for "
            "your pictures. "
            "Without it nothing is stored.",
            kiosk=True,
            example="booth",
        ),
    ] = None
    qr: Annotated[
        bool,
        _option(
            "", "Let visitors fetch their picture by a QR code, from this machine; needs photos.", kiosk=True
        ),
    ] = False
    qr_port: Annotated[
        int, Field(ge=1, le=65_535), _option("N", "The port that pictures are served on.", kiosk=True)
    ] = 8370
    qr_host: Annotated[
        str | None,
        Field(
            min_length=1,
            pattern=r"^[A-Za-z0-9.:-]+$",
            description="This machine's name or address as visitors' phones reach it, where the one that is "
            "found is not right; only in the config file.",
            examples=["booth.local"],
        ),
    ] = None
    qr_minutes: Annotated[
        int, Field(ge=1, le=1440), _option("N", "How long a picture can be fetched.", kiosk=True)
    ] = 10
    smile: Annotated[bool, _option("", "Let a smile take a picture, not only a press.", kiosk=True)] = True
    reach: Annotated[
        float,
        Field(ge=0.3, le=10),
        _option(
            "METRES",
            "Who stands further away is no visitor; right for a usual webcam, which sees 60 degrees.",
            kiosk=True,
        ),
    ] = 1.8
    pin: Annotated[
        str | None,
        BeforeValidator(_text),
        AfterValidator(_pin),
        Field(
            description="What staff type to end the booth, 3 to 12 digits in quotes; "
            "only in the config file.",
            examples=["2580"],
            repr=False,
        ),
    ] = None
    keys: Annotated[
        dict[ActionName, KeyNames],
        AfterValidator(_each_key_once),
        Field(
            description="Which key does what; only in the config file, as its table [keys].",
            examples=[DEFAULT_KEYS],
        ),
    ] = {}

    @field_validator("*", mode="before")
    @classmethod
    def _plausible(cls, value: object, info: ValidationInfo) -> object:
        kind = cls.model_fields[str(info.field_name)].annotation
        if isinstance(value, bool) and kind in (int, int | None):
            raise ValueError("must be a whole number")
        if isinstance(value, str) and re.search(r"[\x00-\x1f\x7f]", value):
            raise ValueError("has a control character in it; a \\ in double quotes is written twice")
        if value == "" and kind in _PATH:
            raise ValueError("must be the name of a file or folder")
        return value

    @classmethod
    def options(cls, *, live: bool, stream: bool = False, kiosk: bool = False) -> list[str]:
        """The names of the settings that are options of every command, of the live ones, of one of them."""
        extras = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return [
            name
            for name, extra in extras.items()
            if isinstance(extra, dict)
            and (live or not extra["live"])
            and (stream or not extra["stream"])
            and (kiosk or not extra["kiosk"])
        ]


#: What fields for files and folders are annotated with.
_PATH = (Path, Path | None)


def known_keys() -> list[str]:
    """The keys of the config file."""
    return [str(field.alias) for field in Settings.model_fields.values()]


def all_options() -> list[str]:
    """The names of all settings that are options of any command."""
    return [
        name for name, field in Settings.model_fields.items() if isinstance(field.json_schema_extra, dict)
    ]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and by their field's name where those come from that are no defaults, in words."""

    settings: Settings
    origins: dict[str, str]


def load_settings(config: Path | None, options: dict[str, Any]) -> Settings:
    """The settings of `load`."""
    return load(config, options).settings


def load(config: Path | None, options: dict[str, Any]) -> Loaded:
    """The config file (`config`, else the default one if it exists) with `options` over it.

    Options that are None were not given. Raises UsageError with the file and line of what makes no sense.
    """
    path = config or default_config()
    given = {name: value for name, value in options.items() if value is not None}
    content, lines = read_config(path, must_exist=config is not None)
    try:
        settings = Settings.model_validate(
            content | {name.replace("_", "-"): value for name, value in given.items()}
        )
    except ValidationError as error:
        place, *_ = error.errors()[0]["loc"]
        raise UsageError(f"--{place}: {first_fault(error).partition(': ')[2]}") from error
    set_there = (key for key, value in content.items() if value != {})
    in_file = {key.replace("-", "_"): f"{path}, line {lines.get((key,), 1)}" for key in set_there}
    return Loaded(settings, in_file | {name: f"--{name.replace('_', '-')}" for name in given})


def read_config(path: Path, *, must_exist: bool) -> tuple[dict[str, Any], dict[Place, int]]:
    """The checked content of a config file, and the line of each key; relative paths start at its folder.

    Nothing of a file that is not there, unless it must be. Raises UsageError with file and line.
    """
    try:
        content, lines = read_toml(path)
    except FileNotFoundError:
        if not must_exist:
            return {}, {}
        raise UsageError(f"{path}: no such config file") from None
    except OSError as error:
        raise UsageError(f"{path}: the config file cannot be read: {error.strerror}") from error
    except TomlFault as fault:
        raise UsageError(f"{path}: {fault}") from fault
    try:
        Settings.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error, lines, known_keys())}") from error
    for field in Settings.model_fields.values():
        key = str(field.alias)
        if isinstance(content.get(key), str) and field.annotation in _PATH:
            try:
                content[key] = path.parent / Path(content[key]).expanduser()
            except RuntimeError as error:
                where = placed((key,), lines)
                raise UsageError(f"{path}: {where}: there is no such user; write the whole path") from error
    for key in ("camera", "background"):
        if key in content:
            content[key] = _beside(path, str(content[key]))
    _log.info("config file %s", path)
    return content, lines


def config_faults(path: Path, *, must_exist: bool) -> list[str]:
    """Everything that is wrong with a config file, each with file and line; nothing where it can be used."""
    try:
        read_config(path, must_exist=must_exist)
    except UsageError as error:
        if not isinstance(error.__cause__, ValidationError):
            return [str(error)]
        _, lines = read_toml(path)
        return [f"{path}: {fault}" for fault in all_faults(error.__cause__, lines, known_keys())]
    return []


def _beside(path: Path, name: str) -> str:
    """The file of that name beside the config file; else the name, of a device, a URL, a colour."""
    try:
        file = path.parent / name
        return str(file) if file.is_file() else name
    except OSError:  # a name that no file can have
        return name
