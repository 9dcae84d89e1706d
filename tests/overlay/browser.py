"""A real Chromium without a window, by its DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from websockets.sync.client import connect

from avatar_cam.closing import Closing

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Seconds that anything may take: WebGL is drawn by the processor here, and compiled for it at first.
PATIENCE = 60.0

_OPTIONS = (
    "--headless",
    "--remote-debugging-port=0",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
)


def chromium() -> str | None:
    """Where it is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser(Closing):
    """One page of `size` (width, height) px on nothing: what the page leaves transparent stays so."""

    def __init__(self, size: tuple[int, int]) -> None:
        program = chromium()
        assert program is not None
        self._held = ExitStack()
        try:
            folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
            # Its sandbox does not start as root.
            root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
            process = subprocess.Popen(
                [program, *_OPTIONS, *root, f"--user-data-dir={folder}", "about:blank"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._held.callback(process.wait)
            self._held.callback(process.terminate)
            port = _port(folder / "DevToolsActivePort")
            self._socket = self._held.enter_context(
                connect(f"ws://127.0.0.1:{port[0]}{port[1]}", max_size=None, open_timeout=PATIENCE)
            )
            self._numbers = itertools.count(1)
            self._session: str | None = None
            self._open(size)
        except BaseException:
            self._held.close()
            raise

    def _open(self, size: tuple[int, int]) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """What a method of the protocol gives back."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """What a JavaScript expression comes to."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str) -> None:
        """Until a JavaScript expression is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.value(script):
            assert time.monotonic() < deadline, script
            time.sleep(0.02)

    def screenshot(self) -> NDArray[np.uint8]:
        """What the page looks like, uint8 (h, w, 4) RGBA with straight alpha."""
        content = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        assert picture is not None
        code = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGBA
        return np.asarray(cv2.cvtColor(picture, code), np.uint8)

    def close(self) -> None:
        self._held.close()


def _port(file: Path) -> tuple[int, str]:
    deadline = time.monotonic() + PATIENCE
    while True:
        if file.exists() and len(lines := file.read_text("utf-8").split()) == 2:
            return int(lines[0]), lines[1]
        assert time.monotonic() < deadline, "Chromium does not start"
        time.sleep(0.05)
