"""The commit that a card names."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which

import pytest

from training.card import commit_of

pytestmark = pytest.mark.skipif(which("git") is None, reason="git is not installed")


def _git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with a package in it, at a commit that has a tag."""
    top = tmp_path / "top"
    (top / "training").mkdir(parents=True)
    (top / "training" / "card.py").write_text("first", "utf-8")
    _git(top, "init", "--quiet")
    _git(top, "add", ".")
    _git(top, "commit", "--quiet", "--message", "first", "--no-gpg-sign")
    _git(top, "tag", "--annotate", "--message", "one", "--no-sign", "v1")
    return top


def test_it_is_the_whole_hash_and_says_when_files_were_changed(top: Path) -> None:
    commit = _git(top, "rev-parse", "HEAD")
    assert len(commit) == 40
    assert commit_of(top / "training") == commit
    (top / "training" / "card.py").write_text("second", "utf-8")
    assert commit_of(top / "training") == f"{commit}-dirty"


def test_another_projects_commit_is_not_taken_for_ours(top: Path, tmp_path: Path) -> None:
    installed = top / "lib" / "training"
    installed.mkdir(parents=True)
    assert commit_of(installed) == "unknown"
    (tmp_path / "training").mkdir()
    assert commit_of(tmp_path / "training") == "unknown"
