"""Settings from TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.errors import UsageError
from training.config import Config, Stage, read
from training.models.options import CnnBaseline, MiniXception, Residual, ResNet34, VggSmall

CONFIGS = Path(__file__).parents[3] / "training" / "configs"


def _read(folder: Path, text: str) -> Config:
    path = folder / "run.toml"
    path.write_text(text, "utf-8")
    return read(path)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("residual", Residual),
        ("ferplus", Residual),
        ("ferplus_again", Residual),
        ("ferplus_full", Residual),
        ("ferplus_last", Residual),
        ("ferplus_light", Residual),
        ("ferplus_longer", Residual),
        ("ferplus_full_light", Residual),
        ("ferplus_taught", Residual),
        ("mini_xception", MiniXception),
        ("vgg_small", VggSmall),
        ("cnn_baseline", CnnBaseline),
        ("resnet34", ResNet34),
    ],
)
def test_each_model_has_a_config(name: str, model: type) -> None:
    assert isinstance(read(CONFIGS / f"{name}.toml").model, model)


def test_the_baseline_is_trained_as_tutorials_do() -> None:
    config = read(CONFIGS / "cnn_baseline.toml")
    assert (config.optimizer, config.batch) == ("adam", 32)
    assert (config.augment.rotation, config.augment.shear, config.augment.scale) == (30, 0.3, 0.3)
    assert config.model == CnnBaseline(widths=(32, 64, 128, 256), dense=512, block_dropout=0.1, dropout=0.2)


def test_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    assert _read(tmp_path, "") == Config()
    config = _read(tmp_path, "epochs = 3\n[heads.aihub]\nweight = 2\n[heads.ferplus]\n")
    assert config.epochs == 3
    assert list(config.heads) == ["aihub", "ferplus"]
    assert config.heads["aihub"].weight == 2


def test_pictures_grow_by_stages() -> None:
    config = Config(epochs=10, progressive=(Stage(0.3, 16), Stage(0.6, 32)))
    assert [config.side_of(epoch) for epoch in range(10)] == [16] * 3 + [32] * 3 + [48] * 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epoch = 3", "epoch: is not a known key"),
        ("start = 3", "start: must be"),
        ("epochs = 0", "epochs: .*greater than or equal to 1"),
        ("epochs = 2.5", "epochs: must be a whole number"),
        ('peak_rate = "fast"', "peak_rate: must be a number"),
        ("peak_rate = 0", "peak_rate: .*greater than 0"),
        ('optimizer = "lion"', "optimizer: must be 'sgd'"),
        ("[augment]\nrotate = 3", "augment: rotate: is not a known key"),
        ("[augment]\nflip = 2", "augment: flip"),
        ('[model]\nname = "residual"\nwidht = 3', "model: residual: widht: is not a known key"),
        ('[model]\nname = "residual"\nwidths = [8]', "one number for each stage"),
        ('[model]\nname = "vgg19"', "model: .*vgg19"),
        ("[model]\nstem = 3", "model: .*name"),
        ("[heads.ferplsu]", "heads.ferplsu: there are ferplus"),
        ("[heads.ferplus]\nwieght = 1", "heads: ferplus: wieght: is not a known key"),
        ("[distil]\nteachers = []", "distil: teachers"),
        (
            "progressive = [{ until = 0.5, side = 32 }, { until = 0.4, side = 16 }]",
            "progressive: each stage must end after",
        ),
        ("epochs = ", "cannot be read"),
    ],
)
def test_mistakes_are_named_with_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        _read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "run.toml"))
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml cannot be read"):
        read(tmp_path / "none.toml")
