"""Writes what a batch reported: its events, reference data, orders with their lines, and ledger entries."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import ProductUpserted, StoreUpserted
from graph.database import Row, Transaction
from ingest.claims import Claims
from ingest.orders import TransactionState
from privacy.vault import Vault


async def write_events(tx: Transaction, fresh: Sequence[Claims], vault: Vault, now: str) -> None:
    """The receipts that make intake idempotent, and the reference data that events told."""
    rows = [
        {
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
        for claims in fresh
    ]
    await tx.run("intake/write_events", rows=rows, now=now)
    references = _references(fresh)
    if any(references.values()):
        await tx.run("intake/write_references", **references)


async def write_orders(tx: Transaction, orders: Sequence[TransactionState]) -> None:
    """Transactions, sorted by key, with their store, owner and lines, and what they earned."""
    again = [state.key for state in orders if state.lines is not None and not state.first_order]
    if again:
        await tx.run("intake/clear_lines", keys=again)
    places = {state.store: state.state["brand"] for state in orders if state.store is not None}
    if places:
        rows = [{"store": store, "brand": brand} for store, brand in sorted(places.items())]
        await tx.run("intake/write_places", rows=rows)
    await tx.run("intake/write_transactions", rows=[state.row() for state in orders])
    owners = [{"key": s.key, "owner": s.owner} for s in orders if s.owner and s.owner != s.stored_owner]
    if owners:
        await tx.run("intake/write_owners", rows=owners)
    # By product, so that two processes take its locks in one order.
    lines = sorted(
        (line for state in orders for line in state.lines or ()),
        key=lambda line: (line["product"], line["key"], line["position"]),
    )
    if lines:
        await tx.run("intake/write_lines", rows=lines)
    ledger = [entry for state in orders for entry in state.ledger]
    if ledger:
        await tx.run("intake/write_ledger", rows=ledger)


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
