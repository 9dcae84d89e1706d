"""The documents say what is so."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import TypeAdapter

from avatar_cam.apps.bench import FRAMES
from avatar_cam.apps.keeping import COUNTDOWN
from avatar_cam.characters.character import MAX_FILES, MAX_MEMORY
from avatar_cam.characters.manifest import (
    MAX_MANIFEST,
    AnchorName,
    EmotionArt,
    Layer,
    Manifest,
    When,
)
from avatar_cam.characters.pictures import MAX_FILE, MAX_SIDE
from avatar_cam.cli import execute
from avatar_cam.controls import ACTIONS, CHARACTERS, DEFAULT_KEYS, KEY_NAMES, key_rows
from avatar_cam.emotions.card import DEFAULT_MODEL, read_card
from avatar_cam.emotions.vocabulary import EMOTIONS, KOREAN
from avatar_cam.formats import Bench, ClassifiedImage, Diagnosis, Verdict
from avatar_cam.settings import Settings
from avatar_cam.sinks.formats import TraceFrame, TraceHeader
from avatar_cam.tracking.matching import MEMORY, NEAR_MEMORY
from avatar_cam.tracking.person import FADE, HOLD
from avatar_cam.types import Attach

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
USING = (ROOT / "docs" / "using.md").read_text("utf-8")
STREAMING = (ROOT / "docs" / "streaming.md").read_text("utf-8")
BOOTH = (ROOT / "docs" / "booth.md").read_text("utf-8")
PAGES = sorted(
    path
    for folder in (".", "docs", "artwork", "training", "benchmarks")
    for path in (ROOT / folder).glob("*.md")
)
COMMANDS = {
    "run": ["run"],
    "stream": ["stream"],
    "kiosk": ["kiosk"],
    "demo": ["demo"],
    "render": ["render"],
    "send": ["send"],
    "classify": ["classify"],
    "bench": ["bench"],
    "characters list": ["characters", "list"],
    "characters show": ["characters", "show"],
    "characters check": ["characters", "check"],
    "characters new": ["characters", "new"],
    "config init": ["config", "init"],
    "config show": ["config", "show"],
    "config path": ["config", "path"],
    "doctor": ["doctor"],
}
#: Handled before Typer sees them.
ANYWHERE = {"-v"}


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help that is not folded or coloured."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("TERM", "dumb")


def help_of(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert execute([*command, "--help"]) == 0
    return capsys.readouterr().out


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text))


def section(title: str, page: str = README) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def code_in(text: str) -> list[str]:
    """What stands in backticks, but not over several lines."""
    return re.findall(r"`([^`\n]+)`", text)


def flat(text: str) -> str:
    """The text as it is read, wherever its lines end."""
    return " ".join(text.split())


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^python -m pip install uv && .*$", README, re.MULTILINE)
    assert commands == [
        "python -m pip install uv && python -m uv run avatar-cam demo",
        "python -m pip install uv && python -m uv run --group dev pytest",
    ]
    before = README.partition(commands[0])[0]
    assert before == "# avatar-cam\n\n```sh\n"


@pytest.mark.usefixtures("wide")
def test_the_readme_names_every_command_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    named = re.findall(r"^\| `avatar-cam ([a-z ]+?)(?: [A-Z].*?)?` \|", section("Commands"), re.MULTILINE)
    assert named == list(COMMANDS)
    help_text = help_of([], capsys)
    in_help = re.findall(r"^[│|] ([a-z]+)\s", help_text.partition("Commands")[2], re.MULTILINE)
    assert set(in_help) == {command.split()[0] for command in COMMANDS}


@pytest.mark.usefixtures("wide")
def test_every_option_that_is_told_exists_and_every_option_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exist = options_in(help_of([], capsys))
    for command in COMMANDS.values():
        exist |= options_in(help_of(command, capsys))
    told = (
        section("Commands")
        + section("Options", USING)
        + section("Options", STREAMING)
        + section("Options", BOOTH)
    )
    named = options_in(" ".join(code_in(told)))
    assert named - exist - ANYWHERE == set()
    assert {option for option in exist - named if option.startswith("--")} <= {"--output"}  # -o is named
    elsewhere = options_in(" ".join(code_in(USING)))
    assert {option for option in elsewhere if option.startswith("--")} <= exist


def test_the_readme_gives_the_settings_defaults() -> None:
    options = section("Commands")
    settings = Settings()
    assert f"`{settings.character}`, the default" in options
    assert re.search(rf"how many people.*default {settings.faces}\b", options)
    assert settings.pose
    assert "default on" in options


def test_the_page_on_the_window_gives_the_settings_defaults() -> None:
    options = section("Options", USING)
    settings = Settings()
    assert f"`--list-cameras` shows; default {settings.camera}, the first" in options
    width, height = settings.size
    assert f"ask the camera for; default {width}x{height} |" in options
    assert f"ask the camera for; default {settings.fps} |" in options
    assert settings.mirror
    assert "mirrored at first; default on |" in options
    assert f"270 degrees; default {settings.rotate} |" in options
    assert f"is shown on; default {settings.display}, the first |" in options


def test_the_settings_on_the_page_on_the_window_can_be_set() -> None:
    lines = [code for code in code_in(section("Options", USING)) if " = " in code]
    assert len(lines) == 3
    Settings.model_validate(tomllib.loads("\n".join(lines)))


def test_the_table_of_keys() -> None:
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", section("Keys", USING), re.MULTILINE)
    assert rows[0] == ("key", "what it does")
    assert rows[1:] == key_rows(DEFAULT_KEYS)


def test_keys_can_be_changed_as_it_is_told() -> None:
    text = section("Keys", USING)
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    Settings.model_validate(tomllib.loads(example))
    names = flat(text).partition("The names of what can be done: ")[2].partition(" A key that you give")[0]
    actions, _, keys = names.partition("The names of keys: ")
    assert code_in(actions) == [CHARACTERS[0], CHARACTERS[-1], *ACTIONS[len(CHARACTERS) :]]
    named = {name for code in code_in(keys) for name in ([code] if code in KEY_NAMES else code.split())}
    assert "letters, digits" in keys
    assert "the backtick" in keys
    between = {name for name in KEY_NAMES if re.fullmatch(r"\w|f\d+|keypad \d", name)} | {"`"}
    assert named <= KEY_NAMES
    assert KEY_NAMES - between <= named


def test_times_and_counts_on_the_page_on_the_window() -> None:
    text = flat(USING)
    assert f"held where it was for {HOLD} seconds, then fades away in {FADE} seconds" in text
    assert f"after {COUNTDOWN:.0f} seconds; S again" in text
    assert f"a video file, {FRAMES} frames of it" in text
    assert (NEAR_MEMORY, MEMORY) == (2, 10)
    assert "back within two seconds is known by the place; within ten seconds" in text
    assert "if you leave for more than ten seconds, press C again" in text


def test_messages_that_are_explained_are_those_of_the_program() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "avatar_cam").rglob("*.py"))
    quoted = re.findall(r"^\| (`.*?`) \|", section("When something is wrong", USING), re.MULTILINE)
    messages = [message for cell in quoted for message in code_in(cell)]
    assert len(messages) >= 10
    for message in messages:
        for part in message.replace(" camera 0", "").split("…"):
            assert part.strip() in code, message


def test_the_readmes_table_of_emotions() -> None:
    card, _ = read_card(DEFAULT_MODEL)
    rows = dict(re.findall(r"^\| (\w+) \| (\S+ \| .+?) \|$", section("Emotions"), re.MULTILINE))
    rows.pop("emotion")
    labels = {
        emotion: [name for name in card.labels if card.emotions[name] == emotion] for emotion in EMOTIONS
    }
    told = {
        name: (row.split(" | ")[0], sorted(row.split(" | ")[1].split(", "))) for name, row in rows.items()
    }
    assert list(told) == list(EMOTIONS)
    assert told == {emotion: (KOREAN[emotion], sorted(labels[emotion])) for emotion in EMOTIONS}


def test_the_readmes_character_is_a_manifest() -> None:
    [example] = re.findall(r"```toml\n(.*?)```", section("Your own character"), re.DOTALL)
    Manifest.model_validate(tomllib.loads(example))


@cache
def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_formats_page_is_what_the_models_say() -> None:
    written = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert written == script("make_formats").page(), "run scripts/make_formats.py"


def test_the_page_on_the_config_file_has_the_whole_file() -> None:
    written = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert written == script("make_configuration").page(written), "run scripts/make_configuration.py"


def test_the_examples_on_the_formats_page_are_valid() -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    header, frame, classified, benched, diagnosed, messages = re.findall(
        r"```json\n(.*?)```", text, re.DOTALL
    )
    TraceHeader.model_validate_json(header)
    TraceFrame.model_validate_json(frame)
    Bench.model_validate_json(benched)
    assert {one.verdict for one in Diagnosis.model_validate_json(diagnosed).findings} == {*get_args(Verdict)}
    kinds = {model.model_fields["type"].default: model for model in script("make_formats").MESSAGE_KINDS}
    for line in messages.splitlines():
        kinds[json.loads(line)["type"]].model_validate_json(line)
    images = TypeAdapter(list[ClassifiedImage]).validate_json(classified)
    assert {image.error is None for image in images} == {True, False}
    for face in json.loads(frame)["faces"]:
        assert sum(face["probabilities"].values()) == pytest.approx(1, abs=0.01)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+:", link):
            assert link.startswith("https://"), link
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        assert file.is_relative_to(ROOT.resolve()), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_are_named_exist(page: Path) -> None:
    folders = ("avatar_cam", "training", "artwork", "benchmarks", "scripts", "tests", "docs", "assets")
    pattern = rf"`(?:uv run (?:--group \w+ )?python )?((?:{'|'.join(folders)})/[\w./-]*)"
    for name in re.findall(pattern, page.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs").rglob("*") if path.is_file()}
    assert sizes["demo.webp"] <= 2.5e6
    assert sum(sizes.values()) < 4e6


def _installed_with_the_program() -> set[str]:
    """Everything that avatar-cam asks for here, by way of others too."""
    found: set[str] = set()
    left = ["avatar-cam"]
    while left:
        name = canonicalize_name(left.pop())
        if name in found:
            continue
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # left out by an override
            continue
        found.add(name)
        asked = [Requirement(line) for line in requires]
        left += [each.name for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found - {"avatar-cam"}


def test_every_dependency_is_in_the_list_of_licences() -> None:
    text = (ROOT / "docs" / "licences.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+?) \|", text, re.MULTILINE))
    needed = _installed_with_the_program()
    assert {"mediapipe", "protobuf"} <= needed
    assert needed <= set(listed)
    for name in needed:
        said = metadata.metadata(name).get("License-Expression")
        assert said is None or said == listed[name], name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    others = [*project["project"]["optional-dependencies"]["training"]]
    others += [line for group in project["dependency-groups"].values() for line in group]
    direct = {canonicalize_name(Requirement(line).name) for line in others} - {"avatar-cam"}
    assert direct <= set(listed)


def test_every_version_is_pinned() -> None:
    """What scripts/pin.py --check asks uv, asked of this environment."""
    uv = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["uv"]
    pins = dict(line.partition(" ;")[0].split("==") for line in uv["constraint-dependencies"])
    installed = {canonicalize_name(name): metadata.version(name) for name in _installed_with_the_program()}
    assert {name: pins.get(name) for name in installed} == installed
    build = {line.split("==")[0] for line in uv["build-constraint-dependencies"]}
    assert {"hatchling", "editables"} <= build
    assert uv["default-groups"] == []


CHARACTERS_PAGE = (ROOT / "docs" / "characters.md").read_text("utf-8")


def test_the_page_for_artists_says_everything_that_a_manifest_can() -> None:
    whole = re.findall(
        r"```toml\n(.*?)```", section("Everything that a manifest can say", CHARACTERS_PAGE), re.DOTALL
    )
    content = tomllib.loads(whole[0])
    manifest = Manifest.model_validate(content)
    assert set(content) == set(Manifest.model_fields)
    assert set(content["anchors"]) == set(get_args(AnchorName))
    assert set(content["emotions"]["neutrality"]) == set(EmotionArt.model_fields)
    assert set(content["layers"][0]) == set(Layer.model_fields) - {"frames", "fps"}
    assert manifest.emotions["neutrality"].fps == 12


def test_every_example_on_the_page_for_artists_can_be_read() -> None:
    needed = 'name = "Fox"\n[anchors]\nright_eye = [206, 290]\nleft_eye = [306, 290]\n'
    art = '[emotions.neutrality]\nimage = "a.png"\n'
    examples = re.findall(r"```toml\n(.*?)```", CHARACTERS_PAGE, re.DOTALL)
    assert len(examples) == 6
    for example in examples[:-1]:
        head = needed.partition("[anchors]")[0] if "[anchors]" in example else needed
        Manifest.model_validate(tomllib.loads(head + example + art))


def test_the_limits_on_the_page_for_artists() -> None:
    limits = flat(section("Limits", CHARACTERS_PAGE))
    assert f"| {MAX_SIDE} px;" in limits
    assert f"| {MAX_FILE // 2**20} MB; {MAX_FILES // 2**20} MB |" in limits
    assert f"| {MAX_MEMORY // 2**20} MB;" in limits
    assert f"`character.toml` | {MAX_MANIFEST // 1000} KB |" in limits
    words = set(get_args(When)) | set(get_args(Attach))
    assert words <= set(
        code_in(section("Layers", CHARACTERS_PAGE) + section("What hangs on the body", CHARACTERS_PAGE))
    )
