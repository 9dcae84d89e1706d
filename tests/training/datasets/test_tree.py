"""A folder in which zips count as folders."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from avatar_cam.errors import SourceError
from tests.training.made_data import write_files, write_zip
from training.datasets.tree import Leaf, Tree

FILES = {"a/x.jpg": b"1", "a/b/y.JPG": b"2", "z.json": b"3"}


def _shown(tree: Tree) -> set[tuple[str, str]]:
    return {(leaf.folder, leaf.name) for leaf in tree.leaves()}


def test_a_zip_is_as_what_was_unpacked_from_it(tmp_path: Path) -> None:
    zipped, unpacked = tmp_path / "zipped", tmp_path / "unpacked"
    write_zip(zipped / "Training" / "part.zip", FILES)
    write_files(unpacked / "Training" / "part", FILES)
    trees = [Tree.at(zipped), Tree.at(unpacked)]
    expected = {("Training/part/a", "x.jpg"), ("Training/part/a/b", "y.JPG"), ("Training/part", "z.json")}
    assert [_shown(tree) for tree in trees] == [expected, expected]
    for tree in trees:
        assert {leaf.name: tree.read(leaf) for leaf in tree.leaves()} == {
            "x.jpg": b"1",
            "y.JPG": b"2",
            "z.json": b"3",
        }


def test_a_zip_alone_is_a_tree(tmp_path: Path) -> None:
    tree = Tree.at(write_zip(tmp_path / "part.ZIP", FILES))
    assert _shown(tree) == {("a", "x.jpg"), ("a/b", "y.JPG"), ("", "z.json")}
    assert {tree.read(leaf) for leaf in tree.leaves()} == {b"1", b"2", b"3"}


def test_the_order_is_fixed(tmp_path: Path) -> None:
    write_files(tmp_path, dict.fromkeys(("b/1.jpg", "a/2.jpg", "c.jpg", "a/1.jpg"), b""))
    assert [leaf.file for leaf in Tree.at(tmp_path).leaves()] == ["c.jpg", "a/1.jpg", "a/2.jpg", "b/1.jpg"]


@pytest.mark.parametrize(
    ("name", "suffix"), [("x.JPG", ".jpg"), ("x.y.png", ".png"), ("README", ""), ("x.", ".")]
)
def test_suffix(name: str, suffix: str) -> None:
    assert Leaf(name, "", "", name).suffix == suffix


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_followed_and_circles_end(tmp_path: Path) -> None:
    write_files(tmp_path / "elsewhere", {"x.jpg": b"1"})
    data = tmp_path / "data"
    data.mkdir()
    (data / "link").symlink_to(tmp_path / "elsewhere")
    (data / "circle").symlink_to(data)
    assert _shown(Tree.at(data)) == {("link", "x.jpg")}


@pytest.mark.parametrize(
    "name", ["x.zip.part0", "x.zip.001", "x.z01"], ids=["AI-Hub's tool", "7-Zip", "Info-ZIP"]
)
def test_a_part_of_a_zip_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(SourceError, match="is one part of a zip: join the parts into one"):
        list(Tree.at(tmp_path).leaves())


def test_parts_beside_the_joined_zip_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "x.zip.part0").write_bytes(b"PK")
    write_zip(tmp_path / "x.zip", {"a.jpg": b""})
    assert ("x", "a.jpg") in _shown(Tree.at(tmp_path))


@pytest.mark.parametrize("name", ["x.zip.crdownload", "x.zip.part", "x.zip.aria2"])
def test_an_unfinished_download_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(SourceError, match="has not wholly arrived: finish its download, or delete it"):
        list(Tree.at(tmp_path).leaves())


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere does not exist"):
        Tree.at(tmp_path / "nowhere")


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(b"1")
    with pytest.raises(SourceError, match=r"x\.jpg is a file: give the folder that holds the data set"):
        Tree.at(path)


def _forbidden(*_: Any, **__: Any) -> Any:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "secret")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read everything, so the permission is taken away where files are opened."""
    write_files(tmp_path, {"x.jpg": b"1"})
    write_zip(tmp_path / "y.zip", {"y.jpg": b"2"})
    tree = Tree.at(tmp_path)
    leaves = list(tree.leaves())
    monkeypatch.setattr(io, "open", _forbidden)
    for leaf in leaves:
        with pytest.raises(SourceError, match="cannot be read: Permission denied"):
            tree.read(leaf)
    with pytest.raises(SourceError, match=r"y\.zip cannot be read: Permission denied"):
        list(tree.leaves())


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Tree.at(tmp_path)
    monkeypatch.setattr(os, "scandir", _forbidden)
    with pytest.raises(SourceError, match="secret cannot be read: Permission denied"):
        list(tree.leaves())


def test_a_folder_that_may_not_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "stat", _forbidden)
    with pytest.raises(SourceError, match="cannot be read: Permission denied"):
        Tree.at(tmp_path)


@pytest.mark.parametrize("zipped", [False, True])
def test_pointers_in_the_place_of_pictures(tmp_path: Path, zipped: bool) -> None:
    files = {"x.jpg": b"version https://git-lfs.github.com/spec/v1\n"}
    tree = Tree.at(write_zip(tmp_path / "x.zip", files) if zipped else write_files(tmp_path, files))
    leaf = next(tree.leaves())
    with pytest.raises(SourceError, match=r"x\.jpg is a Git LFS pointer"):
        tree.read(leaf)
