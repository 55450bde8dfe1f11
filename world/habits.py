"""When and where a person comes: a gamma-Poisson count of visits, tastes, habits, seasons and dropout."""

from __future__ import annotations

import math
import random
from bisect import bisect
from itertools import accumulate
from typing import NamedTuple

from world.config import WorldConfig
from world.group import Brand, Group, Store
from world.people import Person


class Visit(NamedTuple):
    """One intended purchase. `second` is local time of day; `via` is till, web or app."""

    day: int
    second: int
    brand: int
    store: Store
    via: str


class Habit(NamedTuple):
    """What a person usually does at one brand."""

    weekday: int
    hour: int
    store: Store


def visits(person: Person, rng: random.Random, config: WorldConfig, group: Group) -> list[Visit]:
    """The person's visits in order of time, none outside the calendar."""
    days = config.days
    first = rng.randrange(days) if rng.random() < config.newcomers else 0
    last = days
    if config.dropout_per_year:
        last = min(days, first + math.ceil(rng.expovariate(config.dropout_per_year / 365)))
    yearly = rng.gammavariate(config.visit_shape, config.visits_per_year / config.visit_shape)
    count = poisson(rng, yearly * (last - first) / 365)
    if not count:
        return []
    tastes = list(
        accumulate(brand.frequency * rng.gammavariate(config.taste_shape, 1) + 1e-9 for brand in group.brands)
    )
    # From that day on every brand has the place in the person's heart that its neighbour had.
    drift = rng.randrange(days) if rng.random() < config.taste_drift else days
    digital = rng.random() * 2
    habits: dict[int, Habit] = {}
    planned: list[Visit] = []
    for _ in range(count):
        number = bisect(tastes, rng.random() * tastes[-1])
        day = _day(rng, group.brands[number], first, last)
        if day >= drift:
            number = (number + 1) % len(tastes)
        brand = group.brands[number]
        habit = habits.get(number)
        if habit is None:
            habit = habits[number] = _habit(rng, person, group, number)
        if rng.random() < config.weekday_habit:
            day = max(first, day - (group.calendar.weekdays[day] - habit.weekday) % 7)
        hour = habit.hour if rng.random() < config.hour_habit else _hour(rng, brand)
        planned.append(
            Visit(
                day,
                hour * 3600 + rng.randrange(3600),
                number,
                _store(rng, person, config, group, number, habit),
                _via(rng, brand, digital),
            )
        )
    planned.sort(key=lambda visit: (visit.day, visit.second))
    return planned


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson draw: by Knuth's product below 30, by the normal approximation above."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def _day(rng: random.Random, brand: Brand, first: int, last: int) -> int:
    """A day from `first` to before `last`, by the brand's weekdays and months."""
    low = brand.seasons[first - 1] if first else 0.0
    high = brand.seasons[last - 1]
    return min(last - 1, bisect(brand.seasons, low + rng.random() * (high - low)))


def _hour(rng: random.Random, brand: Brand) -> int:
    return brand.hours[bisect(brand.busy, rng.random() * brand.busy[-1])]


def _habit(rng: random.Random, person: Person, group: Group, number: int) -> Habit:
    brand = group.brands[number]
    weekday = rng.choices(range(7), brand.kind.weekdays)[0]
    return Habit(weekday, _hour(rng, brand), rng.choice(group.at[person.city][number]))


def _store(rng: random.Random, person: Person, config: WorldConfig, group: Group, number: int, habit: Habit) -> Store:
    if rng.random() < config.favourite_store:
        return habit.store
    city = rng.randrange(len(group.cities)) if rng.random() < config.travel else person.city
    return rng.choice(group.at[city][number])


def _via(rng: random.Random, brand: Brand, digital: float) -> str:
    if rng.random() >= min(0.95, brand.kind.online * digital):
        return "till"
    return "app" if rng.random() < brand.kind.app else "web"
