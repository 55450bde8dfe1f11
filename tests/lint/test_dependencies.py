"""What the packages import is installed with them: nothing is there only because a tool for development brings it."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from tests.lint.project import MODULES, PACKAGES, ROOT, name

LOCK: dict[str, list[dict[str, Any]]] = {}
for _package in tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]:
    LOCK.setdefault(_package["name"], []).append(_package)
# Beside Splink the project is measured only, by whoever develops it.
MEASURED = ("bench/match.py", "bench/splink_peer.py", "cli/bench/service_benches.py")


def installed() -> set[str]:
    """Every distribution that comes with the project, its extras among them, and without its development group."""
    [project] = LOCK["regulars"]
    waiting = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    found: set[str] = set()
    done: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        one = waiting.pop()
        key = one["name"], tuple(one.get("extra", ()))
        if key in done:
            continue
        done.add(key)
        found.add(one["name"])
        for package in LOCK[one["name"]]:
            waiting += package.get("dependencies", [])
            waiting += [more for extra in key[1] for more in package.get("optional-dependencies", {}).get(extra, [])]
    return found


def imported(path: Path) -> Iterator[str]:
    """The modules, by their first name, that a file imports from outside the project and the standard library."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import():
                modules = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        yield from {module.partition(".")[0] for module in modules} - set(PACKAGES) - sys.stdlib_module_names


def test_every_import_is_of_a_dependency() -> None:
    known, of = installed(), packages_distributions()
    assert {"strawberry-graphql", "redis"} <= known
    assert "pytest" not in known
    missing = [
        f"{name(path)}: {module}"
        for path in MODULES
        if name(path) not in MEASURED
        for module in sorted(imported(path))
        if not {distribution.lower().replace("_", "-") for distribution in of.get(module, ())} & known
    ]
    assert missing == []
