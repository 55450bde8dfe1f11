"""What the lints look at: the project's packages, modules, queries and documents."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES: tuple[str, ...] = tuple(
    tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
)
MODULES = tuple(sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")))
QUERIES = tuple(sorted([*(ROOT / "cypher").rglob("*.cypher"), *(ROOT / "bench").rglob("*.cypher")]))
DOCUMENTS = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]))


def name(path: Path) -> str:
    """The path from the project's root, as a test's id."""
    return path.relative_to(ROOT).as_posix()
