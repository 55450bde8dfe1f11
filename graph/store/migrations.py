"""Applies `cypher/migrations/V0001__name.cypher` files in order, each once, with a checksum against later edits.

Statements of a migration are idempotent (IF NOT EXISTS, MERGE), because DDL cannot share a transaction with the record
of its run: after a crash between the two it runs again. Two processes may therefore migrate at once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from itertools import takewhile

from cypher import load
from domain.errors import SetupError
from graph.store.database import Database

_NAME = re.compile(r"V(\d{4})__([a-z0-9_]+)\.cypher")


@dataclass(frozen=True)
class Migration:
    """`purpose` is the comment that opens the file."""

    version: str
    name: str
    checksum: str
    statements: tuple[str, ...]
    purpose: str = ""


def migrations() -> list[Migration]:
    """All migrations in order. Raises SetupError on a file whose name does not follow the pattern."""
    listed: list[Migration] = []
    for file in resources.files("cypher").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match is None:
            raise SetupError(f"cypher/migrations/{file.name} is not named V0001__what_it_does.cypher.")
        text = file.read_text("utf-8")
        lines = text.splitlines()
        opening = takewhile(lambda line: line.startswith("//"), lines)
        purpose = " ".join(line.removeprefix("//").strip() for line in opening)
        code = "\n".join(line for line in lines if not line.startswith("//"))
        statements = tuple(part.strip() for part in code.split(";") if part.strip())
        listed.append(Migration(match[1], match[2], hashlib.sha256(text.encode()).hexdigest(), statements, purpose))
    return sorted(listed, key=lambda migration: migration.version)


async def pending(database: Database) -> list[str]:
    """Versions that the store lacks. Raises SetupError on an edited file, and Unavailable."""
    checksums = await applied(database)
    for migration in migrations():
        _require_same(migration, checksums)
    return [migration.version for migration in migrations() if migration.version not in checksums]


async def applied(database: Database) -> dict[str, str]:
    """The checksum of each migration that the store has had, by version. Raises Unavailable."""
    return {row["version"]: row["checksum"] for row in await database.read("schema/migrations_applied")}


def _require_same(migration: Migration, checksums: dict[str, str]) -> None:
    if checksums.get(migration.version, migration.checksum) != migration.checksum:
        raise SetupError(
            f"Migration {migration.version} was changed after it had been applied.",
            hint="Put the file back and write a new migration.",
        )


async def run_again(database: Database, version: str) -> None:
    """Runs the statements of one migration once more, as all may. Raises KeyError where there is none, Unavailable."""
    statements = {migration.version: migration.statements for migration in migrations()}[version]
    for statement in statements:
        await database.run_schema(statement)


async def migrate(database: Database) -> list[str]:
    """Brings the store to the newest version; returns the versions applied now. Raises SetupError on an edited file."""
    await database.run_schema(load("schema/migration_key"))  # first, so that two processes cannot create two locks
    rows = await database.write_one("schema/migration_lock")
    checksums = {row["version"]: row["checksum"] for row in rows if row["version"]}
    done: list[str] = []
    for migration in migrations():
        _require_same(migration, checksums)
        if migration.version in checksums:
            continue
        for statement in migration.statements:
            await database.run_schema(statement)
        await database.write_one(
            "schema/migration_record", version=migration.version, name=migration.name, checksum=migration.checksum
        )
        done.append(migration.version)
    if done:
        await database.run_schema(load("schema/await_indexes"))
    return done
