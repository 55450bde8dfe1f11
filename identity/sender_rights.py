"""What is believed of a sender where its events meet what others sent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SenderRights:
    """What is believed of a sender: orders, refunds and stores of these brands and stores (None: of all), and, with
    `identity`, who somebody is. `own`: a guest speaks of the guest's own record. That is as good as what
    its source says, but proves nothing to others."""

    brands: frozenset[str] | None = None
    stores: frozenset[str] | None = None
    identity: bool = True
    own: bool = False

    def reach(self, brand: str, store: str | None) -> bool:
        """Whether it may speak of what belongs to this brand and store."""
        return (self.brands is None or brand in self.brands) and (self.stores is None or store in self.stores)


ALL_RIGHTS = SenderRights()
