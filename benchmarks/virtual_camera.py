"""`avatar-cam stream` on a real virtual camera, read by another program.

    python -m benchmarks.virtual_camera --out FOLDER [--device /dev/video10] [--pictures N] -- STREAM OPTIONS
    python -m benchmarks.virtual_camera --judge FOLDER --clip CLIP [--size WxH]

The first starts `avatar-cam -v stream` with these options, reads N pictures from the device, lets go of it,
reads N more, ends the program, and leaves all pictures as PNG in the folder. It needs Linux with
v4l2loopback, and a webcam or a clip that is fed into another device of it.

The second looks at the pictures, where there is time for it, and says in how many some of a bare face can be
made out, whichever picture of the clip the webcam was showing. CLIP is what was fed to it.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep

import cv2
import numpy as np

from avatar_cam.sinks.photo import write_photo
from avatar_cam.sources.photos import read_photo
from avatar_cam.types import Floats, Pixels
from benchmarks.hidden_faces import BARE, bare_share
from benchmarks.made_clips import frames_of

#: Seconds until the program sends, at most; until it has ended; and for which nobody reads in between.
_START, _END, _AWAY = 900.0, 60.0, 5.0


def stream(options: Sequence[str], device: str, pictures: int, out: Path) -> int:
    """Run it, read from it, leave pictures; the exit status of the program."""
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", "from avatar_cam.cli import main; main()", "-v", "stream"]
    running = subprocess.Popen([*command, "--no-preview", "--device", device, *options])
    try:
        for reader in (1, 2):
            read = _read(device, pictures, out / f"reader{reader}", running)
            print(f"reader {reader}: {read}", flush=True)
            sleep(_AWAY)
    finally:
        running.send_signal(signal.SIGINT)
        status = running.wait(_END)
    print(f"avatar-cam ended with {status}")
    return 0 if status == 130 else 1


def _read(device: str, pictures: int, out: Path, running: subprocess.Popen[bytes]) -> str:
    """Open the device as any program would, keep pictures that differ, and let go of it."""
    out.mkdir(parents=True, exist_ok=True)
    start = monotonic()
    cv2.setLogLevel(0)
    capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    while not capture.isOpened():
        if running.poll() is not None or monotonic() - start > _START:
            raise SystemExit(f"nothing can be read from {device}")
        sleep(1.0)
        capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    first = last = monotonic()
    kept, read, before = 0, 0, None
    while kept < pictures and last - first < _START:
        done, picture = capture.read()
        last = monotonic()
        if not done:
            continue
        read += 1
        if before is None or (picture != before).any():
            write_photo(
                out / f"{kept:03}.png", np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
            )
            kept, before = kept + 1, picture
    size = f"{capture.get(cv2.CAP_PROP_FRAME_WIDTH):.0f}x{capture.get(cv2.CAP_PROP_FRAME_HEIGHT):.0f}"
    capture.release()
    return f"{read} pictures of {size}, {kept} of them new, in {last - first:.1f} s"


def judge(folder: Path, clip: Path, size: tuple[int, int]) -> None:
    """Say in which of the pictures something of a face of the clip is bare."""
    originals = [_boxed(pixels, size) for pixels in frames_of(clip)]
    faces = _outlines(originals)
    pictures = sorted(folder.rglob("*.png"))
    worst: list[tuple[float, Path]] = []
    for path in pictures:
        shown = read_photo(path)
        shares = [
            bare_share(shown, original, face)
            for original, face in zip(originals, faces, strict=True)
            if face is not None
        ]
        worst.append((max(shares, default=0.0), path))
    worst.sort(reverse=True)
    bare = [path for share, path in worst if share > BARE]
    print(f"{len(pictures)} pictures, {len(bare)} with something of a bare face; the worst:")
    for share, path in worst[:5]:
        print(f"{100 * share:4.0f} %  {path}")


def _boxed(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """As large as fits into `size`, with margins, as the feeder shows it."""
    scale = min(size[0] / pixels.shape[1], size[1] / pixels.shape[0])
    small = cv2.resize(pixels, None, fx=scale, fy=scale)
    x, y = (size[0] - small.shape[1]) // 2, (size[1] - small.shape[0]) // 2
    boxed = np.zeros((size[1], size[0], 3), np.uint8)
    boxed[y : y + small.shape[0], x : x + small.shape[1]] = small
    return boxed


def _outlines(pictures: Sequence[Pixels]) -> list[Floats | None]:
    from avatar_cam.tracking.facemesh import FaceMesh

    outlines: list[Floats | None] = []
    with FaceMesh(still=True) as mesh:
        for pixels in pictures:
            found = mesh.find(pixels)
            hull = cv2.convexHull(np.ascontiguousarray(found[0][:, :2]))[:, 0] if found else None
            outlines.append(None if hull is None else hull.astype(np.float32))
    return outlines


def main() -> None:
    own, options = sys.argv[1:], []
    if "--" in own:
        own, options = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--device", default="/dev/video10")
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--judge", type=Path)
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--size", default="640x480")
    arguments = parser.parse_args(own)
    if arguments.judge is not None:
        width, height = map(int, arguments.size.split("x"))
        judge(arguments.judge, arguments.clip, (width, height))
    else:
        raise SystemExit(stream(options, arguments.device, arguments.pictures, arguments.out))


if __name__ == "__main__":
    main()
