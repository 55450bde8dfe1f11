"""What a batch reported, as rows to write: events, identifiers, reference data, orders with lines, ledger entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.events import ProductUpserted, StoreUpserted
from graph.store.database import Row
from identity.claims import Claims, SubjectClaim
from ingest.order_state import TransactionState
from privacy.vault import Vault


def reports_of(fresh: Sequence[Claims], orders: Mapping[str, TransactionState], vault: Vault) -> dict[str, Any]:
    """The parameters of the queries that write new events and the orders they changed."""
    states = [orders[key] for key in sorted(orders)]
    places = {state.store: state.state["brand"] for state in states if state.store is not None}
    return {
        "events": [event_row(claims, vault) for claims in fresh],
        **_references(fresh),
        "reordered": [state.key for state in states if state.lines is not None and not state.first_order],
        "places": [{"store": store, "brand": brand} for store, brand in sorted(places.items())],
        "transactions": [state.row() for state in states],
        "owners": [{"key": s.key, "owner": s.owner} for s in states if s.owner and s.owner != s.stored_owner],
        # By product, so that two processes take its locks in one order.
        "lines": sorted(
            (line for state in states for line in state.lines or ()),
            key=lambda line: (line["product"], line["key"], line["position"]),
        ),
        "ledger": [entry for state in states for entry in state.ledger],
    }


def identifiers_of(subjects: Sequence[tuple[Claims, SubjectClaim]], vault: Vault) -> list[Row]:
    """The identifiers that a batch names, sorted by key, each once, with the first day it was seen."""
    rows: dict[str, Row] = {}
    for claims, subject in subjects:
        for claim in subject.identifiers:
            row = rows.get(claim.key)
            if row is None:
                rows[claim.key] = {
                    "key": claim.key,
                    "type": claim.type,
                    "display": claim.display,
                    "sealed": vault.seal(claim.key, claim.value),
                    "blocked": claim.blocked,
                    "firstSeen": claims.day,
                }
            else:
                row["firstSeen"] = min(row["firstSeen"], claims.day)
    return [rows[key] for key in sorted(rows)]


def event_row(claims: Claims, vault: Vault) -> Row:
    """The receipt that makes intake idempotent."""
    return {
        "key": claims.event,
        "record": claims.subjects[0].record if claims.subjects else None,
        "at": claims.at.isoformat(),  # as text: the driver is slow with times, the store is not
        "props": {
            "type": claims.type,
            "source": claims.source,
            "brand": claims.brand,
            "channel": claims.channel,
            "name": claims.name,
            "sealed": vault.seal(claims.event, claims.content) if claims.content else None,
        },
    }


def _references(fresh: Sequence[Claims]) -> dict[str, list[Row]]:
    """The newest event about each brand, store and product, as `write_references` takes them."""
    newest: dict[str, dict[str, Row]] = {"brands": {}, "stores": {}, "products": {}}
    for claims in sorted(fresh, key=lambda claims: claims.clock):
        match claims.reference:
            case StoreUpserted(store=store):
                row = store.model_dump(mode="json") | {"brand": store.brand.id, "clock": claims.clock}
                newest["stores"][store.id] = row
                newest["brands"][store.brand.id] = store.brand.model_dump(mode="json") | {"clock": claims.clock}
            case ProductUpserted(product=product):
                newest["products"][product.id] = product.model_dump(mode="json") | {"clock": claims.clock}
            case None:
                pass
    return {kind: [rows[id_] for id_ in sorted(rows)] for kind, rows in newest.items()}
