"""The working copy of a transaction: orders and refunds merge into it in any order, with one outcome.

The order's values are a last-writer-wins register whose clock puts `order.completed` above `order.placed`, then a
higher revision above a lower one, then the later time. Where these are equal, a ticket was corrected and sent again:
the later receipt holds. A cancellation holds against every event of the order that is older. Refunds are a set by
refund id, so a refund may come first. What the order is worth to its source record is a `Contribution`.

A sender whose rights end at some brands or stores is believed about their orders only. Where an order is known to be
another's, what it says of that order is left aside. Its refunds and cancellations are kept apart, by its rights, and
count if the order, which may come later, is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from domain.money import to_minor
from domain.stats import Contribution
from identity.claims import Claims
from identity.sender_rights import SenderRights
from loyalty.ledger.ledger import Accrual, EntryCause, PointsEntry, entries_between
from loyalty.programme.programme_history import ProgrammeHistory


@dataclass(slots=True)
class TransactionState:
    """One transaction as the store has it, then as it will be. `place` is its store, `store` only where that is new;
    `limited_refunds` and `limited_cancellations` are those of limited senders, by the rights of the sender."""

    key: str
    state: dict[str, Any]
    owner: str | None
    refunds: dict[str, list[Any]]
    limited_refunds: dict[str, dict[str, list[Any]]] = field(default_factory=dict[str, dict[str, list[Any]]])
    limited_cancellations: dict[str, str] = field(default_factory=dict[str, str])
    place: str | None = None
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
            limited_refunds=orjson.loads(state.get("limitedRefunds", "{}")),
            limited_cancellations=orjson.loads(state.get("limitedCancellations", "{}")),
            place=row.get("store"),
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
        _, _, event = self.state.get("clock", "").partition("|")
        believed = (
            clock
            for reach, clock in self.limited_cancellations.items()
            if _reaches(reach, self.state.get("brand", ""), self.place)
        )
        return bool(event) and max((self.state.get("cancelledClock", ""), *believed)) > event

    def contribution(self) -> Contribution | None:
        """What it adds to its owner's stats: nothing until it is completed and belongs to somebody."""
        state = self.state
        if self.owner is None or not self.sold:
            return None
        net = state["totalMinor"] - self.refunded_minor
        at = datetime.fromisoformat(state["at"]).astimezone(UTC).isoformat(timespec="microseconds")
        return Contribution(
            state["brand"],
            state["channel"],
            state["currency"],
            net,
            state.get("points", 0),
            f"{at.removesuffix('+00:00')}Z",
            state.get("expires") or "",
        )

    def accrual(self) -> Accrual | None:
        """Its points and the record that they are booked on: nothing until it is completed and belongs to somebody."""
        if self.owner is None or not self.sold:
            return None
        state = self.state
        return Accrual(self.owner, state["brand"], state.get("points", 0), state.get("expires") or "")

    @property
    def refunded_minor(self) -> int:
        """Refunds in the order's currency, never more than its total. One in another currency is held; one without an
        amount is the whole total's, whatever its currency."""
        currency, total, refunds = self.state.get("currency"), self.state.get("totalMinor", 0), list(self._refunds())
        if any(minor is None for minor, _, _ in refunds):
            return total
        return min(total, sum(minor for minor, its_currency, _ in refunds if its_currency == currency))

    @property
    def held(self) -> bool:
        """Whether a refund is held, because it is in another currency than the order."""
        currency = self.state.get("currency")
        return currency is not None and any(
            minor is not None and its_currency != currency for minor, its_currency, _ in self._refunds()
        )

    def _refunds(self) -> Iterable[list[Any]]:
        """The newest of each refund, by a sender who is believed about this order."""
        found = dict(self.refunds)
        for key, by_reach in self.limited_refunds.items():
            for reach, refund in by_reach.items():
                if _reaches(reach, self.state.get("brand", ""), self.place):
                    found[key] = max(refund, found.get(key, refund), key=lambda one: one[2])
        return found.values()

    def merge(self, claims: Claims, refund_key: str | None, programmes: ProgrammeHistory) -> None:
        """Takes an order's or refund's claims in, and books the difference in points."""
        before = self.accrual()
        if claims.order is not None:
            self._order(claims, programmes)
        if claims.type == "order.cancelled":
            self._cancel(claims)
        if claims.refund is not None and refund_key is not None:
            refund = claims.refund
            kept, name = self.refunds, refund_key
            if (reach := _reach_of(claims.rights)) is not None:
                kept, name = self.limited_refunds.setdefault(refund_key, {}), reach
            if name not in kept or _time(kept[name][2]) <= _time(claims.clock):
                minor = None if refund.amount is None else to_minor(refund.amount, refund.currency)
                kept[name] = [minor, refund.currency, claims.clock]
        self._settle(programmes)
        cause = EntryCause(claims.event, claims.type, claims.at.isoformat(), claims.refund is not None)
        self.ledger += entries_between(self.key, before, self.accrual(), cause)

    def _cancel(self, claims: Claims) -> None:
        if (reach := _reach_of(claims.rights)) is None:
            self.state["cancelledClock"] = max(self.state.get("cancelledClock", ""), claims.clock)
        else:
            clocks = self.limited_cancellations
            clocks[reach] = max(clocks.get(reach, ""), claims.clock)

    def _order(self, claims: Claims, programmes: ProgrammeHistory) -> None:
        order, state = claims.order, self.state
        if order is None or ("brand" in state and not claims.rights.reach(state["brand"], self.place)):
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
            "taxMinor": _minor(order.tax, order.currency),
            "tipMinor": _minor(order.tip, order.currency),
            "serviceChargeMinor": _minor(order.service_charge, order.currency),
            "discountMinor": _minor(order.discount, order.currency),
            "payment": order.payment and order.payment.value,
            "covers": order.covers,
            "table": order.table,
        }
        self.store = self.place = order.store
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
        # Kept, as a refund that comes later does not say again what was in the order.
        amounts = ((line["product"], line["amountMinor"]) for line in self.lines)
        state["earningMinor"] = programmes.at(claims.at).programme.earning(state, amounts)

    def _settle(self, programmes: ProgrammeHistory) -> None:
        state = self.state
        refunded = self.refunded_minor
        state["refundedMinor"] = refunded
        state["refunds"] = orjson.dumps(self.refunds, option=orjson.OPT_SORT_KEYS).decode()
        if self.limited_refunds:
            state["limitedRefunds"] = orjson.dumps(self.limited_refunds, option=orjson.OPT_SORT_KEYS).decode()
        if self.limited_cancellations:
            limited = orjson.dumps(self.limited_cancellations, option=orjson.OPT_SORT_KEYS).decode()
            state["limitedCancellations"] = limited
        if "clock" in state:
            whole = refunded > 0 and refunded >= state["totalMinor"]
            sold = "refunded" if whole else "completed"
            state["status"] = "cancelled" if self.cancelled else sold if self.sold else "placed"
        state["points"], state["expires"] = 0, None
        if self.sold and self.owner is not None:
            at = datetime.fromisoformat(state["at"])
            programme = programmes.at(at).programme
            state["points"] = programme.own_points(state, state.get("earningMinor"))
            state["expires"] = programme.last_day(at) or None

    def row(self) -> dict[str, Any]:
        """The row that `write_transactions` takes; the store is named only where the order is said anew."""
        props = {name: value for name, value in self.state.items() if name not in ("at", "expires")}
        return {
            "key": self.key,
            "at": self.state.get("at"),
            "expires": self.state.get("expires"),
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


def _reach_of(rights: SenderRights) -> str | None:
    """The brands and stores that a sender is believed about, as text; None: all."""
    if rights.brands is None and rights.stores is None:
        return None
    return orjson.dumps(
        [limit if limit is None else sorted(limit) for limit in (rights.brands, rights.stores)]
    ).decode()


def _reaches(reach: str, brand: str, store: str | None) -> bool:
    brands, stores = (limit if limit is None else frozenset(limit) for limit in orjson.loads(reach))
    return SenderRights(brands, stores).reach(brand, store)


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else to_minor(amount, currency)
