"""Training tiny networks on tiny faces, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.training.train.faces import make_faces, write_prepared
from training.samples import Samples

ROOT = Path(__file__).parents[3]

TINY = """
epochs = 5
batch = 16
side = 16
peak_rate = 0.2
warmup_epochs = 0.5
average = 0.6
average_every = 2
mixed_precision = false
deterministic = true

[model]
name = "residual"
stem = 4
widths = [8, 8]
blocks = [1, 1]
dropout = 0.1

[augment]
flip = 0.0  # the place of the spot is its label
raw = 0.0
rotation = 5.0
cut_chance = 0.2
"""

#: All that can be chosen beside: smaller pictures first, a teacher, pictures mixed, another optimizer.
OTHER = (
    TINY.replace("peak_rate = 0.2", 'peak_rate = 1e-6\noptimizer = "adamw"\nmixup = 0.2\npatience = 1')
    .replace("epochs = 5", "epochs = 6\nprogressive = [{ until = 0.1, side = 8 }]")
    .replace("mixed_precision = false", "mixed_precision = true")
    + "\n[heads.ferplus]\nsmoothing = 0.1\n"
)

#: Goes on from `whole`, with one head that it has.
ONWARD = f'start = "{{}}/whole"\n{TINY.replace("0.2", "1e-6", 1)}\n[heads.fer2013]\n'

#: s.
HOUR = 3600.0

#: Saves after each step. In the middle of the second epoch, when a step is done and not saved, it waits to be
#: killed.
EAGER = """
import sys, time
from training import train
save = train.save_checkpoint

def held(*arguments):
    progress = arguments[-1]
    if (progress.epoch, progress.step) == (1, 4):
        print("held", flush=True)
        time.sleep(3600)
    save(*arguments)

train.SAVE_EVERY, train.save_checkpoint = 0.0, held
train.main(sys.argv[1:])
"""


@dataclass
class Made:
    """`whole` trained in one go, `killed` in the middle of an epoch and resumed by `facts`."""

    folder: Path
    facts: dict[str, Any]

    def arrays(self, run: str, file: str) -> dict[str, NDArray[Any]]:
        with np.load(self.folder / run / file) as archive:
            return dict(archive)

    def log(self, run: str) -> list[dict[str, Any]]:
        lines = (self.folder / run / "log.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]


def _start(*arguments: object, backend: str = "tensorflow") -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "CUDA_VISIBLE_DEVICES": "",
        "KERAS_BACKEND": backend,
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return out


def _write_data(folder: Path) -> tuple[Path, Path]:
    """A set with FER's schemes, and one with AI-Hub's at another size."""
    main = write_prepared(folder / "main", make_faces(480))
    other = make_faces(48, side=20, seed=1)
    aihub = np.eye(7, dtype=np.float32)[np.arange(48) % 8 % 7]
    return main, write_prepared(folder / "other", replace(other, labels={"aihub": aihub}))


def _kill_in_the_second_epoch(process: subprocess.Popen[str], checkpoint: Path) -> None:
    """When it has come so far."""
    assert process.stdout is not None
    came = "held\n" in process.stdout
    process.kill()
    _, err = process.communicate()
    assert came, err
    _lengthen(checkpoint)


def _lengthen(checkpoint: Path) -> None:
    """As if the epoch that was stopped on its way had taken an hour more up to there."""
    with np.load(checkpoint) as archive:
        arrays = dict(archive)
    progress = json.loads(str(arrays["progress"]))
    assert progress["seconds"] > 0
    arrays["progress"] = np.array(json.dumps(progress | {"seconds": progress["seconds"] + HOUR}))
    np.savez(checkpoint, **arrays)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("train")
    (folder / "tiny.toml").write_text(TINY, "utf-8")
    (folder / "other.toml").write_text(f'{OTHER}\n[distil]\nteachers = ["{folder}/whole"]\n', "utf-8")
    main, other = _write_data(folder)
    common = ("--data", main, "--data", other, "--config", folder / "tiny.toml", "--out")
    whole = _start("-m", "training.train", *common, folder / "whole")
    killed = _start("-c", EAGER, *common, folder / "killed")
    _kill_in_the_second_epoch(killed, folder / "killed" / "checkpoint.npz")
    _finish(whole)
    (folder / "calls.json").write_text(json.dumps(_calls(folder)), "utf-8")
    _finish(_start("-m", "tests.training.train.facts", folder))
    return Made(folder, json.loads((folder / "facts.json").read_text("utf-8")))


#: Calls that go wrong: the arguments, the exit status and the line on stderr.
WRONG = [
    ("--data {at}/nowhere --out {at}/new", 1, "nowhere holds no prepared data set"),
    ("--data {at}/main --out {at}/new --config {at}/bad.toml", 2, "bad.toml: epoch: is not a known key"),
    ("--data {at}/main --out {at}/whole", 2, "whole holds a run already"),
    ("--data {at}/main --out {at}/whole --config {at}/tiny.toml --find-rate", 2, "whole holds a run already"),
    ("--out {at}/new --resume", 2, "new has no checkpoint to go on from"),
    ("--data {at}/main --out {at}/busy --config {at}/tiny.toml", 2, "busy is in use by another process"),
    (
        "--data {at}/few --out {at}/new --config {at}/tiny.toml",
        2,
        "8 faces to learn from make no batch of 16",
    ),
    ("--data {at}/unchecked --out {at}/new --config {at}/tiny.toml", 2, "no face of the validation split"),
    ("--data {at}/unlabelled --out {at}/new --config {at}/tiny.toml", 2, "has a label of fer2013"),
    ("--data {at}/main --out {at}/new --config {at}/aihub.toml", 2, "heads.aihub: the data has labels of"),
    ("--data {at}/main --out {at}/whole --resume", 1, "comes of other data or another config"),
    ("--data {at}/anew --data {at}/other --out {at}/whole --resume", 1, "comes of other data or another"),
    ("--out {at}/odd --resume", 1, "does not fit the run's config"),
    ("--data {at}/main --out {at}/new --config {at}/hot.toml", 1, "the loss is"),
    ("--data {at}/main --out {at}/new --config {at}/heavy.toml --find-rate", 1, "no number from the first"),
    ("--data {at}/main --out {at}/new --config {at}/rigid.toml", 2, "takes pictures of one side only"),
    ("--data {at}/main --out {at}/new --config {at}/unlike.toml", 2, "is a network of another shape"),
    ("--data {at}/main --out {at}/new --config {at}/deeper.toml", 2, "is a network of another shape"),
    ("--data {at}/main --out {at}/new --config {at}/nowhere.toml", 1, "is no run: it has no run.json"),
]


def _calls(folder: Path) -> list[list[str]]:
    """All of `WRONG` and what they need; then the finder, a run with `OTHER`, one by its own config file."""
    faces = make_faces(240)
    # The keys, splits and labels of `main`, and other pictures.
    write_prepared(folder / "anew", make_faces(480, seed=5))
    write_prepared(folder / "few", faces.select(np.arange(8)))
    write_prepared(folder / "unchecked", faces.of("train"))
    bare = {"ferplus": faces.labels["ferplus"], "fer2013": np.zeros_like(faces.labels["fer2013"])}
    write_prepared(folder / "unlabelled", replace(faces, labels=bare))
    for name, text in {
        "bad": "epoch = 3\n",
        "aihub": f"{TINY}\n[heads.aihub]\n",
        "heavy": f"{TINY}\n[heads.ferplus]\nweight = 1e39\n",  # more than a float32 holds
        "hot": TINY.replace("peak_rate = 0.2", "peak_rate = 1e30"),
        "onward": ONWARD.format(folder),
        "unlike": ONWARD.format(folder).replace("stem = 4", "stem = 8"),
        "deeper": ONWARD.format(folder).replace("blocks = [1, 1]", "blocks = [1, 2]"),
        "nowhere": ONWARD.format(folder / "nowhere"),
        "rigid": 'batch = 16\nprogressive = [{ until = 0.5, side = 24 }]\nmodel = { name = "vgg_small" }',
    }.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    _write_odd_run(folder)
    calls = [call.format(at=folder).split() for call, _, _ in WRONG]
    calls.append(f"--data {folder}/main --out {folder}/rate --config {folder}/tiny.toml --find-rate".split())
    calls.append(f"--data {folder}/main --out {folder}/second --config {folder}/other.toml".split())
    calls.append(
        f"--data {folder}/main --out {folder}/onward --config {folder}/onward.toml --until 1".split()
    )
    (folder / "own").mkdir()
    (folder / "own" / "config.toml").write_text(TINY, "utf-8")
    own = f"--data {folder}/main --out {folder}/own --config {folder}/own/config.toml --until 1"
    calls.append(own.split())
    return calls


def _write_odd_run(folder: Path) -> None:
    """A copy of `whole` whose checkpoint lacks a weight."""
    odd = folder / "odd"
    odd.mkdir()
    for name in ("config.toml", "run.json"):
        (odd / name).write_bytes((folder / "whole" / name).read_bytes())
    with np.load(folder / "whole" / "checkpoint.npz") as archive:
        arrays = dict(archive)
    del arrays[f"model_{sum(name.startswith('model_') for name in arrays) - 1}"]
    np.savez(odd / "checkpoint.npz", **arrays)


def test_each_epoch_is_logged_and_drawn(made: Made) -> None:
    log = made.log("whole")
    assert [line["epoch"] for line in log] == [1, 2, 3, 4, 5]
    assert list(log[0]["valid"]) == ["ferplus", "fer2013", "aihub"]
    assert log[-1]["loss"] < log[0]["loss"]
    assert log[-1]["rate"] < log[0]["rate"]
    for name in ("whole/curves.png", "rate/rate.png"):
        picture = cv2.imread(str(made.folder / name))
        assert picture is not None
        assert np.ptp(picture) > 0


def test_it_learns(made: Made) -> None:
    """Where the spot is; to guess is right once in eight."""
    last = made.log("whole")[-1]
    assert last["best"] == max(line["valid_accuracy"] for line in made.log("whole"))
    assert last["best"] > 0.9


def test_a_killed_run_ends_with_the_same_result_bit_for_bit(made: Made) -> None:
    assert made.facts["resumed"] == [2, 5]
    for file in ("checkpoint.npz", "model.npz"):
        whole, resumed = made.arrays("whole", file), made.arrays("killed", file)
        assert whole.keys() == resumed.keys()
        for name in whole.keys() - {"progress"}:
            np.testing.assert_array_equal(whole[name], resumed[name], err_msg=name)
    logs = [[{**line, "seconds": 0} for line in made.log(run)] for run in ("whole", "killed")]
    assert logs[0] == logs[1]
    # The time before the stop counts, for that epoch and no other.
    assert [line["seconds"] > HOUR for line in made.log("killed")] == [False, True, False, False, False]
    left = {path.name for path in (made.folder / "killed").iterdir()}
    assert left == {path.name for path in (made.folder / "whole").iterdir()}


def test_the_run_says_what_it_learnt_from(made: Made) -> None:
    run = json.loads((made.folder / "whole" / "run.json").read_text("utf-8"))
    heads = ["ferplus", "fer2013", "aihub"]
    assert run == {"heads": heads, "data": ["../main", "../other"], "learnt": heads}
    assert (made.folder / "whole" / "config.toml").read_text("utf-8") == TINY


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[message for *_, message in WRONG])
def test_mistakes_are_one_clear_line(made: Made, number: int) -> None:
    _, status, message = WRONG[number]
    result = made.facts["calls"][number]
    assert result["status"] == status, result
    (line,) = [line for line in result["error"].splitlines() if line.startswith("error: ")]
    assert message in line
    assert "Traceback" not in result["error"]


def test_smaller_pictures_a_teacher_and_patience(made: Made) -> None:
    finder, second, *_ = made.facts["calls"][len(WRONG) :]
    assert finder["status"] == second["status"] == 0, second
    assert not (made.folder / "rate" / "checkpoint.npz").exists()
    log = made.log("second")
    # At a rate of next to nothing nothing gets better, so that patience ends it.
    assert 2 <= len(log) < 6
    assert [line["side"] for line in log] == [8, 16, 16, 16, 16][: len(log)]
    with np.load(made.folder / "second" / "teachers.npz") as taught:
        assert taught["ferplus"].shape == (320, 8)
        np.testing.assert_allclose(taught["ferplus"].sum(axis=1), 1, atol=1e-5)
    # Its only head is the one that the config names.
    assert list(log[0]["valid"]) == ["ferplus"]


def test_a_run_may_go_on_from_another(made: Made) -> None:
    onward = made.facts["calls"][-2]
    assert onward["status"] == 0, onward
    # At a rate of next to nothing it says what the other one said.
    best = max(made.log("whole"), key=lambda line: line["valid_accuracy"])
    (line,) = made.log("onward")
    assert line["valid"]["fer2013"] == pytest.approx(best["valid"]["fer2013"], abs=0.05)
    first, second = (made.arrays(run, "model.npz")["weights_0"] for run in ("whole", "onward"))
    np.testing.assert_allclose(first, second, atol=1e-3)
    run = json.loads((made.folder / "onward" / "run.json").read_text("utf-8"))
    assert (run["heads"], run["learnt"]) == (["fer2013"], ["fer2013", "ferplus", "aihub"])


def test_a_run_may_begin_with_the_config_in_its_folder(made: Made) -> None:
    assert made.facts["calls"][-1]["status"] == 0, made.facts["calls"][-1]
    assert (made.folder / "own" / "config.toml").read_text("utf-8") == TINY
    assert len(made.log("own")) == 1


def test_every_network_is_what_its_paper_says(made: Made) -> None:
    models = made.facts["models"]
    # The paper says "approximately 60,000".
    assert models["mini_xception"]["parameters"] == 58_423
    # Summed up by hand: 320 + 18,496 + 73,856 + 295,168 in convolutions, 6·6·256·512 + 512, 512·7 + 7.
    assert models["cnn_baseline"]["parameters"] == 5_110_535
    # torchvision's resnet34 has 21,797,672: less its head (513,000) and stem (9,408), and ours (3,591; 576).
    assert models["resnet34"]["trainable"] == 21_797_672 - 513_000 - 9_408 + 3_591 + 576


@pytest.mark.parametrize("name", ["residual", "mini_xception", "vgg_small", "cnn_baseline", "resnet34"])
def test_every_network_trains_all_its_weights(made: Made, name: str) -> None:
    model = made.facts["models"][name]
    assert model["all_moved"]
    assert np.isfinite(model["losses"]).all()
    assert model["output"] == {"ferplus": [4, 8, "float32"], "fer2013": [4, 7, "float32"]}


def test_a_network_for_any_side_has_the_same_weights(made: Made) -> None:
    assert made.facts["any_side"] == {"same": True}


def test_readers_and_teachers_say_what_the_network_says(made: Made) -> None:
    apart = made.facts["probabilities"]
    assert apart["reader"] < 1e-5
    assert apart["teacher"] < 1e-5
    assert apart["weights"]


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_another_back_end_trains_the_same_network(made: Made, backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    data = ("--data", made.folder / "main", "--data", made.folder / "other")
    out = made.folder / backend
    _finish(
        _start(
            "-m",
            "training.train",
            *data,
            "--config",
            made.folder / "tiny.toml",
            "--out",
            out,
            backend=backend,
        )
    )
    assert made.log(backend)[-1]["best"] > 0.9
    ours, theirs = made.arrays("whole", "model.npz"), made.arrays(backend, "model.npz")
    assert {name: value.shape for name, value in ours.items()} == {
        name: value.shape for name, value in theirs.items()
    }
    _finish(_start("-c", READ, out))


#: TensorFlow reads with another back-end's weights as well as that did.
READ = """
import sys
from pathlib import Path
from training import runs, train
from training.samples import concatenate, load
run = runs.read(Path(sys.argv[1]))
valid = concatenate([load(path, run.config.side) for path in run.data]).of("valid")
read = train.validate(run.model(), valid, dict.fromkeys(run.heads))
assert read["valid_accuracy"] > 0.9, read
"""


def test_made_faces_are_of_all_splits() -> None:
    faces: Samples = make_faces(48)
    assert [len(faces.of(split)) for split in ("train", "valid", "test")] == [32, 8, 8]
