"""Brands, stores and products that events describe: the newest event about each wins."""

from __future__ import annotations

from domain.events import ProductUpserted, StoreUpserted
from graph.store.database import Row
from ingest.reporters.reporter import Reported, Reporter


def _rows(reported: Reported) -> dict[str, list[Row]]:
    newest: dict[str, dict[str, Row]] = {"brands": {}, "stores": {}, "products": {}}
    for claims in sorted(reported.fresh, key=lambda claims: claims.clock):
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


REFERENCES = Reporter(("intake/write_references",), _rows)
