"""What a limited key can change of others by its events, as a table: docs/reference/permissions.md.

The rules stand where events are checked (`api.events.sender_limits`) and merged (`ingest.order_state`,
`ingest.reporters.reference_data`, `identity.read_model`); a test tries every cell against them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What becomes of an event about a thing outside the key's limit."""

    REFUSED = "refused"
    KEPT = "unchanged"
    CHANGED = "changed"


class WriteRule(NamedTuple):
    """The outcome for keys that are limited to other brands, other sources, or other stores of one brand."""

    event: str
    thing: str
    brand: Outcome
    source: Outcome
    store: Outcome


_NO, _KEPT, _YES = Outcome.REFUSED, Outcome.KEPT, Outcome.CHANGED
ORDERS = ("order.placed", "order.completed")
CORRECTIONS = ("order.refunded", "order.cancelled")
WRITES: tuple[WriteRule, ...] = (
    *(
        WriteRule(event, "a record of another source, by its id", _NO, _NO, _NO)
        for event in ("identify", "alias", "track", "page", *ORDERS, *CORRECTIONS, "consent.changed")
    ),
    WriteRule("identify", "what other brands show of the guest", _KEPT, _KEPT, _KEPT),
    WriteRule("alias", "what other brands show of the guest", _KEPT, _KEPT, _KEPT),
    *(WriteRule(event, "contact with another brand", _NO, _YES, _NO) for event in ("track", "page")),
    *(
        rule
        for event in ORDERS
        for rule in (
            WriteRule(event, "an order in another's name", _NO, _NO, _NO),
            WriteRule(event, "another's order, by its id", _KEPT, _KEPT, _KEPT),
            WriteRule(event, "the brand of another's store", _KEPT, _KEPT, _NO),
            WriteRule(event, "the name of a product", _KEPT, _KEPT, _KEPT),
        )
    ),
    WriteRule("order.refunded", "another's order", _KEPT, _KEPT, _KEPT),
    WriteRule("order.cancelled", "another's order", _KEPT, _KEPT, _KEPT),
    WriteRule("order.refunded", "another's refund, by its id", _KEPT, _KEPT, _KEPT),
    WriteRule("consent.changed", "what its own grant opens of other brands", _KEPT, _KEPT, _KEPT),
    WriteRule("consent.changed", "what a grant for another brand opens", _NO, _YES, _NO),
    WriteRule("consent.changed", "what a grant for all brands opens", _NO, _YES, _NO),
    WriteRule("consent.changed", "a grant, by a refusal", _YES, _YES, _YES),
    WriteRule("store.upserted", "a store in another brand's name", _NO, _YES, _NO),
    WriteRule("store.upserted", "another's store, in its own brand's name", _KEPT, _YES, _NO),
    WriteRule("store.upserted", "the name of its own brand", _YES, _YES, _KEPT),
    WriteRule("product.upserted", "a product", _NO, _YES, _NO),
)
_INTRO = """## What a limited key can change of others

A service key may be limited to brands, sources and stores. The table says what becomes of an event about a thing
outside the limit. *Refused*: the event goes to the quarantine. *Unchanged*: the event is accepted, and the thing stays
as it is. *Changed*: this limit does not cover the thing. A test tries every cell.

| event | what | limit of brands | limit of sources | limit of stores |
|---|---|---|---|---|"""


def write_table() -> str:
    """The table in Markdown."""
    rows = (f"| `{rule.event}` | {rule.thing} | {rule.brand} | {rule.source} | {rule.store} |" for rule in WRITES)
    return "\n".join((_INTRO, *rows))
