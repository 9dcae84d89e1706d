"""Imports go one way: the table under "The import rule" in ARCHITECTURE.md holds for every module."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import avatar_cam

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "avatar_cam"

#: Modules at the top of the package that are a room of their own; the others, and the vocabulary of
#: emotions, are what everything stands on.
ROOMS_OF_ONE = ("cli", "pipeline", "schedule", "settings")
VOCABULARY = "avatar_cam.emotions.vocabulary"

#: Heavy dependencies and who alone may know them, module or package.
HEAVY = {
    "mediapipe": {"avatar_cam.tracking.mediapipe_import"},
    "ai_edge_litert": {"avatar_cam.emotions.recogniser"},
    "av": {
        "avatar_cam.sources.decoding",
        "avatar_cam.sources.video",
        "avatar_cam.sinks.h264",
        "avatar_cam.sinks.recording",
        "avatar_cam.sinks.sound",
        "avatar_cam.sinks.video",
    },
    "pygame": {
        "avatar_cam.sinks.hud",
        "avatar_cam.sinks.screen",
        "avatar_cam.sinks.window",
        "avatar_cam.kiosk.screen",
    },
    "segno": {"avatar_cam.kiosk.screen"},
    "cv2_enumerate_cameras": {"avatar_cam.sources.cameras"},
    "pyvirtualcam": {"avatar_cam.sinks.virtual_camera"},
    "typer": {"avatar_cam.cli"},
    "websockets": {"avatar_cam.overlay.clients", "avatar_cam.overlay.server", "avatar_cam.apps.send"},
    "tensorflow": set[str](),
    "keras": set[str](),
    "training": set[str](),
}

#: Each can be exchanged for its neighbours, so none knows another.
BACK_ENDS = (
    {"sources.video", "sources.photos", "sources.memory", "sources.performer"},
    {"sources.opencv_camera", "sources.playing", "sources.scripted_camera"},
    {"sinks.video", "sinks.photo", "sinks.memory", "sinks.trace", "sinks.window", "sinks.recording"},
    {"sinks.virtual_camera", "sinks.memory_camera"},
    {"tracking.facemesh", "tracking.pose", "tracking.segmentation"},
)


@dataclass(frozen=True)
class Import:
    """`module` imports `target`; `at_once` if it does so when it is itself imported."""

    module: str
    target: str
    at_once: bool


def modules() -> dict[str, Path]:
    named = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return named


@cache
def imports() -> tuple[Import, ...]:
    known = modules()
    return tuple(found for module, path in known.items() for found in _imports_of(module, path, known))


def _imports_of(module: str, path: Path, known: dict[str, Path]) -> Iterator[Import]:
    tree = ast.parse(path.read_text("utf-8"))
    later = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            assert node.module is not None
            # `from package import module` is an import of the module.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            targets = [name if name in known else node.module for name in names]
        else:
            continue
        for target in dict.fromkeys(targets):
            yield Import(module, target, id(node) not in later)


def room(module: str) -> str:
    """The room of a module of avatar_cam; "base" is what everything stands on."""
    if module in ("avatar_cam", VOCABULARY):
        return "base"
    first = module.split(".")[1]
    return first if (PACKAGE / first).is_dir() or first in ROOMS_OF_ONE else "base"


@cache
def rule() -> dict[str, frozenset[str]]:
    """Room → the rooms it may import, from the table in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    section = text.partition("## The import rule")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", section, re.MULTILINE)
    return {name: frozenset(re.findall(r"`(\w+)`", allowed)) for name, allowed in rows}


def test_the_rule_names_every_room_and_has_no_circle() -> None:
    assert set(rule()) == {room(module) for module in modules()}
    assert len(list(TopologicalSorter(rule()).static_order())) == len(rule())


def test_rooms_import_only_what_the_rule_allows() -> None:
    broken = [
        f"{found.module} imports {found.target}"
        for found in imports()
        if found.target.startswith("avatar_cam")
        and room(found.target) != room(found.module)
        and room(found.target) not in rule()[room(found.module)]
    ]
    assert not broken


def test_the_rule_allows_no_more_than_is_used() -> None:
    used = {name: set[str]() for name in rule()}
    for found in imports():
        if found.target.startswith("avatar_cam") and room(found.target) != room(found.module):
            used[room(found.module)].add(room(found.target))
    assert {name: sorted(rooms) for name, rooms in used.items()} == {
        name: sorted(rooms) for name, rooms in rule().items()
    }


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {
        module: {found.target for found in imports() if found.module == module and found.at_once}
        for module in modules()
    }
    list(TopologicalSorter(graph).static_order())  # raises CycleError


@pytest.mark.parametrize("heavy", HEAVY)
def test_a_heavy_dependency_is_known_to_one_room_only(heavy: str) -> None:
    who = {found.module for found in imports() if found.target.split(".")[0] == heavy}
    known = {
        next((may for may in HEAVY[heavy] if f"{module}.".startswith(f"{may}.")), module) for module in who
    }
    assert known == HEAVY[heavy]


@pytest.mark.parametrize("back_ends", BACK_ENDS, ids=lambda names: min(names).partition(".")[0])
def test_back_ends_do_not_know_each_other(back_ends: set[str]) -> None:
    def back_end(module: str) -> str | None:
        inside = module.removeprefix("avatar_cam.")
        return next((name for name in back_ends if inside == name or inside.startswith(f"{name}.")), None)

    assert {name for module in modules() if (name := back_end(module))} == back_ends, "a back-end is gone"
    pairs = {(back_end(found.module), back_end(found.target)) for found in imports()}
    assert all(None in pair or pair[0] == pair[1] for pair in pairs), pairs


def _loaded_after(code: str) -> set[str]:
    """Top names of the modules in a fresh Python after `code`."""
    script = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    printed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout
    return set(printed.split())


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = _loaded_after("import avatar_cam.cli")
    assert "avatar_cam" in loaded
    assert not loaded & {
        "mediapipe",
        "ai_edge_litert",
        "av",
        "pygame",
        "cv2",
        "numpy",
        "matplotlib",
        "tensorflow",
        "websockets",
    }


def test_the_pipeline_loads_no_back_end() -> None:
    loaded = _loaded_after("import avatar_cam.pipeline, avatar_cam.apps.build")
    assert not loaded & {"mediapipe", "ai_edge_litert", "av", "pygame", "tensorflow"}


def test_mediapipe_is_imported_without_tensorflow() -> None:
    loaded = _loaded_after(
        "from avatar_cam.tracking.mediapipe_import import solutions\n"
        "solutions()\n"
        "assert 'tensorflow' not in sys.modules"
    )
    assert "mediapipe" in loaded
    assert not loaded & {"tensorflow", "keras", "jax"}


def test_public_names() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", avatar_cam.__version__)
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    assert [ast.unparse(target) for target in assigned] == ["__version__"]
