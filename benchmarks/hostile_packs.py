"""Packs made to harm: is each refused with one line, how soon, and with how much memory? Linux.

`python -m benchmarks.hostile_packs`. Each is opened alone, and its character decoded, in a process of its
own, whose peak is counted from what it holds when everything is imported and an honest pack has been worn.
"""

from __future__ import annotations

import argparse
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from avatar_cam.characters.library import Library, installed_folder
from avatar_cam.errors import AvatarCamError

#: What each may take.
MOST_SECONDS, MOST_MB = 1.0, 100.0

HEAD = 'name = "H"\n\n[anchors]\nright_eye = [20, 24]\nleft_eye = [44, 24]\n'
FULL = HEAD + '\n[emotions.neutrality]\nimage = "{}"\n'
LAYER = '\n[[layers]]\nimage = "{}"\nat = [{}, {}]\ndepth = {}\n'


def png(width: int, height: int, packed: bytes | None = None, *more: tuple[bytes, bytes]) -> bytes:
    """An RGBA PNG, all white, or with these packed pixels, and more chunks before them."""
    if packed is None:
        packed = zlib.compress((b"\0" + b"\xff" * width * 4) * height, 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _write(pack: Path, manifest: str, **pictures: bytes) -> None:
    (pack / "character.toml").write_text(manifest, encoding="utf-8")
    for name, content in pictures.items():
        (pack / f"{name}.png").write_bytes(content)


def outside(pack: Path) -> None:
    """A path that leads out of the folder."""
    _write(pack, FULL.format("../../secret.png"))


def absolute(pack: Path) -> None:
    """An absolute path."""
    _write(pack, FULL.format("/etc/passwd.png"))


def link(pack: Path) -> None:
    """A link out of the folder."""
    _write(pack, FULL.format("a.png"))
    (pack / "a.png").symlink_to("/etc/passwd")


def linked_folder(pack: Path) -> None:
    """A folder that is a link out of the folder."""
    _write(pack, FULL.format("etc/a.png"))
    (pack / "etc").symlink_to("/usr")


def manifest_link(pack: Path) -> None:
    """A manifest that is a link to an endless device."""
    (pack / "character.toml").symlink_to("/dev/zero")


def device(pack: Path) -> None:
    """A picture that is a link to an endless device."""
    _write(pack, FULL.format("a.png"))
    (pack / "a.png").symlink_to("/dev/zero")


def pipe(pack: Path) -> None:
    """A picture that is a pipe nobody writes to."""
    _write(pack, FULL.format("a.png"))
    os.mkfifo(pack / "a.png")


def manifest_pipe(pack: Path) -> None:
    """A manifest that is a pipe nobody writes to."""
    os.mkfifo(pack / "character.toml")


def huge_picture(pack: Path) -> None:
    """A picture of 30,000 x 30,000 px, which takes 3.6 GB decoded."""
    row = zlib.compressobj(6)
    packed = b"".join(row.compress(bytes(120_001)) for _ in range(30_000)) + row.flush()
    _write(pack, FULL.format("a.png"), a=png(30_000, 30_000, packed))


def lying_header(pack: Path) -> None:
    """A small file whose header promises 2^31 px each way."""
    _write(pack, FULL.format("a.png"), a=png(2**31 - 1, 2**31 - 1, b""))


def gigabyte_on_disk(pack: Path) -> None:
    """1 GB of files (sparse)."""
    names = [f"l{index}.png" for index in range(128)]
    _write(pack, HEAD + "".join(LAYER.format(name, 256, 256, 0) for name in names))
    for name in names:
        with (pack / name).open("wb") as file:
            file.truncate(8 * 2**20)


def gigabyte_decoded(pack: Path) -> None:
    """1 GB of layers, decoded; 64 files of 20 KB."""
    content = png(2048, 2048)
    layers = [LAYER.format(f"l{index}.png", 1024, 1024, index / 100) for index in range(64)]
    _write(pack, HEAD + "".join(layers), **{f"l{index}": content for index in range(64)})


def far_apart(pack: Path) -> None:
    """300 dots, two at each depth, in opposite corners: 150 textures of 16 MB."""
    corners = (1, 2047)
    layers = [LAYER.format("dot.png", corners[n % 2], corners[n % 2], n // 2 / 100) for n in range(300)]
    _write(pack, HEAD + "".join(layers), dot=png(2, 2))


def far_away(pack: Path) -> None:
    """A dot 10,000 px away from the other."""
    both = LAYER.format("dot.png", -9999, 0, 0) + LAYER.format("dot.png", 9999, 0, 0)
    _write(pack, HEAD + both, dot=png(2, 2))


def far_apart_in_depth(pack: Path) -> None:
    """Two dots 10,000 px apart at two depths: small textures, but a huge picture of both."""
    both = LAYER.format("dot.png", -5000, 0, 0) + LAYER.format("dot.png", 5000, 0, 0.1)
    _write(pack, HEAD + both, dot=png(2, 2))


def far_from_the_hand(pack: Path) -> None:
    """A dot 10,000 px away from the wrist that it hangs on."""
    at_wrist = LAYER.format("dot.png", 9999, 0, 0) + 'attach = "left_wrist"\n'
    _write(pack, HEAD + LAYER.format("dot.png", 9, 9, 0) + at_wrist, dot=png(2, 2))


def thousands_of_layers(pack: Path) -> None:
    """As many layers as a manifest of 64 KB can name."""
    _write(pack, HEAD + LAYER.format("a.png", 1, 1, 0) * 1200, a=png(2, 2))


def thousands_of_frames(pack: Path) -> None:
    """An animation of thousands of pictures."""
    frames = ",\n".join(['"a.png"'] * 6000)
    layer = f"\n[[layers]]\nframes = [\n{frames}]\nfps = 60\nat = [1, 1]\n"
    _write(pack, HEAD + layer, a=png(2, 2))


def cut_off(pack: Path) -> None:
    """A picture that ends in the middle."""
    _write(pack, FULL.format("a.png"), a=png(640, 640)[:-300])


def hollow(pack: Path) -> None:
    """A picture with right checksums and too few pixels."""
    _write(pack, FULL.format("a.png"), a=png(640, 640, zlib.compress(b"\0" * 1000)))


def bomb(pack: Path) -> None:
    """A picture of 64 x 64 px that unpacks to 512 MB."""
    packing = zlib.compressobj(6)
    packed = b"".join(packing.compress(bytes(2**20)) for _ in range(512)) + packing.flush()
    _write(pack, FULL.format("a.png"), a=png(64, 64, packed))


def colour_bomb(pack: Path) -> None:
    """A picture whose colour profile unpacks to 512 MB; the picture itself is in order."""
    packing = zlib.compressobj(6)
    packed = b"".join(packing.compress(bytes(2**20)) for _ in range(512)) + packing.flush()
    _write(pack, FULL.format("a.png"), a=png(64, 64, None, (b"iCCP", b"x\0\0" + packed)))


def no_png(pack: Path) -> None:
    """A picture that is none."""
    _write(pack, FULL.format("a.png"), a=b"GIF89a" + bytes(1000))


def deep_brackets(pack: Path) -> None:
    """TOML of 10,000 levels of brackets."""
    _write(pack, "a = " + "[" * 10_000 + "]" * 10_000)


def deep_lines(pack: Path) -> None:
    """TOML of 10,000 levels, one in a line."""
    _write(pack, "a = " + "[\n" * 10_000 + "]\n" * 10_000)


def deep_keys(pack: Path) -> None:
    """A key of 10,000 parts."""
    _write(pack, "a" + ".a" * 10_000 + " = 1")


def many_deep_keys(pack: Path) -> None:
    """Hundreds of keys of 100 parts, over which a TOML reader takes its time."""
    _write(pack, "".join(f"a{index}" + ".a" * 100 + " = 1\n" for index in range(290)))


def huge_toml(pack: Path) -> None:
    """A manifest of 1 GB (sparse)."""
    with (pack / "character.toml").open("wb") as file:
        file.truncate(2**30)


def spaces(pack: Path) -> None:
    """A line of 60,000 spaces, for patterns that go back and forth."""
    _write(pack, "[" + " " * 60_000)


def bare_huge(pack: Path) -> None:
    """No manifest, and a huge picture named by an emotion."""
    huge_picture(pack)
    (pack / "character.toml").unlink()
    (pack / "a.png").rename(pack / "neutrality.png")


def crowd(pack: Path) -> None:
    """No manifest, and 5,000 files beside a broken picture."""
    for index in range(5_000):
        (pack / f"{index}.png").touch()
    (pack / "neutrality.png").write_bytes(b"GIF89a")


PACKS: list[Callable[[Path], None]] = [
    *(outside, absolute, link, linked_folder, manifest_link, device, pipe, manifest_pipe),
    *(huge_picture, lying_header, gigabyte_on_disk, gigabyte_decoded, far_apart, far_away),
    *(far_apart_in_depth, far_from_the_hand),
    *(thousands_of_layers, thousands_of_frames, cut_off, hollow, bomb, colour_bomb, no_png),
    *(deep_brackets, deep_lines, deep_keys, many_deep_keys, huge_toml, spaces, bare_huge, crowd),
]
#: Nothing of it is unpacked that could do harm, so it is worn like any other.
HARMLESS = {colour_bomb}


def _status(key: str) -> float:
    """A line of /proc/self/status, MB of 10^6 bytes."""
    found = re.search(rf"^{key}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def open_it(pack: Path) -> None:
    """In a process of its own: print seconds, MB and what is said."""
    Library.open(installed_folder() / "bear").get("bear").warm()
    held = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    start = perf_counter()
    said = "worn"
    try:
        Library({}, {}, (pack,)).renewed().get(pack.name).warm()
    except AvatarCamError as error:
        said = str(error)
    print(f"{perf_counter() - start} {_status('VmHWM') - held} {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open is not None:
        open_it(arguments.open)
        return
    table = Table("pack", "s", "MB", "what is said")
    ill = 0
    for make in PACKS:
        with tempfile.TemporaryDirectory() as folder:
            pack = Path(folder) / make.__name__
            pack.mkdir()
            make(pack)
            command = [sys.executable, "-m", "benchmarks.hostile_packs", "--open", str(pack)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            lines = done.stdout.splitlines()
            seconds, megabytes, said = (lines or ["99 999 it fell over"])[0].split(" ", 2)
            refused = (said != "worn") != (make in HARMLESS)
            well = refused and len(lines) == 1 and not done.stderr
            well = well and float(seconds) < MOST_SECONDS and float(megabytes) < MOST_MB
            ill += not well
            words = escape(said.replace(folder, "…") + done.stderr)
            row = (make.__name__, f"{float(seconds):.3f}", f"{float(megabytes):.1f}", words)
            table.add_row(*row, style=None if well else "red")
    Console().print(table)
    print(f"{len(PACKS)} packs, {ill} not as they should be")
    raise SystemExit(1 if ill else 0)


if __name__ == "__main__":
    main()
