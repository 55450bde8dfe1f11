"""The working copy of a transaction: orders and refunds merge into it in any order, with one outcome.

The order's values are a last-writer-wins register whose clock puts `order.completed` above `order.placed`, then a
higher revision above a lower one, then the later time. Where these are equal, a ticket was corrected and sent again:
the later receipt holds. Refunds are a set by refund id, so a refund may come first. What the order is worth to its
source record is a `Contribution`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from domain.money import to_minor
from domain.stats import Contribution
from identity.claims import Claims
from loyalty.ledger import Accrual, EntryCause, PointsEntry, entries_between

# points(brand, currency, net amount in minor units) of the group's programme
Points = Callable[[str, str, int], int]


@dataclass(slots=True)
class TransactionState:
    """One transaction as the store has it, then as it will be."""

    key: str
    state: dict[str, Any]
    owner: str | None
    refunds: dict[str, list[Any]]
    store: str | None = None
    lines: list[dict[str, Any]] | None = None
    first_order: bool = True
    ledger: list[PointsEntry] = field(default_factory=list[PointsEntry])
    stored_owner: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> TransactionState:
        """The state of a row of `claim_transactions`."""
        state = dict(row["state"])
        return cls(
            key=row["key"],
            state=state,
            owner=row["owner"],
            refunds=orjson.loads(state.get("refunds", "{}")),
            first_order="clock" not in state,
            stored_owner=row["owner"],
        )

    def contribution(self) -> Contribution | None:
        """What it adds to its owner's stats: nothing until it is completed and belongs to somebody."""
        state = self.state
        if self.owner is None or not state.get("completed"):
            return None
        net = state["totalMinor"] - self.refunded_minor
        at = f"{datetime.fromisoformat(state['at']).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        return Contribution(state["brand"], state["channel"], state["currency"], net, state.get("points", 0), at)

    def accrual(self) -> Accrual | None:
        """Its points and the record that they are booked on: nothing until it is completed and belongs to somebody."""
        worth = self.contribution()
        return None if worth is None or self.owner is None else Accrual(self.owner, worth.brand, worth.points)

    @property
    def refunded_minor(self) -> int:
        """Refunds in the order's currency, never more than its total. One in another currency is held."""
        currency = self.state.get("currency")
        total = sum(minor for minor, its_currency, _ in self.refunds.values() if its_currency == currency)
        return min(total, self.state.get("totalMinor", 0))

    @property
    def held(self) -> bool:
        """Whether a refund is held, because it is in another currency than the order."""
        currency = self.state.get("currency")
        return currency is not None and any(its_currency != currency for _, its_currency, _ in self.refunds.values())

    def merge(self, claims: Claims, refund_key: str | None, points: Points) -> None:
        """Takes an order's or refund's claims in, and books the difference in points."""
        before = self.accrual()
        if claims.order is not None:
            self._order(claims)
        if claims.refund is not None and refund_key is not None:
            refund = claims.refund
            known = self.refunds.get(refund_key)
            if known is None or _time(known[2]) <= _time(claims.clock):
                self.refunds[refund_key] = [to_minor(refund.amount, refund.currency), refund.currency, claims.clock]
        self._settle(points)
        cause = EntryCause(claims.event, claims.type, claims.at.isoformat(), claims.refund is not None)
        self.ledger += entries_between(self.key, before, self.accrual(), cause)

    def _order(self, claims: Claims) -> None:
        order, state = claims.order, self.state
        if order is None:
            return
        completed = claims.type == "order.completed"
        rank = f"{int(completed)}.{order.revision}" if order.revision else str(int(completed))
        # Whatever is dated holds against a clock that runs ahead.
        clock = f"{rank}||{claims.event}" if claims.misdated else f"{rank}|{claims.clock}"
        if claims.subjects and _rank(state.get("recordClock")) <= _rank(clock):
            self.owner, state["recordClock"] = claims.subjects[0].record, clock
        if _rank(state.get("clock")) > _rank(clock):
            return
        state |= {
            "clock": clock,
            "orderId": order.id,
            "source": claims.source,
            "completed": completed,
            "at": claims.at.isoformat(),
            "channel": order.channel.value,
            "brand": claims.brand,
            "terminal": order.terminal,
            "currency": order.currency,
            "totalMinor": to_minor(order.total, order.currency),
        }
        self.store = order.store
        self.lines = [
            {
                "key": self.key,
                "position": position,
                "product": line.product,
                "name": line.name,
                "clock": "" if claims.misdated else claims.clock,
                "quantity": format(line.quantity.normalize(), "f"),
                "amountMinor": to_minor(line.amount, order.currency),
            }
            for position, line in enumerate(order.lines, 1)
        ]

    def _settle(self, points: Points) -> None:
        state = self.state
        refunded = self.refunded_minor
        completed = bool(state.get("completed"))
        state["refundedMinor"] = refunded
        state["refunds"] = orjson.dumps(self.refunds, option=orjson.OPT_SORT_KEYS).decode()
        if "clock" in state:
            whole = refunded > 0 and refunded >= state["totalMinor"]
            state["status"] = "refunded" if completed and whole else "completed" if completed else "placed"
        state["points"] = 0
        if completed and self.owner is not None:
            state["points"] = points(state["brand"], state["currency"], state["totalMinor"] - refunded)

    def row(self) -> dict[str, Any]:
        """The row that `write_transactions` takes; the store is named only where the order was told anew."""
        props = {name: value for name, value in self.state.items() if name != "at"}
        return {
            "key": self.key,
            "at": self.state.get("at"),
            "props": props,
            "store": self.store,
        }


def _rank(clock: str | None) -> tuple[int, int, str]:
    """Completed or not, revision and time of a clock, which reads "1.3|time|event", or "1|time|event" without a
    revision."""
    if clock is None:
        return -1, 0, ""
    rank, time, _ = clock.split("|", 2)
    completed, _, revision = rank.partition(".")
    return int(completed), int(revision or 0), time


def _time(clock: str) -> str:
    return clock.partition("|")[0]
