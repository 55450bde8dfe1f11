"""One request of a till: who asks, and for which store."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.toast.till_request import TillHeaders
from connectors.toast.till_status import TillRefused, TillStatus
from graph.places import Places
from ingest.delivery import EventSink
from resolvers.access.caller import Caller
from resolvers.context import Context

_SOURCE = "toast"


@dataclass(frozen=True, slots=True)
class Till:
    """`store` and `brand` are ids, `source` is the system as whose the till's orders are kept."""

    context: Context
    headers: TillHeaders
    store: str
    brand: str
    sink: EventSink

    @property
    def source(self) -> str:
        """The caller's one source, else `toast`."""
        sources = self.context.caller.sources
        return next(iter(sources)) if sources is not None and len(sources) == 1 else _SOURCE

    def key(self, verb: str, guid: str, account: str | None) -> str:
        """What a transaction of this account is known by. Keyed, so that the till's own GUID is stored nowhere."""
        return self.context.vault.keyed("till", f"{self.source}|{verb}|{guid}|{account or ''}")


async def brand_of(store: str, caller: Caller, places: Places) -> str:
    """The brand of a restaurant that the caller may act for. Raises TillRefused and Unavailable."""
    limits_store = caller.stores is not None and store not in caller.stores
    row = None if limits_store else await places.store(store)
    brand = row[-1][0] if row is not None and row[-1] else None
    if brand is None or (caller.brands is not None and brand not in caller.brands):
        # One answer for all: which restaurants there are is nobody's business who may not act for them.
        raise TillRefused(TillStatus.WRONG_RESTAURANT, "This key acts for no such restaurant.")
    return brand
