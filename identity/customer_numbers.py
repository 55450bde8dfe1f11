"""A number for every person of a resolution: a new one, the one it keeps, or the one it had before a merge.

A retired number leads to where its records are. If records part from the person that a merge made of them, the retired
numbers that they once had go with most of their records.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.ids import customer_number
from graph.store.database import DbTransaction, Row
from identity.resolution import Person, Resolution
from privacy.vault import Vault

RETURNING = ("identity/retired_numbers", "identity/former_numbers")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The people of a resolution, each with its number; the numbers that answer for themselves again; and the retired
    numbers that lead to another number from now on."""

    people: tuple[tuple[str, Person], ...] = ()
    revived: tuple[str, ...] = ()
    redirected: tuple[tuple[str, str], ...] = ()


def founded(vault: Vault, record: str) -> str:
    """The number of a customer whose first record this is."""
    return customer_number(vault.keyed("customer", record))


async def number_people(tx: DbTransaction, resolution: Resolution, vault: Vault, before: Mapping[str, str]) -> Numbers:
    """A number for every person. Who was somebody before a merge gets that number back: the one that a record of theirs
    founded, or had `before` (record → number). Asks the store only if a record parts from the others of its number."""
    parted = _parted(resolution)
    if not parted:
        return numbers_of(resolution, vault, known={}, before=before)
    returning = [p for p in resolution.persons if p.number is None and any(record.customer for record in p.records)]
    asked = sorted({number for person in returning for number in _candidates(person, before, vault)})
    [answer] = await tx.run(*RETURNING, batch={"numbers": asked, "parted": parted})
    numbers = numbers_of(resolution, vault, {row["number"]: row for row in answer["known"]}, before)
    return replace(numbers, redirected=tuple(_redirected(resolution, numbers, answer["former"], vault)))


def _parted(resolution: Resolution) -> list[str]:
    """The records that leave a number which does not lead to their new one."""
    merged = {(row["number"], row["into"]) for row in resolution.retired}
    return sorted(
        record.key
        for person in resolution.persons
        for record in person.records
        if record.customer is not None
        and record.customer.number != person.number
        and (record.customer.number, person.number) not in merged
    )


def _redirected(
    resolution: Resolution, numbers: Numbers, former: Iterable[Row], vault: Vault
) -> Iterable[tuple[str, str]]:
    """(retired number, number of the person with most of its last records). `former` are rows of `former_numbers`."""
    number_of = {record.key: number for number, person in numbers.people for record in person.records}
    active = set(number_of.values())
    into = {row["number"]: row["into"] for row in resolution.retired}
    for row in sorted(former, key=lambda row: row["number"]):
        if row["number"] in active:
            continue
        last = max(until for _, until, _ in row["records"])
        votes = Counter[str]()
        for key, until, present in row["records"]:
            if until == last:
                # Of two halves, the one with the record that founded the number has it.
                votes[number_of.get(key) or present] += 2 + (founded(vault, key) == row["number"])
        best = min(votes, key=lambda number: (-votes[number], number))
        if best != into.get(row["end"], row["end"]):
            yield row["number"], best


def numbers_of(resolution: Resolution, vault: Vault, known: Mapping[str, Row], before: Mapping[str, str]) -> Numbers:
    """A number for every person. `known` are customers of the store whose numbers somebody may get back; `before` are
    those that records had (record → number)."""
    taken = {person.number for person in resolution.persons}
    present = {record.customer.number for p in resolution.persons for record in p.records if record.customer}
    people: list[tuple[str, Person]] = []
    revived: list[str] = []
    for person in resolution.persons:
        if person.number is not None:
            people.append((person.number, person))
            if person.number not in present:
                revived.append(person.number)
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
