"""TOML that remembers on which line each key stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatar_cam.faults import Place
from avatar_cam.toml import TomlFault, key_lines, read_toml

TEXT = """\
# a comment with [brackets] and a = sign
name = "Bear"
"quoted key" = 1

[ anchors ]   # spaces are allowed
left_eye = [
    1,
    2,
]
a.b = 3

[emotions.pleasure]
image = "p.png"

[[layers]]
image = "one.png"

[[layers]]
image = "two.png"
at = [1, 2]
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("name",), 2),
        (("quoted key",), 3),
        (("anchors",), 5),
        (("anchors", "left_eye"), 6),
        (("anchors", "a", "b"), 10),
        (("emotions", "pleasure"), 12),
        (("emotions", "pleasure", "image"), 13),
        (("layers", 0), 15),
        (("layers", 0, "image"), 16),
        (("layers", 1), 18),
        (("layers", 1, "at"), 20),
    ],
    ids=str,
)
def test_each_key_has_its_line(place: Place, line: int) -> None:
    assert key_lines(TEXT)[place] == line


def test_content_and_lines_together(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TEXT, encoding="utf-8")
    content, lines = read_toml(path)
    assert content["layers"][1]["image"] == "two.png"
    assert lines == key_lines(TEXT)


def test_the_line_of_broken_toml_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a = 1\nb = ?\n", encoding="utf-8")
    with pytest.raises(TomlFault, match=r"^line 2: is no value: text stands in quotes"):
        read_toml(path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "nothing.toml")
