"""Write the config file that `avatar-cam config init` writes into docs/configuration.md.

    uv run python scripts/make_configuration.py

A test holds the page to what this makes of the settings.
"""

from __future__ import annotations

import re
from pathlib import Path

from avatar_cam.apps.config_file import config_text

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"


def page(written: str) -> str:
    """The page `written`, with the file as it is now."""
    file = config_text(secret=lambda example: example)
    made, count = re.subn(
        r"(?<=\n```toml\n# The settings).*?(?=\n```\n)",
        lambda _: file.removeprefix("# The settings").rstrip("\n"),
        written,
        flags=re.DOTALL,
    )
    assert count == 1, "the page has lost the place where the file stands"
    return made


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8", newline="\n")
    print(f"{PAGE.name} written")


if __name__ == "__main__":
    main()
