"""docs/training.md says what is so, and every command of training that any page names exists."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from avatar_cam.emotions.selector import MINIMUM
from tests.test_docs import PAGES, ROOT, code_in, flat, options_in, section
from training.budget import config_for, read_budget
from training.card import NOT_FOR
from training.config import read
from training.datasets.opening import KINDS as DATA_SETS
from training.kinds import KINDS
from training.models.options import Options
from training.prepare.options import make_parser
from training.prepare.settings import LOSSLESS, Detector
from training.prepare.store import UNFINISHED
from training.shards import LEFT_OUT, MANIFEST, SHARDS

PAGE = (ROOT / "docs" / "training.md").read_text("utf-8")
#: Where each command's options are told.
STEPS = {
    "prepare": "4. Prepare",
    "train": "5. Train",
    "export": "6. Export",
    "evaluate": "7. Evaluate",
    "compare": "9. Compare",
}
#: The program's own, and those of `dask worker`.
OTHERS = {"--help", "--model", "--nworkers", "--nthreads", "--pack-destination"}


def source_of(module: str) -> str:
    """A module, or all that is in a package."""
    path = ROOT / module.replace(".", "/")
    files = sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    assert not path.is_dir() or path / "__main__.py" in files, f"{module} cannot be run"
    assert all(file.exists() for file in files), f"there is no {module}"
    return "\n".join(file.read_text("utf-8") for file in files)


@cache
def options_of(module: str) -> frozenset[str]:
    """Read from its code, since importing what trains takes seconds, and TensorFlow."""
    calls = [node for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)]
    names = [
        argument.value
        for call in calls
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    return frozenset(name for name in names if re.fullmatch(r"--[a-z][a-z-]*", name))


def _tree(module: str) -> ast.Module:
    # Only the first file of several may import from __future__.
    return ast.parse(re.sub(r"^from __future__ .*$", "", source_of(module), flags=re.MULTILINE))


def commands_in(page: str) -> list[tuple[str, set[str]]]:
    """Each `python -m` of training and benchmarks, with the long options that it is given."""
    found = re.findall(r"python -m ((?:training|benchmarks)\.\w+)([^`\n#]*)", page.replace("\\\n", " "))
    return [(module, long_options(rest)) for module, rest in found]


def long_options(text: str) -> set[str]:
    return {option for option in options_in(text) if option.startswith("--")}


def test_options_are_read_from_the_code() -> None:
    """What is read from prepare's code is what its parser knows; the others' cannot be imported cheaply."""
    assert options_of("training.prepare") == long_options(make_parser().format_usage())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_that_are_told_exist(page: Path) -> None:
    for module, options in commands_in(page.read_text("utf-8")):
        assert options <= options_of(module), module


@pytest.mark.parametrize("step", STEPS)
def test_each_step_tells_its_command_and_all_its_options(step: str) -> None:
    text = section(STEPS[step], PAGE)
    assert f"training.{step}" in {module for module, _ in commands_in(text)}
    assert options_of(f"training.{step}") - long_options(" ".join(code_in(text))) == set()


def test_no_other_options_are_told() -> None:
    exist = frozenset[str]().union(*(options_of(f"training.{step}") for step in STEPS))
    assert long_options(" ".join(code_in(PAGE))) <= exist | OTHERS


def test_the_settings_are_read(tmp_path: Path) -> None:
    config, start, budget = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "my.toml").write_text(config, "utf-8")
    assert read(tmp_path / "my.toml").heads
    (tmp_path / "start.toml").write_text(start, "utf-8")
    started = read(tmp_path / "start.toml")
    assert started.distil
    assert started.distil.teachers == (started.start,)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "aihub.toml").write_text(budget, "utf-8")
    compared = read_budget(tmp_path / "runs" / "aihub.toml")
    configs = [model.config for model in compared.models if model.config]
    assert len(configs) >= 2
    for path in configs:
        # As if runs/ were the repository's.
        config_for(ROOT / os.path.relpath(path, tmp_path), compared, 1)


def test_reasons_for_leaving_out_are_those_of_the_program() -> None:
    text = PAGE.partition("### What is left out")[2].partition("\n### ")[0]
    cells = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    reasons = [reason for cell in cells for reason in code_in(cell)]
    assert len(reasons) >= 15
    code = source_of("training.prepare") + source_of_folder("datasets")
    for reason in reasons:
        assert reason in code, reason


def source_of_folder(name: str) -> str:
    return "".join(file.read_text("utf-8") for file in (ROOT / "training" / name).glob("*.py"))


def test_choices_are_told() -> None:
    told = set(code_in(PAGE))
    assert {*get_args(Detector), *KINDS, *DATA_SETS} <= told
    for options in get_args(Options):
        assert options().name in section("5. Train", PAGE)


def test_defaults_of_prepare() -> None:
    text = flat(section("4. Prepare", PAGE))
    given = make_parser().parse_args(["--data", "DATA", "--out", "OUT"])
    assert f"1 to 100, default {given.quality}; or `{LOSSLESS}`" in text
    assert f"`--shares {','.join(map(str, given.shares))}`" in text
    assert f"draws that split; default {given.seed} |" in text
    assert f"default `{given.kind}`, told by the files" in text
    assert f"| `{given.detector}` | looks with FaceMesh" in text
    for name in (MANIFEST, LEFT_OUT, SHARDS, UNFINISHED):
        assert f"| `{name}" in text


def test_defaults_of_the_others() -> None:
    train, evaluate, export = (source_of(f"training.{step}") for step in ("train", "evaluate", "export"))
    text = flat(PAGE)
    config = re.search(r'^DEFAULT_CONFIG = .*"(\w+\.toml)"', train, re.MULTILINE)
    assert config and f"default `training/configs/{config[1]}`" in text
    assert "SAVE_EVERY = 300.0" in train and "every five minutes within a long one" in text
    assert '"--worst", type=int, default=40' in evaluate and "worst losses; default 40" in text
    assert 'default="float16"' in export and "see below; default `float16`" in text
    assert f"shown for {MINIMUM} seconds at least" in text


def test_what_it_is_not_for_is_what_the_cards_say() -> None:
    text = flat(section("What they are not for", PAGE))
    assert NOT_FOR[0].startswith("An expression is not a feeling")
    assert "**An expression is not a feeling.**" in text
    article = "(Regulation (EU) 2024/1689, Art. 5(1)(f))"
    assert article in NOT_FOR[1]
    assert article in text
