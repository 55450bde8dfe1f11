"""Changes loyalty cards: each change is an event of the guest's source record, committed by the way of all events.

The commit locks the card's identifier first. So of two processes that give the same card to two guests, the second one
sees what the first one did. The event is kept like any other: a rebuild repeats it, and the same request does nothing
more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.errors import Conflict, EventRefused, InvalidInput, NotFound
from domain.events import CardChanged
from graph.store.database import DbTransaction
from graph.till_transactions import TillTransactions
from identity.claims import Claims, ClaimsReader
from ingest.commit import Committer
from loyalty.cards import CardStand, check_change


@dataclass(frozen=True, slots=True)
class CardChanges:
    """Changes the cards of one store."""

    committer: Committer
    reader: ClaimsReader

    async def carry_out(self, event: CardChanged) -> None:
        """Durable when this returns; it may have been carried out before. Six round trips. Raises InvalidInput,
        NotFound, Conflict and its kinds, and Unavailable; then nothing was written."""
        try:
            claims = self.reader.claims(event)
        except EventRefused:
            raise InvalidInput("This number cannot be a guest's card.") from None
        card = claims.card
        assert card is not None
        keys = [card.card] if card.replaced is None else [card.card, card.replaced]
        most = self.committer.parts.policies.of("loyalty_card").max_per_person

        async def check(tx: DbTransaction) -> None:
            [answer] = await tx.run("cards/stand", cards=keys, record=event.record)
            if answer["owner"] is None:
                raise NotFound("There is no such customer.")
            stands = {row["key"]: CardStand.of_row(row) for row in answer["cards"]}
            former = None if card.replaced is None else stands[card.replaced]
            check_change(event.change.action, stands[card.card], former, answer["owner"], answer["owned"], most)

        done = await self.committer.take([claims], check=check)
        if not done.events:
            await self._require_same(claims)

    async def _require_same(self, claims: Claims) -> None:
        """Raises Conflict where the event that came before under this key asked for something else."""
        before = await TillTransactions(self.committer.parts.database).events([claims.event])
        content: Any = self.committer.parts.vault.open(claims.event, before[claims.event]["sealed"])
        assert claims.card is not None
        if content["sender"]["card"]["asked"] != claims.card.change.asked:
            raise Conflict("This requestId was used for something else.", hint="Use a new requestId for each request.")
