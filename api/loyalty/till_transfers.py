"""The points of one account go to another one, such as from an old account of a guest to a new one."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from api.loyalty.till import Till
from api.loyalty.till_accounts import GuestAccount, account_of, shown_brands
from connectors.toast.till_answer import transferred
from connectors.toast.till_request import TransferInformation
from connectors.toast.till_status import TillRefused
from domain.errors import Ambiguous, CardBlocked, NotFound
from loyalty.commands.command import Command, CommandKind, Recipient
from loyalty.commands.points_commands import PointsCommands
from resolvers.access.caller import LOYALTY_TRANSFER
from resolvers.loyalty.redemption_requests import transferred_in_a_day

_TRANSFERRED = "transferred"


async def transfer(till: Till, asked: TransferInformation) -> dict[str, Any]:
    """Durable when this returns. A request that comes again is answered though an account is found no more. Raises
    TillRefused, Ambiguous, NotAllowed, NotEnoughPoints, DayLimitReached, InvalidInput, Conflict, Unavailable."""
    context, to = till.context, asked.to_loyalty_identifier
    context.caller.require(LOYALTY_TRANSFER)
    sides = await asyncio.gather(
        *(account_of(context, one) for one in (asked.from_loyalty_identifier, to)), return_exceptions=True
    )
    giver, receiver = (one if isinstance(one, GuestAccount) else None for one in sides)
    said = orjson.dumps([till.store, asked.from_loyalty_identifier, to, asked.points]).decode()
    command = Command(
        key=context.vault.keyed("points", till.key(_TRANSFERRED, till.headers.guid, asked.from_loyalty_identifier)),
        asked=context.vault.keyed("asked", said),
        kind=CommandKind.TRANSFER,
        actor=context.caller.name,
        points=asked.points,
        record=giver and giver.record,
        identifier=giver and giver.key,
        brand=till.brand,
        lots_of=shown_brands(context, giver) if giver else context.caller.brands,
        to=Recipient(record=receiver and receiver.record),
        allowance=transferred_in_a_day(context),
    )
    for problem in sides:
        if isinstance(problem, BaseException) and not isinstance(problem, TillRefused | Ambiguous | CardBlocked):
            raise problem
    await context.trail.writes(
        context.caller, "till.transfer", {"customers": [one.number for one in (giver, receiver) if one]}
    )
    try:
        await PointsCommands(context.database).carry_out(command, context.now)
    except NotFound:
        for problem in sides:
            if isinstance(problem, BaseException):
                raise problem from None
        raise
    return transferred(to)
