"""Photos: every kind, every orientation, every name."""

from __future__ import annotations

import io
import struct
import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatar_cam.errors import SourceError
from avatar_cam.sources.photos import is_photo, list_photos, read_photo
from avatar_cam.types import Pixels
from tests.sources.media import QUARTERS, quarters

#: Levels that a JPEG of high quality may change a colour by.
LOSSY = 8


def encoded(suffix: str, picture: Pixels | None = None) -> bytes:
    """`quarters()`, or an array that is stored as it is (BGR)."""
    stored = quarters()[:, :, ::-1] if picture is None else picture
    options = [cv2.IMWRITE_JPEG_QUALITY, 98, cv2.IMWRITE_WEBP_QUALITY, 101]
    done, content = cv2.imencode(suffix, np.ascontiguousarray(stored), options)
    assert done
    return content.tobytes()


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF block that has nothing but an orientation in it."""
    entry = struct.pack("<HHII", 0x0112, 3, 1, orientation)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


#: What EXIF's numbers say is to be done with the stored picture.
SHOWN = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).transpose(1, 0, 2),
    8: lambda stored: np.rot90(stored, 1),
}


def corners(pixels: Pixels) -> np.ndarray:
    """The colours near the four corners, int (4, 3)."""
    return np.array([pixels[y, x] for y in (5, -6) for x in (5, -6)], int)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tif"])
def test_reads_every_kind(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(encoded(suffix))
    pixels = read_photo(path)
    assert is_photo(path)
    assert (pixels.shape, pixels.dtype, pixels.flags.c_contiguous) == ((48, 64, 3), np.uint8, True)
    assert np.abs(corners(pixels) - np.array(QUARTERS)).max() <= LOSSY


@pytest.mark.parametrize("orientation", SHOWN)
def test_is_turned_by_its_exif_orientation(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(with_orientation(encoded(".jpg"), orientation))
    pixels = read_photo(path)
    expected = SHOWN[orientation](quarters())
    assert pixels.shape == expected.shape
    assert pixels.flags.c_contiguous
    assert np.abs(corners(pixels) - corners(expected)).max() <= LOSSY


@pytest.mark.parametrize(
    "stored",
    [
        np.full((4, 5), 200, np.uint8),
        np.full((4, 5), 200 * 257, np.uint16),
        np.full((4, 5, 3), 200 * 257, np.uint16),
        np.full((4, 5, 4), 200, np.uint8),
    ],
    ids=["grey", "grey 16 bit", "16 bit", "transparent"],
)
def test_becomes_rgb_of_8_bits(tmp_path: Path, stored: Pixels) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(".png", stored))
    pixels = read_photo(path)
    assert (pixels.shape, pixels.dtype) == ((4, 5, 3), np.uint8)
    assert np.abs(pixels.astype(int) - 200).max() <= 1


def test_reads_cmyk(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow, which makes the CMYK picture, is not installed")
    buffer = io.BytesIO()
    image.fromarray(quarters()).convert("CMYK").save(buffer, "JPEG", quality=98)
    path = tmp_path / "a.jpg"
    path.write_bytes(buffer.getvalue())
    assert np.abs(corners(read_photo(path)) - np.array(QUARTERS)).max() <= 12


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names(tmp_path: Path, form: str) -> None:
    folder = tmp_path / unicodedata.normalize(form, "사진")
    folder.mkdir()
    path = folder / unicodedata.normalize(form, "웃는 얼굴.png")
    path.write_bytes(encoded(".png"))
    assert list_photos(folder) == [path]
    assert read_photo(path).shape == (48, 64, 3)


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    photo = tmp_path / "photo.mp4"
    photo.write_bytes(encoded(".jpg"))
    text = tmp_path / "text.jpg"
    text.write_text("This is not a photo.")
    assert is_photo(photo)
    assert not is_photo(text)
    assert not is_photo(tmp_path)
    assert not is_photo(tmp_path / "nothing.jpg")
    assert read_photo(photo).shape == (48, 64, 3)


def test_a_folder_is_listed_as_people_count(tmp_path: Path) -> None:
    names = [
        "IMG_2.jpg",
        "img_10.JPG",
        "IMG_1.png",
        "나.png",
        unicodedata.normalize("NFD", "가.png"),
        "a.dat",
    ]
    for name in names:
        (tmp_path / name).write_bytes(encoded(".png"))
    for other in (".hidden.png", "notes.txt", "clip.mp4"):
        (tmp_path / other).write_bytes(encoded(".png") if other.startswith(".") else b"text")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "broken.jpg").write_bytes(b"text")
    listed = [unicodedata.normalize("NFC", path.name) for path in list_photos(tmp_path)]
    assert listed == ["a.dat", "broken.jpg", "IMG_1.png", "IMG_2.jpg", "img_10.JPG", "가.png", "나.png"]


def _folder(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.touch()


def _text(path: Path) -> None:
    path.write_text("This is not a photo.")


def _cut_off_png(path: Path) -> None:
    path.write_bytes(encoded(".png")[:-20])


def _cut_off_jpeg(path: Path) -> None:
    content = encoded(".jpg")
    path.write_bytes(content[: len(content) * 4 // 5])


def _damaged_png(path: Path) -> None:
    content = bytearray(encoded(".png"))
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _huge(path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    content = encoded(".png")
    path.write_bytes(content[:16] + header + content[29:])


def _heif(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (None, "there is no file"),
        (_folder, "is a folder"),
        (_empty, "is empty"),
        (_text, "is not a photo"),
        (_cut_off_png, "is broken"),
        (_cut_off_jpeg, "is broken"),
        (_damaged_png, "is broken"),
        (_huge, "is broken"),
        (_heif, "convert it to JPEG"),
    ],
)
def test_what_is_no_photo_is_refused_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: object, says: str
) -> None:
    path = tmp_path / "photo.png"
    if callable(make):
        make(path)
    with pytest.raises(SourceError) as caught:
        read_photo(path)
    message = str(caught.value)
    assert says in message
    assert str(path) in message
    assert "\n" not in message
    assert capfd.readouterr().err == ""


def test_folders_without_photos_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    for folder, says in (
        (tmp_path, "no photos in"),
        (tmp_path / "nowhere", "no folder"),
        (tmp_path / "notes.txt", "not a folder"),
    ):
        with pytest.raises(SourceError, match=says):
            list_photos(folder)
