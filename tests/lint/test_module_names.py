"""One word, one thing: modules and public classes have names of their own, and folders stay small."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.lint.project import MODULES, ROOT, name

MAX_SIDE_BY_SIDE = 26
TWINS: dict[str, str] = {
    "blocking_tokens": "what a record's tokens are, and how intake claims them in the store",
    "config": "commands are named by their word: `regulars config`, and the config of a made-up world",
    "errors": "the tree of errors, and how each is answered over HTTP",
    "evaluate": "the command and the figures that it prints",
    "ingest": "the command and its benchmark",
    "jobs": "the command and the jobs in the store",
    "ledger": "the command and what an entry is",
    "levels": "levels of agreement, of a table's fields and of live records",
    "loyalty": "the command, and what made-up guests do with their cards",
    "parts": "what identity works with, and the same for the processes of a bulk job",
    "places": "brands and stores, as the graph holds them and as the schema shows them",
    "programme": "the command and the rules that it publishes",
    "quarantine": "the command and what it works on",
    "rebuild": "the command and what it does",
    "resolve": "the command, its benchmark and the function that both measure",
    "rewards": "those of the programme, and those that one guest can get",
    "serve": "the command and its benchmark",
    "world": "the command and the made-up world that it makes",
}
"""Modules that share a name, and why."""
SHOWN: dict[str, str] = {
    "Brand": "a GraphQL type is named after what it shows, here that of events",
    "Consent": "a GraphQL type is named after what it shows, here that of events",
    "Job": "a bulk job of this machine, and a durable one of the store",
    "Redemption": "a GraphQL type is named after what it shows, here what the ledger's commands made",
    "Reward": "a GraphQL type is named after what it shows, here that of the programme",
    "Store": "a GraphQL type is named after what it shows, here that of events",
}
"""Public classes that share a name, and why."""
MEASURED = {"bench", "world"}
"""Packages that no other one builds upon: their words are those of what they make up or measure."""


def doubled_modules(paths: Iterable[Path]) -> set[str]:
    """Names that several modules have."""
    counts = Counter(path.stem for path in paths if path.stem not in ("__init__", "__main__"))
    return {stem for stem, count in counts.items() if count > 1}


def doubled_classes(sources: Mapping[str, str]) -> set[str]:
    """Names that public classes of several modules have."""
    homes: dict[str, set[str]] = defaultdict(set)
    for module, source in sources.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].add(module)
    return {name for name, modules in homes.items() if len(modules) > 1}


def test_no_two_modules_share_a_name() -> None:
    assert doubled_modules(MODULES) == set(TWINS), "find the better word, or give the reason in TWINS"


def test_no_two_public_classes_share_a_name() -> None:
    product = [path for path in MODULES if path.relative_to(ROOT).parts[0] not in MEASURED]
    found = doubled_classes({name(path): path.read_text("utf-8") for path in product})
    assert found == set(SHOWN), "find the better word, or give the reason in SHOWN"


def test_a_folder_can_be_seen_at_one_glance() -> None:
    counts = Counter(name(path.parent) for path in MODULES if path.stem != "__init__")
    assert {folder for folder, count in counts.items() if count > MAX_SIDE_BY_SIDE} == set()


def test_the_lint_sees_doubled_names() -> None:
    assert doubled_modules([Path("a/x.py"), Path("b/x.py"), Path("a/__init__.py"), Path("b/__init__.py")]) == {"x"}
    public, private = "class Order: ...", "class _Work: ..."
    assert doubled_classes({"a": public + "\n" + private, "b": public, "c": private}) == {"Order"}
