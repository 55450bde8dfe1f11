"""Enrols guests in the loyalty programme: each enrolment is an event of a source record, committed by the way of all
events.

A guest whom only a contact names gets a record of its own, with the contact and the name as they were said. Who that
is, identity resolution finds out, as for an order: a guest whom an e-mail or phone names already is the same guest.
The record follows from what was said, so two processes that enrol the same contact at once write one record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.enrolment import MemberEnrolled
from domain.errors import CardBlocked, Conflict, EventRefused, InvalidInput, NotFound
from domain.events import CardAction
from domain.feed_event import feed_rows
from graph.store.database import DbTransaction
from graph.till_transactions import TillTransactions
from identity.claims import CONTACTS, Claims, ClaimsReader
from identity.sender_rights import SenderRights
from ingest.card_numbers import without_card_numbers
from ingest.commit import Committer
from ingest.parse import words_of
from loyalty.cards import CardStand, check_change
from loyalty.member_events import member_event

SOURCE = "loyalty"
"""The system as whose the records of enrolments are kept, whoever sends them: so one contact is one record."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of an enrolment: the source record (key) on which it hangs, and whether more was known of the guest
    before. A request that came again is of a guest who is known."""

    record: str
    known: bool = True


def enrolment_event(
    key: str,
    at: datetime,
    asked: str,
    *,
    record: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    given_name: str | None = None,
    family_name: str | None = None,
    card: str | None = None,
    brand: str | None = None,
    **where: Any,
) -> MemberEnrolled:
    """The event of one request. `where` is what else `Enrolment` has. Raises InvalidInput that names the field."""
    if record is None and email is None and phone is None:
        raise InvalidInput("Name the guest by e-mail or phone.")
    named = {"email": email, "phone": phone, "loyalty_card": card}
    traits = {"given_name": given_name or None, "family_name": family_name or None}
    said = {"identifiers": {name: [value] for name, value in named.items() if value is not None}, "traits": traits}
    subject, _, has_card = without_card_numbers(said)
    if has_card is not None:
        raise InvalidInput("This is the number of a payment card.", hint="Payment cards are never stored.")
    try:
        return MemberEnrolled.model_validate(
            {
                "type": "identify",
                "message_id": key,
                "source": SOURCE,
                "at": at,
                "brand": brand,
                "subject": subject,
                "record": record,
                "enrolment": {"asked": asked} | where,
            }
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = next((str(part) for part in reversed(first["loc"]) if isinstance(part, str)), "")
        raise InvalidInput(f"{name} {words_of(first)}.") from None


@dataclass(frozen=True, slots=True)
class Enrolments:
    """Enrols the guests of one store."""

    committer: Committer
    reader: ClaimsReader

    async def carry_out(self, event: MemberEnrolled, rights: SenderRights) -> Enrolled:
        """Durable when this returns; it may have been carried out before. Raises InvalidInput, NotFound, Conflict and
        its kinds, and Unavailable; then nothing was written."""
        claims = self._claims(event, rights)
        [subject] = claims.subjects
        record, stood, known = subject.record, False, True
        contacts = [one.key for one in subject.identifiers if one.type in CONTACTS]
        card = next((one.key for one in subject.identifiers if one.type == "loyalty_card"), None)

        async def check(tx: DbTransaction) -> None:
            nonlocal stood
            [stand] = await tx.run("enrolments/stand", record=record, contacts=contacts)
            if event.record is not None and not stand["own"]:
                raise NotFound("There is no such customer.")
            stood = stand["enrolled"]
            if card is not None:
                await self._check_card(tx, card, stand["own"] or stand["others"])

        async def then(tx: DbTransaction) -> None:
            nonlocal known
            [settled] = await tx.run("enrolments/settled", record=record)
            known = settled["known"] or stood
            if not (stood or settled["joined"]):
                said, at = event.enrolment, claims.at.isoformat()
                joined = member_event(claims.event, record, at, event.brand, said.store, said.channel)
                await tx.run("feed/write", batch={"feed": feed_rows([joined])})

        done = await self.committer.take([claims], check=check, then=then)
        return Enrolled(record, known) if done.events else Enrolled(await self._before(claims) or record)

    def _claims(self, event: MemberEnrolled, rights: SenderRights) -> Claims:
        """Raises InvalidInput where an identifier that the event names can be nobody's."""
        named = event.subject.identifiers
        try:
            claims = self.reader.claims(event, rights)
        except EventRefused as error:
            raise InvalidInput(f"{error.pointer} {error.message}.", hint=error.hint) from None
        usable = [one for subject in claims.subjects for one in subject.identifiers if not one.blocked]
        if missing := sorted(named.keys() - {one.type for one in usable}):
            what = missing[0].replace("_", " ")
            raise InvalidInput(f"This {what} cannot be a guest's.", hint="It is mistyped, or a dummy value.")
        return claims

    async def _check_card(self, tx: DbTransaction, card: str, guests: list[list[str]]) -> None:
        """Whether the card may be the guest's. `guests`: those whom it may be, as [number, record]."""
        if len(guests) > 1:
            raise Conflict("Several guests have this e-mail or phone.", hint="Name the guest by number to link a card.")
        owner, record = guests[0] if guests else (None, None)
        [answer] = await tx.run("cards/stand", cards=[card], record=record)
        stand = CardStand.of_row(answer["cards"][0])
        if stand.blocked:
            raise CardBlocked("This card is blocked.", hint="Unblock it first, or name another one.")
        if owner is None or owner not in (stand.holders or {}):
            most = self.committer.parts.policies.of("loyalty_card").max_per_person
            check_change(CardAction.LINK, stand, None, owner, answer["owned"], most)

    async def _before(self, claims: Claims) -> str | None:
        """The record of the event that came before under this key, where it named one. Raises Conflict where it asked
        for something else."""
        before = await TillTransactions(self.committer.parts.database).events([claims.event])
        content: Any = self.committer.parts.vault.open(claims.event, before[claims.event]["sealed"])
        said = content["sender"]["enrolment"]
        if claims.enrolment is None or said["asked"] != claims.enrolment.asked:
            raise Conflict("This requestId was used for something else.", hint="Use a new requestId for each request.")
        return said["record"]
