"""A registry of people with faults, for peers that match tables: one to four records a person."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from world import World, WorldConfig
from world.people import Person
from world.slips import email_typo, phone_format, phone_typo, word_typo

COLUMNS = (
    "id", "person", "given_name", "family_name", "suffix", "birth_date", "email", "phone", "street", "city", "postcode",
)  # fmt: skip
MAPPING = """\
event: identify
source: registry
message_id: id
constants: {at: 2026-01-01T00:00:00Z}
fields:
  subject.id: id
  subject.identifiers.email: {column: email, if_invalid: omit}
  subject.identifiers.phone: {column: phone, if_invalid: omit}
  subject.traits.givenName: given_name
  subject.traits.familyName: family_name
  subject.traits.suffix: suffix
  subject.traits.birthDate: birth_date
  subject.traits.address.line1: street
  subject.traits.address.city: city
  subject.traits.address.postcode: postcode
"""
_RECORDS_A_PERSON = (1, 1, 1, 2, 2, 3, 4)
_MEAN = sum(_RECORDS_A_PERSON) / len(_RECORDS_A_PERSON)
_ROWS_AT_ONCE = 50_000


def write(folder: Path, count: int, seed: int = 7, *, each: int | None = None) -> tuple[Path, Path]:
    """Exactly `count` records as Parquet, in random order within groups, and their mapping. `each`: records a person;
    None: one to four."""
    table, mapping = folder / "registry.parquet", folder / "registry.yaml"
    mapping.write_text(MAPPING, "utf-8")
    rows = records(count, seed, each)
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    with pq.ParquetWriter(table, schema) as writer:
        while group := list(islice(rows, _ROWS_AT_ONCE)):
            random.Random(seed).shuffle(group)  # the records of one person must not be neighbours
            writer.write_table(pa.Table.from_pylist(group, schema))
    return table, mapping


def records(count: int, seed: int, each: int | None = None) -> Iterator[dict[str, Any]]:
    """`count` records; every field may be missing or mistyped, and families share phones and e-mail addresses."""
    people = World(WorldConfig(people=int(count / (each or _MEAN) * 1.1) + 100, seed=seed)).people()
    return islice((record for person in people for record in islice(_records(person, seed), each)), count)


def further(count: int, size: int, seed: int) -> Iterator[dict[str, Any]]:
    """`count` new records of people that a registry of `size` records already holds, spread evenly over these people.
    They have no e-mail address and no phone: only similarity can find their person."""
    step = max(1, int(size / _MEAN * 0.9) // count)
    people = World(WorldConfig(people=int(size / _MEAN * 1.1) + 100, seed=seed)).people()
    for person in islice(people, 0, count * step, step):
        address = person.address(364)
        yield {
            "id": f"{person.id}-further",
            "person": person.id,
            "first": f"{person.id}-0",
            "traits": {
                "givenName": person.given,
                "familyName": person.family,
                "birthDate": person.birth_date,
                "address": {"line1": address["line1"], "city": address["city"], "postcode": address["postcode"]},
            },
        }


def _records(person: Person, seed: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(f"{seed}:registry:{person.index}")
    for number in range(rng.choice(_RECORDS_A_PERSON)):
        day = rng.randrange(365)
        address, phone, email = person.address(day), person.phone(day), rng.choice(person.emails)
        first_name = person.nickname if person.nickname and rng.random() < 0.3 else person.given
        yield {
            "id": f"{person.id}-{number}",
            "person": person.id,
            "given_name": _typed(rng, first_name, word_typo, 0.04),
            "family_name": _typed(rng, person.family, word_typo, 0.04),
            "suffix": person.suffix if rng.random() < 0.7 else "",
            "birth_date": person.birth_date if rng.random() < 0.6 else "",
            "email": _typed(rng, email, email_typo, 0.02) if rng.random() < 0.7 else "",
            "phone": phone_format(rng, _typed(rng, phone, phone_typo, 0.02)) if rng.random() < 0.7 else "",
            "street": address["line1"] if rng.random() < 0.7 else "",
            "city": address["city"] if rng.random() < 0.8 else "",
            "postcode": address["postcode"] if rng.random() < 0.8 else "",
        }


def _typed(rng: random.Random, text: str, typo: Any, rate: float) -> str:
    return str(typo(rng, text)) if rng.random() < rate else text
