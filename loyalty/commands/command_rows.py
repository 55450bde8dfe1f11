"""Commands about points as the queries of `cypher/points_commands` take them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from graph.store.database import Row
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.redemption import Redemption

NAMED: Row = dict.fromkeys(
    ("number", "record", "of", "identifier", "brand", "code", "reward", "since", "coupon", "soldSince", "givenSince")
)
_ASKED = ("key", "number", "record", "of", "identifier", "brand")
NO_REWARD: Row = {"props": {"reward": None}, "limits": []}
"""What a row of a command says in the release before this one, which knew no rewards."""


def asked_row(command: Command, now: datetime) -> Row:
    """For `points_commands/find` and `points_commands/guests`. The code of a coupon that is issued is looked up by
    nobody. What a guest gave is read from the begin of the day (UTC)."""
    code = None if command.wanted is None or command.kind is CommandKind.ISSUE else command.wanted.code
    terms = command.offline and command.offline.terms
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()
    return {name: getattr(command, name) for name in _ASKED} | {
        "code": code,
        "soldSince": terms and terms.since,
        "givenSince": day if command.kind is CommandKind.TRANSFER else None,
    }


def written_row(command: Command, redemption: Redemption, at: str) -> Row:
    """For `points_commands/write`. A reward and its limits are written with the command that began the redemption."""
    begins = redemption.reward if command.of is None else None
    return {
        "key": command.key,
        "record": redemption.record,
        "of": command.of,
        "kind": command.kind.value,
        "asked": command.asked,
        "actor": command.actor,
        "brand": command.brand,
        "until": redemption.until if command.kind is CommandKind.HOLD else None,
        "at": at,
        "props": _props(command, redemption),
        "limits": _limits(command, begins.takes if begins else {}),
    }


def _limits(command: Command, takes: Mapping[str, int]) -> list[list[Any]]:
    key = command.allowance and command.allowance.key
    allowed = [] if key is None else [[key, abs(command.points or 0)]]
    return sorted([*allowed, *map(list, takes.items())])


def _props(command: Command, redemption: Redemption) -> Row:
    if command.kind is CommandKind.PROPOSE:
        return {"points": command.points, "expires": command.expires, "reason": command.reason, "pending": True}
    if command.kind is CommandKind.ISSUE and command.wanted is not None:
        return {"coupon": command.wanted.coupon, "code": command.wanted.code, "sealed": command.sealed}
    if command.of is not None:
        return {}
    props = redemption.reward.props() if redemption.reward is not None else {}
    return props | (redemption.offline.props() if redemption.offline is not None else {})
