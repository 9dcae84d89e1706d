"""The command in processes of its own: killed, interrupted, on a scheduler; and what it says of bad input."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.training.made_data import png, write_ferplus
from tests.training.prepare.made import written
from training.prepare.command import main
from training.prepare.options import make_parser
from training.prepare.work import DEADLY

ROOT = Path(__file__).parents[3]
PYTHON = [sys.executable, "-W", "error"]
#: So much that a process is busy with it for some seconds.
COUNT = 500
GONE = os.strerror(errno.ENOENT)


#: The command, which says of each chunk that it is kept, and after some goes on only when its data are gone:
#: so that it never comes to its end before something has happened to it.
HELD = """
import sys, time
from pathlib import Path
from training.prepare.command import main
from training.prepare.store import Store

keep, kept = Store.keep, []

def held(*arguments):
    keep(*arguments)
    kept.append(arguments)
    print("kept", flush=True)
    while len(kept) == 4 and Path(sys.argv[2]).exists():
        time.sleep(0.01)

Store.keep = held
main()
"""


@contextmanager
def running(data: Path, out: Path, *options: str, held: bool = True) -> Iterator[subprocess.Popen[str]]:
    """The command; it and the processes that it started are gone at the end, whatever happens."""
    program = ["-c", HELD] if held else ["-m", "training.prepare"]
    with python(*program, "--data", str(data), "--out", str(out), *COMMON, *options) as process:
        yield process


@contextmanager
def python(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*PYTHON, *arguments],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # as a terminal does: Ctrl-C goes to all of its processes
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


COMMON = ("--detector", "haar", "--quality", "lossless", "--shards", "3")


def run(data: Path, out: Path, *options: str) -> None:
    """The command, to its end."""
    with running(data, out, *options, held=False) as process:
        said, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert f"{COUNT:,} faces" in said


def wait_for_parts(process: subprocess.Popen[str], count: int) -> None:
    """Until the process has kept so many more."""
    assert process.stdout is not None
    for _ in range(count):
        assert process.stdout.readline() == "kept\n", process.communicate()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ferplus(tmp_path_factory.mktemp("data") / "ferplus", COUNT, picture=png)


@pytest.fixture(scope="module")
def undisturbed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    run(data, out, "--jobs", "1")
    return written(out)


def test_killed_at_random_moments_it_ends_the_same(
    data: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out, chance = tmp_path / "out", random.Random(0)
    with ExitStack() as orphans:  # whose parent was killed may run on, and must do no harm
        for _ in range(3):
            process = orphans.enter_context(running(data, out, "--jobs", "2"))
            wait_for_parts(process, 1)
            time.sleep(chance.uniform(0, 0.15))
            process.kill()
            assert process.wait() == -signal.SIGKILL
        run(data, out, "--jobs", "2")
    assert written(out) == undisturbed


def test_ctrl_c_says_how_to_go_on(data: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(data, out, "--jobs", "2") as process:
        wait_for_parts(process, 2)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=180)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "stopped: the same command goes on from here"
    assert "Traceback" not in err
    assert not (out / "manifest.json").exists()
    run(data, out, "--jobs", "2")
    assert written(out) == undisturbed


def test_data_that_go_away_stop_it_until_they_are_back(
    data: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    here, away, out = tmp_path / "ferplus", tmp_path / "away", tmp_path / "out"
    shutil.copytree(data, here)
    with running(here, out, "--jobs", "2") as process:
        wait_for_parts(process, 2)
        here.rename(away)
        _, err = process.communicate(timeout=180)
    assert process.returncode == 1
    assert err.splitlines()[-1] == f"error: {here / 'ferplus_images.zip'} cannot be read: {GONE}"
    assert "Traceback" not in err
    assert not (out / "manifest.json").exists()
    away.rename(here)
    run(here, out, "--jobs", "2")
    assert written(out) == undisturbed


def test_a_picture_that_ends_its_process_is_left_out(tmp_path: Path) -> None:
    data = write_ferplus(tmp_path / "ferplus", 70, picture=png)
    out = tmp_path / "out"
    with python("-m", "tests.training.prepare.deadly", str(data), str(out)) as process:
        said, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert json.loads(said) == {"faces": 69, "left_out": {DEADLY: 1}}
    (left_out,) = (out / "left_out.jsonl").read_text("utf-8").splitlines()
    assert json.loads(left_out) == {"key": "fer0000040.png", "reason": DEADLY}


@contextmanager
def scheduler(folder: Path, workers: int) -> Iterator[str]:
    """A Dask scheduler and its workers on loopback, as their own commands start them."""
    address = folder / "scheduler.json"
    commands = [
        ["dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        *[["dask_worker", "--nthreads", "1", "--no-dashboard", "--no-nanny"]] * workers,
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{name}", *options, "--scheduler-file", str(address)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, *options in commands
    ]
    try:
        deadline = time.monotonic() + 60
        while not address.exists() or not address.read_text("utf-8").endswith("}"):
            assert time.monotonic() < deadline
            assert all(process.poll() is None for process in processes)
            time.sleep(0.05)
        yield json.loads(address.read_text("utf-8"))["address"]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_on_a_scheduler_it_is_the_same(data: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    with scheduler(tmp_path, workers=2) as address:
        run(data, tmp_path / "out", "--scheduler", address)
    assert written(tmp_path / "out") == undisturbed


def fails(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """The exit status and the one line that it says."""
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    err = capsys.readouterr().err
    lines = [line for line in err.splitlines() if line.strip() and "listing pictures" not in line]
    assert len(lines) == 1, err
    assert isinstance(caught.value.code, int)
    return caught.value.code, lines[0]


def test_a_missing_input_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, line = fails(capsys, "--data", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert (status, line) == (1, f"error: {tmp_path / 'nowhere'} does not exist")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="devices of Unix")
def test_an_output_that_cannot_be_written_is_one_line(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    status, line = fails(capsys, "--data", data, "--out", tmp_path / "file")
    assert status == 1
    assert "file cannot be written" in line
    status, line = fails(capsys, "--data", data, "--out", tmp_path / "file" / "out")
    assert status == 1
    assert "cannot be written" in line


def test_an_output_within_the_data_is_refused(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path
) -> None:
    status, line = fails(capsys, "--data", data, "--out", data / "prepared")
    assert status == 2
    assert "lies in the data set" in line


def test_a_scheduler_that_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.prepare.workers._PATIENCE", 0.5)
    address = "tcp://127.0.0.1:9"
    status, line = fails(
        capsys, "--data", data, "--out", tmp_path / "out", "--scheduler", address, "--detector", "haar"
    )
    assert status == 2
    assert line.startswith(f"error: there is no Dask scheduler at {address}: ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--size", "7"), "--size must be 16 to 512, not 7"),
        (("--shards", "0"), "--shards must be 1 to 99999, not 0"),
        (("--jobs", "0"), "--jobs must be 1 or more, not 0"),
        (("--detector", "box"), "--detector box needs boxes"),
        (("--disagreement", "keep"), "--disagreement is for data of kind aihub, and this is ferplus"),
        (("--person", "x"), "--person is for data of kind folders, and this is ferplus"),
    ],
)
def test_options_that_make_no_sense_are_one_line(
    capsys: pytest.CaptureFixture[str], data: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    status, line = fails(capsys, "--data", data, "--out", tmp_path / "out", *options)
    assert status == 2
    assert message in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--quality=0", "--quality=high", "--shares=1,2", "--shares=0,1,1"])
def test_values_that_make_no_sense_are_refused(capsys: pytest.CaptureFixture[str], option: str) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["--data", "a", "--out", "b", option])
    assert "needs" in capsys.readouterr().err
