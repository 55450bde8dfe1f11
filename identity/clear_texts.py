"""Texts of an event that lie in clear in the store, without what looks like contact data.

They are a source's own words for its business: the id and terminal of an order, the names of products and stores. Keys
are made of the whole text, so that two orders stay two.
"""

from __future__ import annotations

from domain.events import Line, Order, ProductUpserted, StoreUpserted
from matching.personal_data import masked


def order_in_clear(order: Order, region: str, warnings: list[str]) -> Order:
    """The order as it may be stored. Adds a warning for each text that was masked."""

    def clear(text: str, pointer: str, *, name: bool = False) -> str:
        kept = masked(text, region, name=name)
        if kept != text:
            warnings.append(f"/order/{pointer}: looks like contact data; masked")
        return kept

    def line_in_clear(line: Line, index: int) -> Line:
        product = clear(line.product, f"lines/{index}/product")
        name = line.name if line.name is None else clear(line.name, f"lines/{index}/name", name=True)
        same = product == line.product and name == line.name
        return line if same else line.model_copy(update={"product": product, "name": name})

    found = len(warnings)
    terminal = order.terminal if order.terminal is None else clear(order.terminal, "terminal")
    changes = {
        "id": clear(order.id, "id"),
        "terminal": terminal,
        "lines": [line_in_clear(line, index) for index, line in enumerate(order.lines)],
    }
    return order if len(warnings) == found else order.model_copy(update=changes)


def reference_in_clear(event: StoreUpserted | ProductUpserted, region: str) -> StoreUpserted | ProductUpserted:
    """Reference data as it may be stored: its names are masked, its ids stay."""
    if isinstance(event, ProductUpserted):
        product = event.product
        category = product.category if product.category is None else masked(product.category, region)
        changes = {"name": masked(product.name, region), "category": category}
        return event.model_copy(update={"product": product.model_copy(update=changes)})
    store = event.store
    brand = store.brand.model_copy(update={"name": masked(store.brand.name, region)})
    changes = {"name": masked(store.name, region), "brand": brand}
    return event.model_copy(update={"store": store.model_copy(update=changes)})


def is_word(name: str, region: str) -> bool:
    """Whether a name is of the integrator's own vocabulary, and hardly says anything of a guest."""
    return "@" not in name and sum(map(str.isdigit, name)) < 5 and masked(name, region) == name
