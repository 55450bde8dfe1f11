"""Folds what events said into their final states: all claims of an order, all claims of a source record.

The states are those of live intake, merged by the same functions; as these do not depend on order, neither does this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from domain.events import Order, Refund
from domain.stats import Contribution
from identity.blocking_tokens import keyed_tokens
from identity.claims import Claims, IdentifierClaim, SubjectClaim
from identity.record_state import RecordState
from ingest.bulk.comparing import sealed_profile
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable, table
from ingest.bulk.tables import Rows, Writer
from ingest.order_state import TransactionState
from matching.policy import Policies, Strength

_PERSONAL = (Strength.STRONG, Strength.MEDIUM)


def fold_orders(parts: BulkParts, sold: SpillTable, writer: Writer) -> dict[str, SpillTable]:
    """Writes whole orders of `sold` (sorted by transaction), and gives what each is worth to its source record."""
    rows: Rows = {name: [] for name in ("Transaction", "LedgerEntry", *_LEDGER, "MADE", "AT", "CONTAINS")}
    worth: list[dict[str, Any]] = []
    places: dict[tuple[str, str], dict[str, Any]] = {}
    products: dict[str, dict[str, Any]] = {}
    for key, claims in groupby(sold.to_pylist(), itemgetter("transaction")):
        state = _order(key, claims, parts)
        made = state.row()
        rows["Transaction"].append(
            {"key": key, "status": "unknown", "at": made["at"], "expires": made["expires"]} | made["props"]
        )
        for entry in state.ledger:
            rows["LedgerEntry"].append({name: value for name, value in entry.row().items() if name not in _ENDS})
            rows["BOOKED"].append({"from": entry.record, "to": entry.key})
            rows["FOR"].append({"from": entry.key, "to": key})
            rows["EARNED"].append({"from": key, "to": entry.key})
        if state.owner is not None:
            rows["MADE"].append({"from": state.owner, "to": key})
            if contribution := state.contribution():
                worth.append({"record": state.owner, "contribution": orjson.dumps(contribution).decode()})
        if state.store is not None:
            rows["AT"].append({"from": key, "to": state.store})
            places[state.store, state.state["brand"]] = {"store": state.store, "brand": state.state["brand"]}
        for line in state.lines or ():
            product, word = line["product"], {name: line[name] for name in ("product", "name", "clock")}
            rows["CONTAINS"].append({"from": key, "to": product} | {n: line[n] for n in _LINE})
            known = products.setdefault(product, {"product": product, "name": None, "clock": ""})
            if word["name"] is not None and known["clock"] <= word["clock"]:
                products[product] = word
    writer.write(rows)
    found = {"worth": worth, "places": list(places.values()), "products": list(products.values())}
    return {name: table(name, of) for name, of in found.items() if of}


_LEDGER = ("BOOKED", "FOR", "EARNED")
_ENDS = ("record", "cause")
"""What a ledger entry is tied to, beside its own properties."""
_LINE = ("position", "quantity", "amountMinor", "name")


def _order(key: str, said: Iterable[dict[str, Any]], parts: BulkParts) -> TransactionState:
    state = TransactionState.from_row({"key": key, "state": {"status": "unknown"}, "owner": None})
    for row in said:
        claim = orjson.loads(row["claim"])
        owner = claim["owner"]
        claims = Claims(
            event=claim["event"],
            type=claim["type"],
            at=datetime.fromisoformat(claim["at"]),
            clock=claim["clock"],
            misdated=claim["misdated"],
            source=claim["source"],
            brand=claim["brand"],
            subjects=(SubjectClaim(owner, claim["source"], None, False, (), {}, None),) if owner else (),
            transaction=key,
            order=Order.model_validate(claim["order"]) if claim["order"] else None,
            refund=Refund.model_validate(claim["refund"]) if claim["refund"] else None,
        )
        state.merge(claims, claim["refund_key"], parts.programmes.history)
    return state


def fold_records(parts: BulkParts, said: SpillTable, start: int) -> dict[str, SpillTable]:
    """The source records of `said` (sorted by record) and what connects them. `start` is the first one's number."""
    records: list[dict[str, Any]] = []
    connects: list[dict[str, Any]] = []
    tokens: list[dict[str, Any]] = []
    groups = groupby(said.to_pylist(), itemgetter("record"))
    for rid, (key, claims) in enumerate(groups, start):
        state = _record(key, claims, parts)
        row = state.row(parts.vault)
        props = row["props"]
        records.append(
            {
                "rid": rid,
                "key": key,
                "profile": sealed_profile(rid, state, parts.vault),
                "first": row["first"],
                "last": row["last"],
                "signatures": orjson.dumps(props["signatures"]).decode(),
                "identifiers": orjson.dumps(
                    [[k, i.type, i.shared, i.blocked, i.first, i.last] for k, i in sorted(state.identifiers.items())]
                ).decode(),
            }
            | {name: props[name] for name in ("kind", "sealed", "stats", "consents", "idPart")}
        )
        tokens += [{"rid": rid, "key": token} for token in keyed_tokens(state, parts.vault)]
        connects += [{"rid": rid} | connection for connection in connections(state, parts.policies)]
    found = {"records": records, "connects": connects, "tokens": tokens}
    return {name: table(name, rows) for name, rows in found.items()}


def connections(state: RecordState, policies: Policies) -> Iterator[dict[str, Any]]:
    """What may connect a record with others, beside tokens: its linking identifiers, and how many people each may tell.

    `names` and `personal` bound from above what `sharing` counts: only identifiers whose sums pass the limit of their
    type are looked at in full.
    """
    personal = sum(
        1 / policies.of(carried.type).max_per_person
        for carried in state.identifiers.values()
        if not carried.blocked and policies.of(carried.type).strength in _PERSONAL
    )
    for key, carried in state.identifiers.items():
        if not carried.blocked and policies.of(carried.type).links:
            yield {"key": key, "type": carried.type, "names": len(state.signatures), "personal": personal}


def _record(key: str, said: Iterable[dict[str, Any]], parts: BulkParts) -> RecordState:
    state = RecordState(key, key.partition("|")[0])
    for row in said:
        if row["claim"] is None:
            state.stats.apply(Contribution(**orjson.loads(row["contribution"])), 1)
            continue
        claim = parts.vault.open(key, row["claim"])
        subject = SubjectClaim(
            record=key,
            source=state.source,
            subject_id=claim["subject_id"],
            known=claim["known"],
            identifiers=tuple(
                IdentifierClaim(k, type_, v, "", blocked, former)
                for k, type_, v, blocked, former in claim["identifiers"]
            ),
            traits=claim["traits"],
            signature=claim["signature"],
            whole=frozenset(claim["whole"]),
        )
        answers, granted = tuple(claim["answers"]), claim["granted"]
        at = datetime.fromisoformat(claim["at"])
        event = Claims("", "", at, claim["clock"], state.source, None, answers=answers, granted=granted)
        state.merge(event, subject, {})
    return state
