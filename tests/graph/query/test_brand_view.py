"""The store itself gives no row of another brand."""

from __future__ import annotations

import pytest

from graph.customers import Customers, Finder, ProfilePart
from graph.query.brand_view import BrandView
from resolvers.access.caller import GROUP_READ, PII_READ, PROFILE_FIND, PROFILE_READ, Caller
from tests.kit.story import PHONE, Story

pytestmark = pytest.mark.neo4j


SCOPES = frozenset((GROUP_READ, PROFILE_READ, PROFILE_FIND, PII_READ))


def brand(*brands: str, sources: tuple[str, ...] = ()) -> Caller:
    return Caller("brand", SCOPES, brands=frozenset(brands), sources=frozenset(sources))


async def test_the_store_gives_no_row_of_another_brand(story: Story) -> None:
    """The limit stands in the query, not only in what is made of its rows."""
    view = BrandView(("burger",), (), None, shared=True)
    names = ("records", "entries", "moves", "visits", "brands")
    page = {"at": None, "key": None, "size": 50, "descending": True}
    parts = [ProfilePart.of(name, **(page if name == "entries" else {})) for name in names]
    number = await story.number(phone=PHONE)
    [profile] = await Customers(story.database, view).find(Finder.named("by_number", number=number), parts)
    # wholeStats: points of this brand may have been used as a record that it does not see. Only its lots are shown.
    assert sorted(profile.base) == ["consents", "number", "shownBrands", "whole", "wholeStats"]
    rows = {part.name: value for part, value in profile.parts.items()}
    assert {row["source"] for row in rows["records"]} == {"till"}
    assert {row["brand"][0] for row in rows["entries"]} == {"burger"}
    assert {brand for brand, _ in rows["moves"]} == {row[1] for row in rows["visits"]} == {"burger"}
    assert rows["brands"] == [["burger", "Burger Yard"]]
