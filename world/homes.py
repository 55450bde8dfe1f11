"""Homes: who lives together under one surname and address, and which contacts they share."""

from __future__ import annotations

import random
from itertools import accumulate

from world.cities import City
from world.config import WorldConfig
from world.name_lists import MAIL_DOMAINS, MAIL_SHARES, Names
from world.numbers import phone, scramble
from world.people import Address, Person

SIZES = (1, 2, 3, 4, 5)
SIZE_SHARES = tuple(accumulate((42, 30, 13, 10, 5)))

_PATTERNS = ("{g}.{s}{n}", "{i}{s}{n}", "{g}{n}", "{s}.{g}{n}", "{g}_{s}{n}")


class HomeMaker:
    """Draws whole homes; every draw comes from the neighbourhood's own generator, so homes need no memory."""

    def __init__(self, config: WorldConfig, cities: tuple[City, ...], names: Names) -> None:
        self._config = config
        self._cities = cities
        self._names = names
        self._mail_numbers = 10 ** max(3, len(str(config.people)))

    def home(self, rng: random.Random, first: int, size: int, city: int) -> list[Person]:
        """`size` people numbered from `first`. The first is the head; from the third on they are children."""
        c, names = self._config, self._names
        family = names.family.draw(rng)
        address = self.address(rng, city)
        ages = self._ages(rng, size)
        sexes = self._sexes(rng, size)
        births = [self._birth_date(rng, age) for age in ages]
        givens = self._givens(rng, sexes)
        families = [family] * size
        if size == 2 and rng.random() < 0.25:
            families[1] = names.family.draw(rng)
        suffixes = [""] * size
        tags: list[set[str]] = [{"family"} if size > 1 else set() for _ in range(size)]
        emails = [self._email(rng, first + n, givens[n], families[n], births[n]) for n in range(size)]
        phones = [self.phone(first + n, city) for n in range(size)]

        if size >= 3 and rng.random() < c.juniors:
            father = 0 if sexes[0] == "M" else 1
            givens[2], sexes[2] = givens[father], "M"
            suffixes[father], suffixes[2] = "Sr", "Jr"
            tags[father].add("senior")
            tags[2].add("junior")
            emails[2] = self._email(rng, first + 2, givens[2], families[2], births[2])
            if rng.random() < 0.5:
                phones[2] = phones[father]
            elif rng.random() < 0.5:
                emails[2] = emails[father]
        elif size >= 4 and rng.random() < c.twins:
            births[3], phones[3] = births[2], phones[2]
            tags[2].add("twin")
            tags[3].add("twin")
        if size >= 2 and rng.random() < c.couple_emails:
            emails[1] = emails[0]
            tags[0].add("couple_email")
            tags[1].add("couple_email")
        if size >= 2 and rng.random() < c.shared_phone_homes:
            phones = [phones[0]] * size
            for person_tags in tags:
                person_tags.add("shared_phone")
        devices = [f"{rng.getrandbits(64):016x}" for _ in range(size)]
        if size >= 2 and rng.random() < c.shared_device_homes:
            devices = [devices[0]] * size
            for person_tags in tags:
                person_tags.add("shared_device")
        return [
            Person(
                index=first + n,
                home=first,
                city=city,
                given=givens[n],
                family=families[n],
                suffix=suffixes[n],
                nickname=self._nickname(rng, givens[n]),
                sex=sexes[n],
                birth_date=births[n],
                emails=emails[n],
                phones=(phones[n],),
                phone_day=None,
                addresses=(address,),
                move_day=None,
                cards=(),
                card_day=None,
                device=devices[n],
                office=None,
                tags=tuple(sorted(tags[n])),
            )
            for n in range(size)
        ]

    def address(self, rng: random.Random, city: int) -> Address:
        place = self._cities[city]
        address = {"line1": f"{rng.randrange(1, 9_900)} {rng.choice(self._names.streets)}"}
        if rng.random() < 0.25:
            address["line2"] = f"Apt {rng.randrange(1, 60)}"
        postcode = f"{place.postcode}{rng.randrange(1, 80):02d}"
        return address | {"city": place.name, "region": place.region, "postcode": postcode, "country": "US"}

    def phone(self, index: int, city: int, turn: int = 0) -> str:
        """A person's own number; `turn` 1 is the one a change brings."""
        return phone(self._cities[city], 2 * index + turn, self._config.seed)

    def _email(self, rng: random.Random, index: int, given: str, family: str, birth: str) -> tuple[str, ...]:
        # The number keeps namesakes apart at the same provider, as providers do.
        number = scramble("email", index, self._mail_numbers, self._config.seed)
        given, family = given.lower(), family.lower()
        domains = [rng.choices(MAIL_DOMAINS, cum_weights=MAIL_SHARES)[0]]
        if rng.random() < self._config.second_emails:
            domains.append(rng.choice([domain for domain in MAIL_DOMAINS if domain != domains[0]]))
        return tuple(
            f"{rng.choice(_PATTERNS).format(g=given, s=family, i=given[0], n=number)}@{domain}" for domain in domains
        )

    def _nickname(self, rng: random.Random, given: str) -> str:
        nicks = self._names.nicknames.get(given)
        return rng.choice(nicks) if nicks and rng.random() < self._config.nicknames else ""

    def _ages(self, rng: random.Random, size: int) -> list[int]:
        head = rng.randrange(38, 62) if size > 2 else rng.randrange(20, 80)
        partner = [max(18, head + rng.randrange(-5, 6))] if size > 1 else []
        children = [rng.randrange(14, max(15, head - 20)) for _ in range(size - 2)]
        return [head, *partner, *children]

    def _sexes(self, rng: random.Random, size: int) -> list[str]:
        sexes = [rng.choice("FM") for _ in range(size)]
        if size > 2 or (size == 2 and rng.random() < 0.9):
            sexes[1] = "M" if sexes[0] == "F" else "F"
        return sexes

    def _givens(self, rng: random.Random, sexes: list[str]) -> list[str]:
        givens: list[str] = []
        for sex in sexes:
            given = self._names.given(sex, rng)
            while given in givens:
                given = self._names.given(sex, rng)
            givens.append(given)
        return givens

    def _birth_date(self, rng: random.Random, age: int) -> str:
        return f"{self._config.start.year - age}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
