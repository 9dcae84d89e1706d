"""What the user may set: defaults < config file < options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from avatar_cam.controls import action_named, key_names, merge_keys
from avatar_cam.emotions.card import DEFAULT_MODEL
from avatar_cam.emotions.vocabulary import EMOTIONS, Emotion, emotion_named
from avatar_cam.errors import UsageError
from avatar_cam.faults import first_fault
from avatar_cam.toml import TomlFault, read_toml

MOST_FACES = 8
#: What encoders take, px.
LONGEST_SIDE = 16_384


def default_config() -> Path:
    """The config file that is read when there is one, in the platform's own folder."""
    return platformdirs.user_config_path("avatar-cam", appauthor=False) / "config.toml"


def _option(metavar: str, help: str, *, live: bool = False) -> Any:
    """A setting that is an option of the command line as well: of all commands, or only of the live ones."""
    return Field(description=help, json_schema_extra={"metavar": metavar, "live": live})


def _width_and_height(value: object) -> object:
    if isinstance(value, tuple):
        return value
    found = re.fullmatch(r"\s*(\d{1,9})\s*[x×X]\s*(\d{1,9})\s*", str(value))
    if found and all(16 <= int(side) <= LONGEST_SIDE for side in found.groups()):
        return int(found[1]), int(found[2])
    raise ValueError(f"must be width and height, 16 to {LONGEST_SIDE} pixels each, such as 1280x720")


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _turn(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _each_key_once(keys: dict[str, Any]) -> dict[str, Any]:
    merge_keys(keys)  # says which is given twice
    return keys


ActionName = Annotated[str, AfterValidator(action_named)]
KeyNames = Annotated[Any, AfterValidator(key_names)]
Size = Annotated[tuple[int, int], BeforeValidator(_width_and_height)]


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
    character_dir: Annotated[Path | None, _option("DIR", "A folder with packs of your own, or one pack.")] = (
        None
    )
    faces: Annotated[
        int, Field(ge=1, le=MOST_FACES), _option("N", f"How many people at most, 1 to {MOST_FACES}.")
    ] = 1
    pose: Annotated[bool, _option("", "Follow the body too.")] = True
    model: Annotated[Path, _option("FILE.tflite", "Another emotion model, with its card beside it.")] = (
        DEFAULT_MODEL
    )
    emotion: Annotated[
        Emotion | None,
        BeforeValidator(emotion_named),
        _option("NAME", f"Hold one emotion: {', '.join(EMOTIONS)}."),
    ] = None
    trace: Annotated[
        Path | None, _option("FILE.jsonl", "Write what was seen and shown, one JSON line a frame.")
    ] = None

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
        _option("DIR", "Where snapshots and recordings go, instead of your pictures and videos.", live=True),
    ] = None
    keys: Annotated[
        dict[ActionName, KeyNames],
        AfterValidator(_each_key_once),
        Field(description="Which key does what; only in the config file, as its table [keys]."),
    ] = {}

    @classmethod
    def options(cls, *, live: bool) -> list[str]:
        """The names of the settings that are options of every command, and of the live ones if `live`."""
        extras = {name: field.json_schema_extra for name, field in cls.model_fields.items()}
        return [
            name for name, extra in extras.items() if isinstance(extra, dict) and (live or not extra["live"])
        ]


_PATHS = ("character-dir", "model", "trace", "save-dir")


def load_settings(config: Path | None, options: dict[str, Any]) -> Settings:
    """The config file (`config`, else the default one if it exists) with `options` over it.

    Options that are None were not given. Raises UsageError with the file and line of what makes no sense.
    """
    given = {name: value for name, value in options.items() if value is not None}
    content = read_config(config or default_config(), must_exist=config is not None)
    try:
        return Settings.model_validate(content | {name.replace("_", "-"): v for name, v in given.items()})
    except ValidationError as error:
        place, *_ = error.errors()[0]["loc"]
        raise UsageError(f"--{place}: {first_fault(error).partition(': ')[2]}") from error


def read_config(path: Path, *, must_exist: bool) -> dict[str, Any]:
    """The checked content of a config file; relative paths in it start at its folder."""
    try:
        content, lines = read_toml(path)
    except FileNotFoundError:
        if not must_exist:
            return {}
        raise UsageError(f"{path}: no such config file") from None
    except OSError as error:
        raise UsageError(f"{path}: the config file cannot be read: {error.strerror}") from error
    except TomlFault as fault:
        raise UsageError(f"{path}: {fault}") from fault
    try:
        Settings.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        raise UsageError(f"{path}: {first_fault(error, lines)}") from error
    for key in _PATHS:
        if key in content:
            try:
                content[key] = path.parent / Path(content[key]).expanduser()
            except RuntimeError as error:
                where = f"line {lines.get((key,), 1)}: {key}"
                raise UsageError(f"{path}: {where}: there is no such user; write the whole path") from error
    camera = path.parent / str(content.get("camera", ""))
    if camera.is_file():  # else it is a number, a URL or a device
        content["camera"] = str(camera)
    return content
