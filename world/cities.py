"""The cities of a world: time zone, area codes that are really theirs, and the first digits of their postcodes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    name: str
    region: str
    zone: str
    areas: tuple[str, str, str]
    postcode: str


CITIES = (
    City("New York", "NY", "America/New_York", ("212", "646", "718"), "100"),
    City("Chicago", "IL", "America/Chicago", ("312", "773", "872"), "606"),
    City("Denver", "CO", "America/Denver", ("303", "720", "970"), "802"),
    City("San Francisco", "CA", "America/Los_Angeles", ("415", "628", "650"), "941"),
    City("Phoenix", "AZ", "America/Phoenix", ("602", "480", "623"), "850"),
    City("Houston", "TX", "America/Chicago", ("713", "281", "832"), "770"),
    City("Boston", "MA", "America/New_York", ("617", "857", "781"), "021"),
    City("Seattle", "WA", "America/Los_Angeles", ("206", "425", "253"), "981"),
    City("Atlanta", "GA", "America/New_York", ("404", "678", "770"), "303"),
    City("Dallas", "TX", "America/Chicago", ("214", "469", "972"), "752"),
    City("Miami", "FL", "America/New_York", ("305", "786", "954"), "331"),
    City("Portland", "OR", "America/Los_Angeles", ("503", "971", "458"), "972"),
)
