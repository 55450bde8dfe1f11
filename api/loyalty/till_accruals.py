"""A check that was paid, as an order of its guest: taken by the intake as every event is, once however often it comes.

A till retries an accrual under another GUID, so an order is known by its check. A till that changes a payment takes the
accrual back and sends the check again: then it counts again, from that moment on.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from api.events.sender_limits import limited_reader, rights_of
from api.loyalty.till import Till
from api.loyalty.till_accounts import GuestAccount, account_of, shown_account
from connectors.toast.check_order import order_of, paid_at, subject_of
from connectors.toast.till_answer import accepted
from connectors.toast.till_request import CheckInformation, ReverseInformation
from connectors.toast.till_status import not_reversible, wrong_input
from domain.errors import CardBlocked, EventRefused, Unavailable
from domain.events import AccountOrder, Event, OrderCompleted
from graph.store.database import Row
from graph.till_transactions import StandingOrder, TillTransactions
from ingest.card_numbers import without_card_numbers
from ingest.delivery import FAULT
from ingest.parse import parse
from resolvers.access.caller import EVENT_WRITE

_ACCRUED, _REVERSED = "accrued", "reversed"
_STEP = timedelta(milliseconds=1)


async def accrue(till: Till, asked: CheckInformation) -> dict[str, Any]:
    """The check is durable when this returns: an order of the account, else of the guest whom the check names, else of
    nobody until somebody claims it. Raises TillRefused, NotAllowed, Overloaded, Unavailable."""
    context = till.context
    context.caller.require(EVENT_WRITE)
    order = order_of(asked, store=till.store, currency=context.settings.currency)
    account, standing = await asyncio.gather(_account(till, asked.loyalty_identifier), _standing(till, order["id"]))
    at = paid_at(asked.check) or context.now
    if standing is not None and standing.cancelled:
        at = max(context.now, standing.newest + _STEP)  # behind what took it back, whichever process's clock dated that
    subject = None if account is not None else subject_of(asked.check.customer)
    event = {
        "type": "order.completed",
        "messageId": till.key(_ACCRUED, till.headers.guid, asked.loyalty_identifier),
        "source": till.source,
        "at": at.isoformat(),
        "brand": till.brand,
        **({} if subject is None else {"subject": subject}),
        "order": order,
    }
    await _take(till, event, account)
    if account is None:
        return accepted()
    try:
        after = await account_of(context, account.identifier)
    except CardBlocked:  # its guest gets the points, and whoever shows the card is shown nothing
        return accepted()
    return {"checkResponse": {"accountInfo": shown_account(context, after).row()}} | accepted()


async def reverse_accrual(till: Till, asked: ReverseInformation) -> bool:
    """Takes an accrual back: its order counts for nothing from then on. False where there is no such accrual. Raises
    TillRefused, NotAllowed, Overloaded, Unavailable."""
    transactions, account = TillTransactions(till.context.database), asked.loyalty_identifier
    keys = {
        name: till.context.reader.event_key(till.source, till.key(verb, guid, account))
        for name, verb, guid in (
            ("accrual", _ACCRUED, asked.transaction_id),
            ("done", _REVERSED, till.headers.guid),
            ("reversal", _REVERSED, asked.transaction_id),
        )
    }
    events = await transactions.events(list(keys.values()))
    if keys["done"] in events:
        return True
    if keys["reversal"] in events:
        raise not_reversible("A reversal cannot be reversed.")
    if (accrual := events.get(keys["accrual"])) is None:
        return False
    order: Row = till.context.vault.open(accrual["key"], accrual["sealed"])["order"]
    if order["store"] != till.store:
        return False
    standing = await _standing(till, order["id"])
    if standing is None or standing.cancelled or standing.at > datetime.fromisoformat(accrual["at"]):
        raise not_reversible("This accrual was reversed before, or a later one of the same check stands.")
    cancellation = {
        "type": "order.cancelled",
        "messageId": till.key(_REVERSED, till.headers.guid, account),
        "source": till.source,
        "at": max(till.context.now, standing.at + _STEP).isoformat(),
        "brand": till.brand,
        "cancellation": {"order": order["id"]},
    }
    await _take(till, cancellation, None)
    return True


async def _account(till: Till, identifier: str | None) -> GuestAccount | None:
    return None if identifier is None else await account_of(till.context, identifier, any_card=True)


async def _standing(till: Till, order: str) -> StandingOrder | None:
    key = till.context.reader.transaction_key(till.source, order)
    return await TillTransactions(till.context.database).order(key)


async def _take(till: Till, raw: dict[str, Any], account: GuestAccount | None) -> None:
    """Takes a native event by the way of all events, and notes it in the audit log. One that is refused is answered and
    not kept: a replay would know nothing of its account. Raises TillRefused, NotAllowed, Overloaded, Unavailable."""
    context, caller = till.context, till.context.caller
    read = limited_reader(caller, partial(_event, record=account.record if account else None), context.policies)
    kept, _, has_card = without_card_numbers(raw)
    try:
        if has_card:
            raise has_card
        event = read(kept)
    except EventRefused as error:
        raise wrong_input(f"{error.pointer} {error.message}.") from None
    noting = context.trail.sends(caller, raw["type"], {account.number} if account else set())
    [outcome], _ = await asyncio.gather(till.sink.submit([event], rights_of(caller)), noting)
    if outcome == FAULT:
        raise Unavailable("The check could not be written.", hint="Send it again.")
    if outcome.status == "refused":
        raise wrong_input(f"{outcome.pointer} {outcome.message}.")


def _event(raw: Any, /, record: str | None) -> Event:
    event = parse(raw)
    if record is None or not isinstance(event, OrderCompleted):
        return event
    return AccountOrder.model_validate(event.model_dump() | {"record": record})
