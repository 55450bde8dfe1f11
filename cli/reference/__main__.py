"""`python -m cli.reference FOLDER` writes every page into the folder."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.reference.every_page import PAGES


def write(folder: Path) -> None:
    """Writes every page, and makes the folder if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, page in PAGES.items():
        (folder / file).write_text(page(), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
