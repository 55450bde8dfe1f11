"""What segment rules ask of a customer, read from the profile; how a customer stands to followed segments."""

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
"""The columns of `profile/base` that `facts` takes."""


def judge(
    people: Sequence[tuple[Profile, Collection[str]]], segments: Sequence[Row], now: int, *, currency: str
) -> list[Row]:
    """How customers stand to followed segments: see `graph.segment_feed.Judge`."""
    followed = [
        Followed(row["id"], parse(orjson.loads(row["rule"]), currency=currency), row["sweptTo"], bool(row["silent"]))
        for row in segments
    ]
    found = [
        standing(profile.base["number"], facts(profile), told, followed, now=now, currency=currency)
        for profile, told in people
    ]
    return [
        {
            "number": one.number,
            "segments": list(one.segments),
            "due": one.due,
            "news": [[s, m.value] for s, m in one.news],
        }
        for one in found
    ]


def facts(profile: Profile) -> Facts:
    """What rules ask of a customer, from a profile with its visits."""
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
