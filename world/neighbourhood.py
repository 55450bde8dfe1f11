"""A neighbourhood: 64 people next to each other in one city, everything that relates people to each other.

Relations never reach further than the neighbourhood and the one before it, so a world of any size is walked in
constant memory: offices and homes lie inside, and a given-up phone number goes to a stranger in the next one.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from world.config import WorldConfig
from world.group import Group
from world.homes import SIZE_SHARES, SIZES, HomeMaker
from world.name_lists import names
from world.numbers import card
from world.people import Office, Person

SIZE = 64
_OFFICE_MAILBOXES = ("office", "orders", "frontdesk", "reception", "team")


def walk_people(config: WorldConfig, group: Group) -> Iterator[list[Person]]:
    """Every neighbourhood in order of index; two are held in memory."""
    maker = HomeMaker(config, group.cities, names())
    shares = _city_shares(group)
    given_up: list[tuple[str, int]] = []
    for number in range((config.people + SIZE - 1) // SIZE):
        rng = random.Random(f"{config.seed}:neighbourhood:{number}")
        city = bisect(shares, rng.random() * shares[-1])
        people = _homes(rng, maker, number * SIZE, min(SIZE, config.people - number * SIZE), city)
        people = [_changed(rng, maker, config, person) for person in people]
        # Only numbers that were their owner's alone are given up, so that a recycled one is recycled once.
        leaving = [(p.phones[0], p.phone_day) for p in people if p.phone_day is not None]
        people = _recycled(rng, config, people, given_up)
        people = _with_office(rng, maker, config, people, number)
        given_up = leaving
        yield people


def _city_shares(group: Group) -> tuple[float, ...]:
    return tuple(accumulate(sum(store.city == n for store in group.stores) for n in range(len(group.cities))))


def _homes(rng: random.Random, maker: HomeMaker, first: int, count: int, city: int) -> list[Person]:
    people: list[Person] = []
    while (left := count - len(people)) > 0:
        size = min(left, rng.choices(SIZES, cum_weights=SIZE_SHARES)[0])
        people += maker.home(rng, first + len(people), size, city)
    return people


def _changed(rng: random.Random, maker: HomeMaker, config: WorldConfig, person: Person) -> Person:
    """The person with what happens to them: a move, another phone number, cards."""
    tags = set(person.tags)
    own_phone = maker.phone(person.index, person.city) == person.phones[0] and not tags & {"shared_phone", "twin"}
    if rng.random() < config.moves:
        person = replace(
            person,
            addresses=(person.addresses[0], maker.address(rng, person.city)),
            move_day=rng.randrange(config.days),
        )
        tags.add("moved")
    if own_phone and "senior" not in tags and rng.random() < config.phone_changes:
        new = maker.phone(person.index, person.city, 1)
        person = replace(person, phones=(person.phones[0], new), phone_day=rng.randrange(config.days))
        tags.add("new_phone")
    if rng.random() < config.loyalty_members:
        first, second = (card(2 * person.index + turn, config.seed) for turn in range(2))
        person = replace(person, cards=(first,))
        luck = rng.random()
        if luck < config.cards_lost:
            person = replace(person, cards=(first, second), card_day=rng.randrange(config.days))
            tags.add("lost_card")
        elif luck < config.cards_lost + config.several_cards:
            person = replace(person, cards=(first, second))
            tags.add("several_cards")
        tags.add("member")
    return replace(person, tags=tuple(sorted(tags)))


def _recycled(
    rng: random.Random, config: WorldConfig, people: list[Person], given_up: list[tuple[str, int]]
) -> list[Person]:
    people = list(people)
    free = [n for n, p in enumerate(people) if p.phone_day is None and not {"shared_phone", "twin"} & set(p.tags)]
    rng.shuffle(free)
    for number, day in given_up:
        later = day + rng.randrange(45, 120)
        if rng.random() < config.recycled_phones and later < config.days and free:
            n = free.pop()
            stranger = people[n]
            people[n] = replace(
                stranger,
                phones=(stranger.phones[0], number),
                phone_day=later,
                tags=tuple(sorted({*stranger.tags, "recycled_phone"})),
            )
    return people


def _with_office(
    rng: random.Random, maker: HomeMaker, config: WorldConfig, people: list[Person], number: int
) -> list[Person]:
    adults = [p for p in people if int(p.birth_date[:4]) <= config.start.year - 20]
    if rng.random() >= config.offices or len(adults) < 10:
        return people
    staff = {p.index for p in rng.sample(adults, min(len(adults), rng.randrange(10, 41)))}
    name = people[0].family.lower()
    office = Office(f"{rng.choice(_OFFICE_MAILBOXES)}@{name}{number}partners.com", maker.address(rng, people[0].city))
    return [
        replace(p, office=office, tags=tuple(sorted({*p.tags, "office"}))) if p.index in staff else p for p in people
    ]
