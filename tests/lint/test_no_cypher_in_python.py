"""Every query is a named .cypher file: no string constant of a package holds Cypher. The lint is itself tested."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lint.project import MODULES, name

_CYPHER = re.compile(
    r"""
      \b(?:MATCH|MERGE|CREATE|EXISTS|COUNT|COLLECT) \s* [({]          # MATCH (n), COUNT { … }
    | \b(?:CREATE|DROP) \s+ (?:\w+\s+)? (?:CONSTRAINT|INDEX|DATABASE|USER)\b
    | \bUNWIND\b .+? \bAS\b
    | (?:^|\n|\bDETACH) \s* DELETE \s+ \w                            # DETACH DELETE n
    | \bCALL \s* (?:[({] | [a-z]+\.[a-zA-Z.]+)                       # CALL db.awaitIndexes, CALL (n) {
    | (?:^|\n) \s* (?:RETURN|WITH) \s+ \S                            # RETURN 1 AS one
    | \b(?:SET|REMOVE) \s+ \w+ (?: \.\w+ | \s*\+?= | :[A-Z])         # SET n.name = …, SET n += …
    | (?:^|\n) \s* WHERE \s+ (?:NOT\s+)? [\w$]+ [.\s]
    | \b(?:LOAD\s+CSV|SHOW\s+(?:INDEXES|CONSTRAINTS|TRANSACTIONS)|EXPLAIN\s+[A-Z]|PROFILE\s+[A-Z])
    | [)] \s* <?-\[ | \]->? \s* [(]                                  # )-[:MADE]->(
    """,
    re.VERBOSE | re.DOTALL,
)


def cypher_strings(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each string constant that holds Cypher; docstrings may speak of it."""
    tree = ast.parse(source)
    spoken = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in spoken:
            continue
        if _CYPHER.search(node.value):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_holds_cypher(path: Path) -> None:
    found = [f"{name(path)}:{line}: {text[:60]!r}" for line, text in cypher_strings(path.read_text("utf-8"))]
    assert not found, "put the query into cypher/<name>.cypher and load it by name"


@pytest.mark.parametrize(
    "source",
    [
        'q = "MATCH (n:Customer) RETURN n"',
        'q = f"MATCH (n:{label}) DETACH DELETE n"',
        'q = "RETURN 1 AS one"',
        'q = "CALL db.awaitIndexes(60)"',
        'q = "UNWIND $rows AS row"',
        'q = "MERGE (c:Customer {number: $number})"',
        'q = "SET c.name = $name"',
        'q = "CREATE INDEX x IF NOT EXISTS FOR (n:N) ON (n.a)"',
        'q = "CREATE RANGE INDEX x FOR (n:N) ON (n.a)"',
        'q = head + "\\nWHERE c.spendMinor > 5"',
        'q = "(a)-[:MADE]->(b)"',
        'q = "COUNT { (c)--() }"',
        'run("SHOW INDEXES")',
        'q = """\n  WITH DISTINCT c\n  LIMIT 2\n"""',
    ],
)
def test_the_lint_sees_cypher(source: str) -> None:
    assert list(cypher_strings(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring about MATCH (n) RETURN n."""',
        'def f():\n    """Runs CALL { … } IN TRANSACTIONS."""',
        'load("intake/claim_events")',
        'raise SetupError("The merge was refused.", hint="Create the index, then return.")',
        'help = "CREATE or MERGE: what the RETURN code means"',
        'name = "HAS_IDENTIFIER"',
        'header = "RETURN-PATH"',
        'text = "SET REGULARS_API_KEY"',
        'message = "Set REGULARS_NEO4J_URI, or DELETE the folder."',
    ],
)
def test_the_lint_lets_other_text_be(source: str) -> None:
    assert not list(cypher_strings(source))
