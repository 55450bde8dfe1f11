"""The truth file: which person each event is about, by source and message id."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

from domain.errors import InvalidInput

HEADER = ["source", "messageId", "person"]


def read_truth(path: Path | str) -> dict[tuple[str, str], str]:
    """(source, messageId) → person, from `truth.csv` or `truth.csv.gz`. Raises InvalidInput for another file."""
    path = Path(path)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        if next(rows, None) != HEADER:
            raise InvalidInput(
                f"{path.name} is not a truth file: its first line must be {','.join(HEADER)}.",
                hint="Make one with `regulars world make`.",
            )
        return {(source, message): person for source, message, person in rows}
