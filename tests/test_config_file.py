"""The config file: one line for a broken one, relative paths, and where a setting comes from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from avatar_cam.errors import UsageError
from avatar_cam.settings import Settings, known_keys, load, load_settings

#: What stands in the file → what is said of it, from its name on.
BROKEN: dict[str, tuple[str | bytes, str]] = {
    "misspelt": ('charakter = "bear"\n', "line 1: charakter: is not a known key; did you mean character?"),
    "underscore": (
        '\n\ncharacter_dir = "packs"\n',
        "line 3: character_dir: is not a known key; did you mean character-dir?",
    ),
    "capitals": ("# mine\nFaces = 2\n", "line 2: Faces: is not a known key; did you mean faces?"),
    "unlike any": ("hat = 1\n", "line 1: hat: is not a known key"),
    "unknown table": ("faces = 1\n\n[window]\nsize = 3\n", "line 3: window: is not a known key"),
    "table for a value": ("[camera]\nindex = 0\n", "line 1: camera: must be text, in quotes"),
    "list of tables": ("[[faces]]\nnumber = 1\n", "line 1: faces: must be a whole number"),
    "text for a number": ('faces = "many"\n', "line 1: faces: must be a whole number"),
    "truth for a number": ("faces = true\n", "line 1: faces: must be a whole number"),
    "half a face": ("faces = 1.5\n", "line 1: faces: must be a whole number"),
    "not a number": ("fps = nan\n", "line 1: fps: must be a finite number"),
    "too many": ("faces = 9\n", "line 1: faces: must be less than or equal to 8"),
    "too few": ("pose = true\nfps = 0\n", "line 2: fps: must be greater than or equal to 1"),
    "a number for text": ("character = 3\n", "line 1: character: must be text, in quotes"),
    "text for truth": ('mirror = "perhaps"\n', "line 1: mirror: must be true or false"),
    "text for a list": ('overlay-origins = "x"\n', "line 1: overlay-origins: must be a list"),
    "a list for a path": (
        'trace = ["a"]\n',
        "line 1: trace: must be the name of a file or folder, in quotes",
    ),
    "no path": ('trace = ""\n', "line 1: trace: must be the name of a file or folder"),
    "an odd turn": ("rotate = 45\n", "line 1: rotate: must be 0, 90, 180 or 270"),
    "an odd size": (
        'size = "1280"\n',
        "line 1: size: must be width and height, 16 to 16384 pixels each, such as 1280x720",
    ),
    "no emotion": (
        'faces = 2\nemotion = "joy"\n',
        "line 2: emotion: must be 'pleasure', 'upset', 'anger', 'unrest', 'wound', 'sadness' or 'neutrality'",
    ),
    "nobody's home": (
        'trace = "~nobody_here/t"\n',
        "line 1: trace: there is no such user; write the whole path",
    ),
    "a tab in a path": (
        'model = "C:\\temp\\new.tflite"\n',
        "line 1: model: has a control character in it; a \\ in double quotes is written twice",
    ),
    "a backslash": (
        'faces = 1\nmodel = "C:\\Users\\me\\m.tflite"\n',
        "line 2: has a \\ in double quotes: write it twice, or use single quotes",
    ),
    "a key twice": ("faces = 1\nfps = 30\nfaces = 2\n", "line 3: this key stands here for the second time"),
    "a table twice": ("[keys]\n[keys]\n", "line 2: the table [keys] stands here for the second time"),
    "a key for two": (
        '[keys]\nmirror = "x"\nhold = "x"\n',
        "line 1: keys: the key 'x' is given to both mirror and hold",
    ),
    "no key": (
        '[keys]\nsnapshot = "s"\nrecord = "button"\n',
        "line 3: keys: record: there is no key 'button'; there are",
    ),
    "no action": ('[keys]\n\njump = "j"\n', "line 3: keys: jump: there is no action 'jump'; there are"),
    "a setting among keys": (
        "[keys]\nfaces = 2\n",
        "line 2: keys: faces: is no action of a key but a setting: write it above [keys]",
    ),
    "no value": (
        "faces =\n",
        "line 1: is no value: text stands in quotes, numbers, true and false without",
    ),
    "no quotes": (
        "faces = 1\ncharacter = bear\n",
        "line 2: is no value: text stands in quotes, numbers, true and false without",
    ),
    "curly quotes": (
        "character = “bear”\n",
        "line 1: is no value: text stands in quotes, numbers, true and false without",
    ),
    "a colon": ("faces: 2\n", "line 1: is neither key = value nor [table]"),
    "words behind": ("faces = 2 people\n", "line 1: has something behind its value"),
    "one quote": (
        'faces = 1\ncharacter = "bear\nfps = 30\n',
        "line 2: the text that begins here has no end quote",
    ),
    "no end of a text": (
        'character = """bear\nfaces = 1\n[keys]\n',
        "line 1: the text that begins here has no end quote",
    ),
    "no end of a list": (
        'fps = 30\noverlay-origins = [\n  "a"\nfaces = 1\n',
        "line 2: the list that begins here has no ]",
    ),
    "no end of a head": ("[keys\n", "line 1: the table's ] is missing"),
    "deep": ("a = " + "[" * 5000, "line 1: is nested too deeply, or too long; break it"),
    "deep in lines": ("a = " + "[\n" * 5000, "is nested too deeply"),
    "a long number": ("faces = " + "9" * 5000, "line 1: has a number with thousands of digits"),
    "large": (b"#" * 1_000_001, "is larger than 1 MB, so it is something else"),
    "utf-16": ("faces = 1\n".encode("utf-16"), "is UTF-16, or no text at all; save it as UTF-8"),
    "utf-16 without a mark": (
        "faces = 1\n".encode("utf-16-le"),
        "is UTF-16, or no text at all; save it as UTF-8",
    ),
    "korean ansi": ("faces = 1\n# 설정\n".encode("cp949"), "line 2: is not UTF-8; save the file as UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0", "is UTF-16, or no text at all; save it as UTF-8"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_config_file(tmp_path: Path, content: str | bytes, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as told:
        load_settings(file, {})
    message = str(told.value)
    assert message.startswith(f"{file}: {said}"), message
    assert "\n" not in message
    if not said.endswith("there are"):
        assert message == f"{file}: {said}"


def test_there_are_thirty_broken_files_and_more() -> None:
    assert len(BROKEN) >= 30


def test_the_rest_of_what_is_wrong_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("faces = 99\nfps = 0\nhat = 1\n", "utf-8")
    with pytest.raises(UsageError, match=r"line 1: faces: .* \(and 2 more\)$"):
        load_settings(file, {})


def test_a_config_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the config file cannot be read"):
        load_settings(tmp_path, {})


def test_a_config_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such config file"):
        load_settings(tmp_path / "config.toml", {})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_config_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    with pytest.raises(UsageError, match="it is no plain file"):
        load_settings(tmp_path / "config.toml", {})


def test_a_config_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("avatar_cam.toml.read_bounded", forbid)
    with pytest.raises(UsageError, match="the config file cannot be read: Permission denied"):
        load_settings(tmp_path / "config.toml", {})


def test_every_path_starts_at_the_file(tmp_path: Path) -> None:
    """Those of settings that are added later, too."""
    fields = {name: f for name, f in Settings.model_fields.items() if f.annotation in (Path, Path | None)}
    assert {"character_dir", "model", "trace", "save_dir"} <= set(fields)
    file = tmp_path / "config.toml"
    file.write_text("".join(f'{field.alias} = "there/it"\n' for field in fields.values()), "utf-8")
    settings = load_settings(file, {})
    assert {name: getattr(settings, name) for name in fields} == dict.fromkeys(fields, tmp_path / "there/it")


def test_a_name_that_no_file_can_have_is_no_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'background = "{"x" * 5000}"\n', "utf-8")
    assert load_settings(file, {}).background == "x" * 5000


def test_where_settings_come_from(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\nfaces = 3\nfps = 25\n[keys]\n", "utf-8")
    loaded = load(file, {"fps": 15, "pose": None, "overlay_port": 8000})
    assert (loaded.settings.faces, loaded.settings.fps, loaded.settings.overlay_port) == (3, 15, 8000)
    assert loaded.origins == {"faces": f"{file}, line 2", "fps": "--fps", "overlay_port": "--overlay-port"}


def test_an_option_that_makes_no_sense_is_told_by_its_name() -> None:
    with pytest.raises(UsageError, match=r"^--overlay-port: must be less than or equal to 65535$"):
        load_settings(None, {"overlay_port": 70_000})


def test_the_keys_of_the_file_are_the_settings() -> None:
    assert known_keys() == [name.replace("_", "-") for name in Settings.model_fields]
