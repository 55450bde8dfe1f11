"""`python -m graph.local.relock` writes jars.lock again: the closure of ROOTS, resolved by jgo. Needs the network."""

from __future__ import annotations

import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from graph.local.jars import ROOTS, Jar, maven

_HEADER = "# Neo4j Community and its Browser: coordinate, SHA-256, bytes. Made by `python -m graph.local.relock`.\n"


def resolve(scratch: Path) -> list[Jar]:
    """Every jar that the roots need at run time, roots first, then in the resolver's order. Downloads all of them."""
    context = maven(scratch)
    roots, needed = context.resolver.resolve([context.create_dependency(root) for root in ROOTS])
    artifacts = [dependency.artifact for dependency in [*roots, *needed]]

    def measured(index: int) -> Jar:
        content = artifacts[index].resolve().read_bytes()
        return Jar(str(artifacts[index]), hashlib.sha256(content).hexdigest(), len(content))

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(measured, range(len(artifacts))))


def write(path: Path, jars: list[Jar]) -> None:
    """Replaces the lock file at `path`."""
    rows = "".join(f"{jar.coordinate} {jar.sha256} {jar.size}\n" for jar in jars)
    path.write_text(_HEADER + rows, "utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write(Path(__file__).with_name("jars.lock"), resolve(Path(scratch)))
