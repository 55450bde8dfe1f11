"""The working copy of a transaction: orders and refunds merge into it in any order, with one outcome.

The order's values are a last-writer-wins register whose clock puts `order.completed` above `order.placed`; refunds are
a set by refund id, so a refund may come first. A cancellation holds against every event of the order that is older.
What the order is worth to its source record is a `Contribution`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
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

    @property
    def sold(self) -> bool:
        """Whether the order was completed, and not cancelled after that."""
        return bool(self.state.get("completed")) and not self.cancelled

    @property
    def cancelled(self) -> bool:
        """Whether a cancellation is newer than the event that the order's values are from."""
        _, _, told = self.state.get("clock", "").partition("|")
        return bool(told) and self.state.get("cancelledClock", "") > told

    def contribution(self) -> Contribution | None:
        """What it adds to its owner's stats: nothing until it is completed and belongs to somebody."""
        state = self.state
        if self.owner is None or not self.sold:
            return None
        net = state["totalMinor"] - self.refunded_minor
        return Contribution(state["brand"], state["channel"], state["currency"], net, state.get("points", 0))

    def accrual(self) -> Accrual | None:
        """Its points and the record that they are booked on: nothing until it is completed and belongs to somebody."""
        worth = self.contribution()
        return None if worth is None or self.owner is None else Accrual(self.owner, worth.brand, worth.points)

    @property
    def refunded_minor(self) -> int:
        """Refunds in the order's currency, never more than its total. Another currency cannot be set off."""
        currency = self.state.get("currency")
        total = sum(minor for minor, its_currency, _ in self.refunds.values() if its_currency == currency)
        return min(total, self.state.get("totalMinor", 0))

    def merge(self, claims: Claims, refund_key: str | None, points: Points) -> None:
        """Takes an order's or refund's claims in, and books the difference in points."""
        before = self.accrual()
        if claims.order is not None:
            self._order(claims)
        if claims.type == "order.cancelled":
            self.state["cancelledClock"] = max(self.state.get("cancelledClock", ""), claims.clock)
        if claims.refund is not None and refund_key is not None:
            refund = claims.refund
            known = self.refunds.get(refund_key)
            if known is None or known[2] < claims.clock:
                self.refunds[refund_key] = [to_minor(refund.amount, refund.currency), refund.currency, claims.clock]
        self._settle(points)
        cause = EntryCause(claims.event, claims.type, claims.at.isoformat(), claims.refund is not None)
        self.ledger += entries_between(self.key, before, self.accrual(), cause)

    def _order(self, claims: Claims) -> None:
        order, state = claims.order, self.state
        if order is None:
            return
        completed = claims.type == "order.completed"
        clock = f"{int(completed)}|{claims.clock}"
        if claims.subjects and state.get("recordClock", "") < clock:
            self.owner, state["recordClock"] = claims.subjects[0].record, clock
        if state.get("clock", "") >= clock:
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
            "taxMinor": _minor(order.tax, order.currency),
            "tipMinor": _minor(order.tip, order.currency),
            "serviceChargeMinor": _minor(order.service_charge, order.currency),
            "discountMinor": _minor(order.discount, order.currency),
            "payment": order.payment and order.payment.value,
            "covers": order.covers,
            "table": order.table,
        }
        self.store = order.store
        self.lines = [
            {
                "key": self.key,
                "position": position,
                "product": line.product,
                "name": line.name,
                "quantity": format(line.quantity.normalize(), "f"),
                "amountMinor": to_minor(line.amount, order.currency),
            }
            for position, line in enumerate(order.lines, 1)
        ]

    def _settle(self, points: Points) -> None:
        state = self.state
        refunded = self.refunded_minor
        state["refundedMinor"] = refunded
        state["refunds"] = orjson.dumps(self.refunds, option=orjson.OPT_SORT_KEYS).decode()
        if "clock" in state:
            whole = refunded > 0 and refunded >= state["totalMinor"]
            sold = "refunded" if whole else "completed"
            state["status"] = "cancelled" if self.cancelled else sold if self.sold else "placed"
        state["points"] = 0
        if self.sold and self.owner is not None:
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


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else to_minor(amount, currency)
