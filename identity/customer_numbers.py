"""A number for every person of a resolution: a new one, the one it keeps, or the one it had before a merge."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from domain.ids import customer_number
from graph.store.database import DbTransaction, Row
from identity.resolution import Person, Resolution
from privacy.vault import Vault


@dataclass(frozen=True, slots=True)
class Numbers:
    """The people of a resolution, each with its number, and the numbers that answer for themselves again."""

    people: tuple[tuple[str, Person], ...] = ()
    revived: tuple[str, ...] = ()


def founded(vault: Vault, record: str) -> str:
    """The number of a customer whose first record this is."""
    return customer_number(vault.keyed("customer", record))


async def number_people(tx: DbTransaction, resolution: Resolution, vault: Vault, before: Mapping[str, str]) -> Numbers:
    """A number for every person. Who was somebody before a merge gets that number back: the one that a record of theirs
    founded, or had `before` (record → number). Asks the store only where somebody may come back."""
    returning = [p for p in resolution.persons if p.number is None and any(record.customer for record in p.records)]
    known: dict[str, Row] = {}
    if returning:
        asked = sorted({number for person in returning for number in _candidates(person, before, vault)})
        known = {row["number"]: row for row in await tx.run("identity/retired_numbers", numbers=asked)}
    return numbers_of(resolution, vault, known, before)


def numbers_of(resolution: Resolution, vault: Vault, known: Mapping[str, Row], before: Mapping[str, str]) -> Numbers:
    """A number for every person. `known` are customers of the store whose numbers somebody may get back; `before` are
    those that records had (record → number)."""
    taken = {person.number for person in resolution.persons}
    people: list[tuple[str, Person]] = []
    revived: list[str] = []
    for person in resolution.persons:
        if person.number is not None:
            people.append((person.number, person))
            continue
        mine = _candidates(person, before, vault)
        old = [n for n in mine if n in known and known[n]["status"] == "retired" and n not in taken]
        number = min(old, key=lambda n: (known[n]["createdAt"], n), default=None)
        if number is not None:
            revived.append(number)
        else:
            free = (n for n in mine if n not in known and n not in taken)
            number = next(free, None) or founded(vault, f"{person.records[0].key}|{uuid.uuid4().hex}")
        taken.add(number)
        people.append((number, person))
    gone = {row["number"] for row in resolution.retired}
    return Numbers(tuple(people), tuple(number for number in revived if number not in gone))


def _candidates(person: Person, before: Mapping[str, str], vault: Vault) -> list[str]:
    had = [before[record.key] for record in person.records if record.key in before]
    return [*had, *(founded(vault, record.key) for record in person.records)]
