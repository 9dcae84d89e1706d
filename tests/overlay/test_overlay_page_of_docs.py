"""docs/overlay.md says what is so, and its examples work."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from avatar_cam.controls import ACTIONS, CHARACTERS, Switchable
from avatar_cam.errors import UsageError
from avatar_cam.overlay import limits
from avatar_cam.overlay.commands import wish_of
from avatar_cam.overlay.serving import serve_overlay
from avatar_cam.settings import Settings
from tests.factories import face_of
from tests.overlay.browser import Browser, chromium
from tests.overlay.scenes import dotted, free_port, shown, worn
from tests.waiting import eventually

PAGE = (Path(__file__).parents[2] / "docs" / "overlay.md").read_text("utf-8")
FLAT = " ".join(PAGE.split())


def example(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert "127.0.0.1:8001" in found
    return str(found)


def test_the_python_example_prints_emotions(tmp_path: Path) -> None:
    port = free_port()
    composite = worn(face_of(id=3), dotted(tmp_path / "dots"), (640, 360))
    script = example("python").replace("8001", str(port))
    with (
        serve_overlay(Settings(overlay_port=port)) as server,
        shown(server, composite),
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert line == "3 neutrality\n"


@pytest.mark.skipif(chromium() is None, reason="there is no Chromium here")
def test_the_page_in_the_example_works_from_a_file(tmp_path: Path) -> None:
    port = free_port()
    page = tmp_path / "page.html"
    page.write_text(example("html").replace("8001", str(port)), "utf-8")
    composite = worn(face_of(), dotted(tmp_path / "dots"), (640, 360))
    wishes: list[object] = []
    with (
        Browser((640, 360)) as browser,
        serve_overlay(Settings(overlay_port=port, overlay_origins=("null",)), commands=True) as server,
        shown(server, composite),
    ):
        browser.go(page.as_uri())
        browser.wait('document.querySelector("p")?.textContent === "neutrality"')
        browser.value('document.querySelector("button").click()')
        eventually(lambda: server.requests.do_all(wishes.append) or wishes == ["snapshot"])


def test_every_command_is_told_and_every_told_one_exists() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE.partition("| command |")[2].partition("\n\n")[0], re.MULTILINE)
    told = [words for row in rows for words in re.findall(r"`([^`]+)`", row)]
    for words in told:
        do, *value = words.replace("NAME", "bear").replace("EMOTION", "anger").split()
        try:
            wish_of(do, *value)
        except UsageError:
            assert words in ("on", "off"), words
    named = {words.split()[0] for words in told}
    assert named - {"character", "on", "off"} == set(ACTIONS) - set(CHARACTERS[1:8]) - {"fullscreen"}
    assert named >= set(get_args(Switchable))


def test_the_limits_are_those_of_the_program() -> None:
    messages = limits.of_messages()
    assert f"At most {limits.MOST_CLIENTS} clients" in FLAT
    assert f"have {limits.LONGEST_MESSAGE} bytes at most" in FLAT
    assert f"{messages.most:.0f} at once and {messages.rate:.0f} a second" in FLAT
    assert limits.STALLED == 5
    assert f"share {limits.MOST_UPDATES:.0f} a second" in FLAT
    assert f"Up to {limits.MOST_UPDATES / 70:.0f} clients get 70 updates" in FLAT
