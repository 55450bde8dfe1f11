"""Brands, stores and products that events describe: the newest event about each wins.

A sender whose rights end at some brands is believed about a store that nobody has described, and about one of its
brands. One whose rights end at some stores does not name their brand anew.
"""

from __future__ import annotations

from domain.events import ProductUpserted, StoreUpserted
from graph.store.database import Row
from ingest.reporters.reporter import Reported, Reporter


def _rows(reported: Reported) -> dict[str, list[Row]]:
    newest: dict[str, dict[str, Row]] = {"brands": {}, "stores": {}, "products": {}, "limitedStores": {}}
    for claims in sorted(reported.fresh, key=lambda claims: claims.clock):
        match claims.reference:
            case StoreUpserted(store=store):
                row = store.model_dump(mode="json") | {"brand": store.brand.id, "clock": claims.clock}
                brand = store.brand.model_dump(mode="json") | {"clock": claims.clock}
                if claims.rights.brands is None:
                    newest["stores"][store.id] = row
                else:
                    within = sorted(claims.rights.brands)
                    newest["limitedStores"][f"{store.id}|{within}"] = row | {"within": within}
                if claims.rights.stores is None:
                    newest["brands"][brand["id"]] = brand
                else:
                    newest["brands"].setdefault(brand["id"], brand | {"clock": ""})
            case ProductUpserted(product=product):
                newest["products"][product.id] = product.model_dump(mode="json") | {"clock": claims.clock}
            case None:
                pass
    return {kind: [rows[id_] for id_ in sorted(rows)] for kind, rows in newest.items()}


REFERENCES = Reporter(("intake/write_references",), _rows)
