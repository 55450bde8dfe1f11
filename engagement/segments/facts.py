"""Reads the facts that segment rules need from a profile, and judges customers for the segment feed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import orjson

from domain.stored_stats import read_stats
from domain.windows import millis
from engagement.segments.moves import Followed, standing
from engagement.segments.rule_evaluator import Facts, VisitFact
from engagement.segments.rule_parser import parse
from graph.customers import Profile
from graph.segment_feed import VISITS
from graph.store.database import Row

FACTS = ("stats", "known", "tier", "spendMinor", "visits", "brands", "preferredChannel")
"""The columns of `profile/base` that `facts` reads."""


def judge(
    people: Sequence[tuple[Profile, Collection[str]]], segments: Sequence[Row], now: int, *, currency: str
) -> list[Row]:
    """Decides which followed segments customers are in: see `graph.segment_feed.Judge`."""
    followed = [
        Followed(row["id"], parse(orjson.loads(row["rule"]), currency=currency), row["sweptTo"], bool(row["silent"]))
        for row in segments
    ]
    standings = [
        standing(profile.base["number"], facts(profile), reported, followed, now=now, currency=currency)
        for profile, reported in people
    ]
    return [
        {
            "number": customer.number,
            "segments": list(customer.segments),
            "due": customer.due,
            "news": [[segment, move.value] for segment, move in customer.news],
        }
        for customer in standings
    ]


def facts(profile: Profile) -> Facts:
    """The facts that rules need, from a profile with its visits."""
    base = profile.base
    last = read_stats(base["stats"])["last"]
    return Facts(
        known=bool(base["known"]),
        tier=base["tier"],
        spend_minor=base["spendMinor"] or 0,
        visit_count=base["visits"] or 0,
        last_visit=millis(datetime.fromisoformat(last)) if last else None,
        brands=frozenset(base["brands"] or ()),
        preferred_channel=base["preferredChannel"],
        visits=tuple(VisitFact(*row) for row in profile.parts[VISITS]),
    )
