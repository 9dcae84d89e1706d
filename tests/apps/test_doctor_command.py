"""`avatar-cam doctor` as its users know it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from avatar_cam import __version__
from avatar_cam.apps import doctor
from avatar_cam.doctor.checkup import all_checks
from avatar_cam.doctor.findings import fault, ok, warning
from avatar_cam.doctor.running import Check
from avatar_cam.formats import Diagnosis, Finding
from avatar_cam.system import System
from tests.commands import run

Capture = pytest.CaptureFixture[str]

LONG = "sudo " + "very " * 60 + "long [command]"


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """The checks that are made instead of the real ones."""
    made = [
        Check("memory", lambda: [ok("memory", "[enough]", free_mb=3000.0)]),
        Check("display", lambda: [warning("display", "none here", LONG)]),
    ]
    monkeypatch.setattr(doctor, "all_checks", lambda *_: made)
    return made


def test_without_a_fault_the_status_is_0(checks: list[Check], capfd: Capture) -> None:
    done = run(capfd, "doctor")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "ok       memory: [enough]",
        "warning  display: none here",
        f"         what to do: {LONG}",
        "no faults, 1 warning",
    ]


def test_words_are_folded_at_the_width_of_the_terminal_and_paths_are_not(
    checks: list[Check], capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = "/home/minji/" + "a-long-folder/" * 8 + "config.toml"
    checks[:] = [Check("folder", lambda: [ok("folder", f"{'many words ' * 12}and {path}, 5.0 GB free")])]
    *lines, _ = run(capfd, "doctor").out.splitlines()
    assert f"         {path}," in lines
    assert all(len(line) <= 80 for line in lines if path not in line)
    assert " ".join(line.strip() for line in lines).endswith(f"words and {path}, 5.0 GB free")


def test_with_a_fault_the_status_is_1(checks: list[Check], capfd: Capture) -> None:
    def breaks() -> Iterator[Finding]:
        yield fault("camera 0", "gone", "unplug it")
        raise OSError("no more")

    checks.append(Check("cameras", breaks))
    done = run(capfd, "doctor")
    assert (done.status, done.err) == (1, "")
    assert done.out.endswith("2 faults, 1 warning\n")


@pytest.mark.usefixtures("checks")
def test_verbose_tells_how_long_each_check_took(capfd: Capture) -> None:
    said = run(capfd, "doctor", "-v").said
    assert [re.sub(r"^[\d:]+ |[\d.]+", "", line) for line in said] == ["INFO memory:  s", "INFO display:  s"]


def test_doctor_as_json(checks: list[Check], capfd: Capture) -> None:
    done = run(capfd, "doctor", "--json")
    assert (done.status, done.err) == (0, "")
    diagnosis = Diagnosis.model_validate_json(done.out)
    assert (diagnosis.avatar_cam, diagnosis.system) == (__version__, System.here().words)
    assert json.loads(done.out)["findings"] == [
        {"check": "memory", "verdict": "ok", "found": "[enough]", "figures": {"free_mb": 3000.0}},
        {"check": "display", "verdict": "warning", "found": "none here", "mend": LONG},
    ]


def test_a_broken_config_file_is_a_finding_and_no_end(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("camera = 7\nhat = 1\noverlay-port = 'x'\n", "utf-8")
    named = {check.name: check for check in all_checks(System("Linux"), file)}
    findings = list(named["config file"].look())
    assert [finding.verdict for finding in findings] == ["fault", "fault"], "all are told"
    assert sorted(finding.found.split(": ")[1] for finding in findings) == ["line 2", "line 3"]
    assert "all else was checked without the file" in str(findings[-1].mend)
    [port] = named["overlay port"].look()
    assert "config file" not in port.found, "which may well switch it on"


def test_settings_of_the_config_file_are_what_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('save-dir = "keep"\noverlay-port = 8123\nmodel = "no.tflite"\n', "utf-8")
    named = {check.name: check for check in all_checks(System("Linux"), file)}
    [port] = named["overlay port"].look()
    assert "8123" in port.found
    assert str(tmp_path / "keep") in " ".join(finding.found for finding in named["folders"].look())
    [model] = named["model"].look()
    assert f"{tmp_path / 'no.tflite'}: no such model" in model.found


def test_doctor_loads_nothing_heavy_itself() -> None:
    """What may crash is loaded in other processes, and only when its turn comes."""
    program = (
        "import sys; import avatar_cam.apps.doctor;"
        "print(sorted({'mediapipe', 'pygame', 'av', 'ai_edge_litert'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_doctor_for_real(tmp_path: Path, capfd: Capture) -> None:
    """No test can know what is wrong here, but each check comes to something, and none breaks."""
    done = run(capfd, "doctor", "--json")
    assert done.err == ""
    findings = Diagnosis.model_validate_json(done.out).findings
    assert {"python", "memory", "config file", "model", "faces", "drawing", "packs", "licences"} <= {
        finding.check for finding in findings
    }
    assert not [one.found for one in findings if "could not be checked" in one.found]
    by_name = {finding.check: finding for finding in findings}
    for name in ("python", "config file", "model", "faces", "reading", "packs"):
        assert by_name[name].verdict == "ok", by_name[name]
    assert " by dummy; " in by_name["display"].found, "it counts as a screen when it is asked for"
    assert done.status == (1 if any(one.verdict == "fault" for one in findings) else 0)
