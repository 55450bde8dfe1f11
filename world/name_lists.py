"""Name pools drawn once from Faker's American providers and the nickname pairs that go with them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from faker import Faker
from faker.providers.person.en_US import Provider
from nicknames import NickNamer

STREETS = 1_500

# Invented providers: a generated address must never reach anybody.
MAIL_DOMAINS = (
    "mailharbor.com",
    "postbrook.net",
    "brightinbox.com",
    "orchardpost.com",
    "quickletter.org",
    "dovemail.co",
)
MAIL_SHARES = tuple(accumulate((40, 22, 16, 10, 8, 4)))


class Pool(NamedTuple):
    """Values and their cumulative weights, so that Smith is as frequent as Smith is."""

    values: tuple[str, ...]
    weights: tuple[float, ...]

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.values, cum_weights=self.weights)[0]


class Names(NamedTuple):
    female: Pool
    male: Pool
    family: Pool
    streets: tuple[str, ...]
    nicknames: Mapping[str, tuple[str, ...]]

    def given(self, sex: str, rng: random.Random) -> str:
        return (self.female if sex == "F" else self.male).draw(rng)


@cache
def names() -> Names:
    """The pools, the same for every seed: a world's seed chooses from them."""
    female, male, family = (
        _pool(values) for values in (Provider.first_names_female, Provider.first_names_male, Provider.last_names)
    )
    faker = Faker("en_US")
    faker.seed_instance(1)
    streets = tuple(dict.fromkeys(faker.street_name() for _ in range(STREETS)))
    namer = NickNamer()
    pairs = {name: _nicknames(namer, name) for name in sorted({*female.values, *male.values})}
    return Names(female, male, family, streets, {name: nicks for name, nicks in pairs.items() if nicks})


def _pool(weighted: object) -> Pool:
    if not isinstance(weighted, Mapping):
        raise TypeError("Faker's name provider is expected to map names to weights")
    pairs = sorted((str(name), float(weight)) for name, weight in weighted.items())
    return Pool(tuple(name for name, _ in pairs), tuple(accumulate(weight for _, weight in pairs)))


def _nicknames(namer: NickNamer, name: str) -> tuple[str, ...]:
    nicks = {nick for nick in namer.nicknames_of(name.lower()) if nick.isalpha() and nick != name.lower()}
    return tuple(nick.capitalize() for nick in sorted(nicks))
