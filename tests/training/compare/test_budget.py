"""Which budgets are taken, and the config that comes of one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from avatar_cam.errors import UsageError
from training import config as configs
from training.budget import config_for, read_budget, to_toml
from training.compare import DEFAULT_BUDGET

GOOD = """
epochs = 3
[heads.ferplus]
balance = 0.2
[[models]]
name = "small"
config = "small.toml"
"""

CONFIG = """
epochs = 99
patience = 4
peak_rate = 1e-3
[model]
name = "mini_xception"
[augment]
raw = 0.5
[[progressive]]
until = 0.5
side = 32
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "budget.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_config_gets_the_budgets_epochs_and_heads(tmp_path: Path) -> None:
    budget = read_budget(_write(tmp_path, GOOD))
    (tmp_path / "small.toml").write_text(CONFIG, "utf-8")
    assert budget.models[0].config == tmp_path / "small.toml"
    plan = tmp_path / "plan.toml"
    plan.write_text(config_for(tmp_path / "small.toml", budget, 3), "utf-8")
    config = configs.read(plan)
    assert (config.epochs, config.patience) == (3, 0)
    assert list(config.heads) == ["ferplus"] and config.heads["ferplus"].balance == 0.2
    # All else is as it was.
    (tmp_path / "heads.toml").write_text(CONFIG + "[heads.ferplus]\nbalance = 0.2\n", "utf-8")
    own = configs.read(tmp_path / "heads.toml")
    assert (config.model, config.augment, config.progressive) == (own.model, own.augment, own.progressive)
    assert config.peak_rate == 1e-3


def test_a_config_keeps_its_own_heads_and_must_have_those_compared(tmp_path: Path) -> None:
    budget = read_budget(_write(tmp_path, GOOD))
    own = tmp_path / "own.toml"
    own.write_text("[heads.ferplus]\nbalance = 0.7\n[heads.fer2013]\n", "utf-8")
    assert tomllib.loads(config_for(own, budget, 3))["heads"]["ferplus"] == {"balance": 0.7}
    own.write_text("[heads.fer2013]\n", "utf-8")
    with pytest.raises(UsageError, match="no head ferplus"):
        config_for(own, budget, 3)


VALUES = {
    "epochs": 3,
    "rate": 1e-05,
    "fast": True,
    "word": 'a "quoted" \\ one, 한',
    "widths": [1, 2],
    "model": {"name": "x", "inner": {"deep": 0.5}},
    "stages": [{"until": 0.5, "side": 32}, {"until": 0.75, "more": {"a": 1}}],
    "empty": {},
}


def test_toml_is_read_as_it_was_written() -> None:
    assert tomllib.loads(to_toml(VALUES)) == VALUES


WRONG = [
    (GOOD.replace("epochs = 3", ""), "give epochs or minutes"),
    ("minutes = 3\n" + GOOD, "give epochs or minutes"),
    (GOOD.replace("epochs = 3", "epochs = 0"), "epochs"),
    (GOOD.replace("heads.ferplus", "heads.affectnet"), "heads.affectnet: there are ferplus"),
    (GOOD + 'run = "runs/one"\n', "give a config, or a run"),
    (GOOD.replace("small.toml", "").replace("config", "# "), "give a config, or a run"),
    (GOOD + '[[models]]\nname = "Small"\nconfig = "b.toml"\n', "two have the same name"),
    (GOOD.replace('"small"', '"../small"'), "name"),
    (GOOD + "typo = 1\n", "typo"),
    ("models = 3\n", "models must be tables"),
    ("epochs = ", "cannot be read"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_a_wrong_budget_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=r"budget\.toml") as caught:
        read_budget(_write(tmp_path, text))
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_the_budget_that_ships_fits_its_configs() -> None:
    budget = read_budget(DEFAULT_BUDGET)
    assert len(budget.models) == 5
    assert set(budget.heads) == {"ferplus", "fer2013"}
    for model in budget.models:
        assert model.config is not None
        assert tomllib.loads(config_for(model.config, budget, 7))["epochs"] == 7
