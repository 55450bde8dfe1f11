"""The group: brands with their menus and stores in cities, and the reference events that tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from world.calendar import Calendar
from world.cities import CITIES, City
from world.config import WorldConfig
from world.menus import KINDS, Kind
from world.numbers import dummies

SOURCE = "catalogue"


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    name: str
    category: str
    cents: int


@dataclass(frozen=True, slots=True)
class Store:
    id: str
    name: str
    brand: int
    city: int
    zone: str
    terminals: int


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand ready to be drawn from: `busy` (one per hour) and `seasons` (one per day) are cumulative weights."""

    id: str
    name: str
    kind: Kind
    products: tuple[Product, ...]
    popular: tuple[float, ...]
    hours: tuple[int, ...]
    busy: tuple[float, ...]
    seasons: tuple[float, ...]
    dummies: tuple[str, ...]
    frequency: float


@dataclass(frozen=True, slots=True)
class Group:
    """`at[city][brand]` are the stores of a brand in a city, never empty."""

    brands: tuple[Brand, ...]
    cities: tuple[City, ...]
    stores: tuple[Store, ...]
    at: tuple[tuple[tuple[Store, ...], ...], ...]
    calendar: Calendar

    def reference_events(self) -> Iterator[dict[str, Any]]:
        """Every store and product once, in order."""
        for store in self.stores:
            city, brand = self.cities[store.city], self.brands[store.brand]
            yield self._reference(
                "store",
                {
                    "id": store.id,
                    "name": store.name,
                    "brand": {"id": brand.id, "name": brand.name},
                    "city": city.name,
                    "country": "US",
                    "timezone": city.zone,
                },
            )
        for brand in self.brands:
            for product in brand.products:
                value = {"id": product.id, "name": product.name, "category": product.category}
                yield self._reference("product", value)

    def _reference(self, noun: str, value: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": f"{noun}.upserted",
            "version": 1,
            "messageId": f"{noun}-{value['id']}",
            "source": SOURCE,
            "at": f"{self.calendar.dates[1]}T00:00:00+00:00",
            noun: value,
        }


def make_group(config: WorldConfig) -> Group:
    """The group of a config: every city has a store of every brand."""
    cities = CITIES[: max(1, min(config.cities, config.stores // config.brands))]
    calendar = Calendar(config.start, config.days, sorted({city.zone for city in cities}))
    brands = tuple(_brand(n, cities, calendar) for n in range(config.brands))
    stores = tuple(_store(n, brands, cities) for n in range(config.stores))
    at = tuple(
        tuple(tuple(s for s in stores if (s.city, s.brand) == (c, b)) for b in range(len(brands)))
        for c in range(len(cities))
    )
    return Group(brands, cities, stores, at, calendar)


def _brand(number: int, cities: tuple[City, ...], calendar: Calendar) -> Brand:
    kind = KINDS[number % len(KINDS)]
    turn = number // len(KINDS)
    again, which = divmod(turn, len(kind.brands))
    name = kind.brands[which] + (f" {again + 1}" if again else "")
    slug = name.lower().replace(" and ", "-").replace(" ", "-")
    return Brand(
        id=slug,
        name=name,
        kind=kind,
        products=tuple(
            Product(f"{slug}-{n + 1:03d}", name, category, cents) for n, (category, name, cents) in enumerate(kind.menu)
        ),
        popular=tuple(accumulate(1 / (rank + 3) for rank in range(len(kind.menu)))),
        hours=tuple(kind.hours),
        busy=tuple(accumulate(kind.hours.values())),
        seasons=tuple(
            accumulate(
                kind.weekdays[day] * kind.months[month]
                for day, month in zip(calendar.weekdays, calendar.months, strict=True)
            )
        ),
        dummies=dummies(cities[number % len(cities)].areas[0], number),
        frequency=kind.frequency,
    )


def _store(number: int, brands: tuple[Brand, ...], cities: tuple[City, ...]) -> Store:
    brand = number % len(brands)
    turn = number // len(brands)
    city = turn % len(cities)
    name = f"{brands[brand].name} {cities[city].name} {turn // len(cities) + 1}"
    return Store(f"S{number + 1:04d}", name, brand, city, cities[city].zone, 1 + number % 4)
