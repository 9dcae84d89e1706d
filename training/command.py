"""What the commands share."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TypeVar

from avatar_cam.errors import AvatarCamError

Result = TypeVar("Result")


def fail_in_one_line(main: Callable[[list[str] | None], Result]) -> Callable[..., Result]:
    """A command whose expected errors are one line on stderr and an exit status, not a traceback."""

    @functools.wraps(main)
    def run(arguments: list[str] | None = None) -> Result:
        try:
            return main(arguments)
        except AvatarCamError as error:
            print(f"error: {error}", file=sys.stderr)
            sys.exit(error.exit_status)
        except KeyboardInterrupt:
            sys.exit(130)

    return run
