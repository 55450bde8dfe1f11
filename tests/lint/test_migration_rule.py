"""Migrations only add, and may run twice: the release before must go on beside the store that they leave."""

from __future__ import annotations

import re

import pytest

from graph.store.migrations import Migration, migrations

_SCHEMA = re.compile(r"CREATE (\w+ )?(CONSTRAINT|INDEX) \w+ IF NOT EXISTS FOR .+", re.DOTALL)
_TAKES_AWAY = re.compile(r"\b(DROP|DELETE|DETACH|REMOVE|RENAME)\b")
_NARROWS = re.compile(r"\bIS (NOT NULL|NODE KEY|RELATIONSHIP KEY|::|TYPED)")


def faults(statement: str) -> list[str]:
    """How a statement breaks the rule of zero-downtime migrations."""
    code = re.sub(r"'[^']*'", "''", statement)
    found: list[str] = []
    if taken := _TAKES_AWAY.search(code):
        found.append(f"{taken[1]} takes away what the release before may read")
    if re.search(r"^CREATE\b.*\b(CONSTRAINT|INDEX)\b", code):
        if not _SCHEMA.fullmatch(code):
            found.append("a constraint or index needs a name and IF NOT EXISTS")
        if "CONSTRAINT" in code and _NARROWS.search(code.partition(" REQUIRE ")[2]):
            found.append("the constraint refuses what the release before may write")
        return found
    if re.search(r"\bCREATE\b", code):
        found.append("CREATE makes a second one when it runs again: MERGE does not")
    if re.search(r"\bSET\b", code) and not re.search(r"\bMERGE\b", code):
        unset = set(re.findall(r"([\w.]+) IS NULL", code))
        if not set(re.findall(r"(\w+\.\w+) =(?!=)", code.partition("SET")[2])) & unset:
            found.append("SET fills only what IS NULL: a second run must not touch what was written since")
    return found


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.version)
def test_a_migration_only_adds_and_may_run_twice(migration: Migration) -> None:
    assert migration.statements
    assert {statement: faults(statement) for statement in migration.statements if faults(statement)} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX a IF NOT EXISTS FOR (c:Customer) ON (c.a)",
        "CREATE FULLTEXT INDEX a IF NOT EXISTS FOR (c:Customer) ON EACH [c.a]",
        "CREATE CONSTRAINT a IF NOT EXISTS FOR (c:Customer) REQUIRE c.a IS UNIQUE",
        "MERGE (lock:Migrations {id: 'DELETE'}) SET lock.on = true",
        "MATCH (c:Customer) WHERE c.a IS NULL SET c.a = 1",
    ],
)
def test_the_rule_takes_what_adds(statement: str) -> None:
    assert faults(statement) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DROP INDEX a IF EXISTS", "takes away"),
        ("MATCH (c:Customer) REMOVE c.a", "takes away"),
        ("MATCH (c:Customer) DETACH DELETE c", "takes away"),
        ("CREATE INDEX a FOR (c:Customer) ON (c.a)", "IF NOT EXISTS"),
        ("CREATE INDEX IF NOT EXISTS FOR (c:Customer) ON (c.a)", "a name"),
        ("CREATE CONSTRAINT a IF NOT EXISTS FOR (c:Customer) REQUIRE c.a IS NOT NULL", "refuses what"),
        ("CREATE (c:Customer {a: 1})", "MERGE does not"),
        ("MATCH (c:Customer) SET c.a = 1", "IS NULL"),
        ("MATCH (c:Customer) WHERE c.b IS NULL SET c.a = 1", "IS NULL"),
    ],
)
def test_the_rule_sees_what_does_not(statement: str, fault: str) -> None:
    assert any(fault in found for found in faults(statement))
