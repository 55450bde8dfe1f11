"""Tables that are not of people: restaurants, products and publications, made up, resolved without labels."""

# ruff: noqa: SIM905

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from matching.evaluate import pairwise
from matching.tables import resolve_table
from matching.tables.proposal import propose

Rows = list[dict[str, str]]


def slip(rng: random.Random, text: str) -> str:
    """The text with a letter lost or doubled."""
    at = rng.randrange(len(text))
    return (
        text[:at] + text[at + rng.choice((0, 1)) :][0 : len(text)] if rng.random() < 0.5 else text[:at] + text[at + 1 :]
    )


def restaurants(rng: random.Random) -> Rows:
    """A fifth is told twice; some share a house with another one."""
    first = [
        "golden",
        "red",
        "blue",
        "little",
        "old",
        "royal",
        "lucky",
        "happy",
        "green",
        "silver",
        "grand",
        "corner",
        "river",
        "ocean",
        "sunset",
    ]
    last = [
        "dragon",
        "palace",
        "garden",
        "kitchen",
        "bistro",
        "grill",
        "diner",
        "house",
        "tavern",
        "pearl",
        "lotus",
        "star",
        "table",
        "oven",
        "lantern",
    ]
    streets = "main oak elm park lake hill mill church river market".split()
    rows: Rows = []
    for n in range(400):
        city = rng.choice(("new york", "los angeles", "atlanta"))
        row = {
            "name": f"{rng.choice(first)} {rng.choice(last)}",
            "addr": f"{rng.randint(1, 2000)} {rng.choice(streets)} street",
            "city": city,
            "phone": f"{rng.randint(200, 999)}/{rng.randint(200, 999)}-{rng.randint(1000, 9999)}",
            "type": rng.choice(("italian", "french", "seafood", "delis", "american")),
            "label": str(n),
        }
        rows.append(row)
        if rng.random() < 0.2:
            other = dict(row, phone=row["phone"].replace("/", "-"), type=rng.choice(("italian", "french", "diner")))
            other["name"] = rng.choice((row["name"], slip(rng, row["name"]), f"the {row['name']} restaurant"))
            other["addr"] = row["addr"].replace("street", "st.") + rng.choice(("", " at 5th"))
            rows.append(other)
        elif rng.random() < 0.1:
            rows.append(
                rows[-1] | {"name": f"{rng.choice(first)} {rng.choice(last)}", "phone": f"{n:010}", "label": f"{n}b"}
            )
    return rows


def products(rng: random.Random) -> Rows:
    """Two shops tell of one model in their own words; other models differ in little but their number."""
    brands = ["sony", "canon", "bose", "lg", "nikon", "garmin", "netgear", "linksys"]
    sorts = ("digital camera", "lcd tv", "speaker system", "router", "headphones", "microwave oven")
    rows: Rows = []
    for n in range(350):
        brand, sort = rng.choice(brands), rng.choice(sorts)
        model = "".join(rng.choices("ABCDEFGHKLMNP", k=3)) + str(rng.randint(100, 9999))
        price = rng.uniform(20, 2000)
        rows.append({"name": f"{brand} {sort} - {model}", "maker": brand, "price": f"${price:.2f}", "label": str(n)})
        if rng.random() < 0.6:
            name = rng.choice((f"{model} {brand.title()} {sort}", f"{brand.upper()} {sort} {model} black"))
            rows.append({"name": name, "maker": "", "price": f"{price * rng.uniform(0.9, 1.1):.2f}", "label": str(n)})
    return rows


def publications(rng: random.Random) -> Rows:
    """Two libraries with their own habits: initials, names of venues, slips in titles."""
    words = [
        "query",
        "join",
        "index",
        "stream",
        "graph",
        "mining",
        "privacy",
        "schema",
        "cache",
        "storage",
        "temporal",
        "sampling",
        "sensor",
        "adaptive",
    ]
    names = "Ann Bob Carl Dora Emil Fay Gus Hal Ida Jon Kim Lou".split()
    families = [
        "Adler",
        "Brandt",
        "Corso",
        "Dietz",
        "Ebner",
        "Falk",
        "Gruber",
        "Hauser",
        "Ivanov",
        "Jensen",
        "Keller",
        "Lang",
    ]
    rows: Rows = []
    for n in range(350):
        title = " ".join(rng.sample(words, 5))
        authors = [(rng.choice(names), rng.choice(families)) for _ in range(rng.randint(1, 3))]
        year = str(rng.randint(1994, 2003))
        told = ", ".join(" ".join(author) for author in authors)
        rows.append({"title": title, "authors": told, "venue": "vldb", "year": year, "label": str(n)})
        if rng.random() < 0.6:
            told = ", ".join(f"{given[0]}. {family}" for given, family in authors)
            other = {"title": slip(rng, title).title(), "authors": told, "venue": "very large data bases", "year": year}
            rows.append(other | {"label": str(n)})
    return rows


def schools(rng: random.Random) -> Rows:
    """Three share a city, whose name some of them bear; one in ten is listed twice."""

    def word(syllables: int) -> str:
        return "".join(rng.choices("ka lo mi ve ra tu sen dor bel fan gis hol".split(), k=syllables))

    cities = [word(3) for _ in range(300)]
    rows: Rows = []
    for n in range(900):
        at = rng.randrange(len(cities))
        kind = rng.choice(("university", "college", "academy", "institute"))
        name = f"{cities[at]} {word(2)} {kind}" if rng.random() < 0.2 else f"{word(2)} {kind} of {word(2)}"
        row = {"organisation": name, "city": cities[at], "country": f"c{at % 9}", "label": str(n)}
        rows.append(row)
        if n % 10 == 0:
            rows.append(row | {"organisation": slip(rng, name).upper(), "city": cities[at].upper()})
    return rows


@pytest.mark.parametrize("made", [restaurants, products, publications])
@pytest.mark.parametrize("seed", [1, 2])
def test_another_table_is_resolved_as_well(made: Callable[[random.Random], Rows], seed: int) -> None:
    assert f1_of(made, seed) >= 0.95


def test_a_common_city_makes_no_common_school() -> None:
    assert f1_of(schools, 1) >= 0.9


def f1_of(made: Callable[[random.Random], Rows], seed: int) -> float:
    rng = random.Random(seed)
    rows = made(rng)
    rng.shuffle(rows)
    truth = {str(n): row.pop("label") for n, row in enumerate(rows)}
    table = {name: [row[name] for row in rows] for name in rows[0]}
    found = resolve_table(table, propose(table)).labels()
    return pairwise({str(n): label for n, label in enumerate(found)}, truth).f1
