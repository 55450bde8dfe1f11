"""Tills without a connection: what they may let guests use, and the redemptions that they send later.

A redemption that a till carried out is a fact, so it is the command REDEEM with the fact beside it, and each row has an
outcome of its own. It is known by store, till and the till's own id, whoever sends it, so it is booked once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeAlias

import orjson

from api.loyalty.offline_requests import MAX_SNAPSHOT, OfflineRow, offline_request, offline_row, snapshot_request
from api.loyalty.till import brand_of
from api.loyalty.till_accounts import GuestAccount, account_of, shown_brands, usable_points
from connectors.toast.till_status import TillRefused, TillStatus
from domain.errors import Ambiguous, CardBlocked, Conflict, InvalidInput, NotAllowed, NotFound, RegularsError
from graph.customers import ProfilePart
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.commands.redemption import utc
from loyalty.offline.offline_redemption import OfflineSale
from loyalty.offline.offline_snapshot import OfflineAllowance, OfflineSnapshot, card_hash, offline_prices
from loyalty.rewards.reward_choice import Wanted
from resolvers.access.caller import LOYALTY_REDEEM
from resolvers.context import Context
from resolvers.customer.loyalty.rewards import REWARDS

_COST = 20
MAX_AHEAD = timedelta(days=1)
"""How far a till's clock may be ahead."""
_Outcome: TypeAlias = CarriedOut | RegularsError


async def snapshot(context: Context, body: Any) -> dict[str, Any]:
    """A signed snapshot for the guests of these accounts; those that lead to nobody are left out. Costs one look-up for
    each account. Raises InvalidInput, NotAllowed, Conflict and Unavailable."""
    asked, rules = snapshot_request(body), context.programme.offline
    context.caller.require(LOYALTY_REDEEM)
    await context.meter.charge(_COST * len(asked.accounts))
    if rules is None:
        raise Conflict("The programme allows nothing without a connection.", hint="Its rules have no `offline`.")
    brand = await _brand(context, asked.store)
    named = sorted({account.strip() for account in asked.accounts})
    found = await asyncio.gather(*(_account(context, account, REWARDS) for account in named))
    id_, since = secrets.token_urlsafe(12), context.now.replace(microsecond=0)
    secret, until = _secret(context, asked.store, id_), since + timedelta(hours=rules.hours)
    allowances = {
        card_hash(secret, name): OfflineAllowance(
            max(min(rules.points, usable_points(context, account)), 0),
            account.profile.parts[REWARDS][0],  # the tier that has the price, also for a key that is limited to brands
        )
        for name, account in zip(named, found, strict=True)
        if isinstance(account, GuestAccount)
    }
    made = OfflineSnapshot(
        id=id_,
        store=asked.store,
        since=since,
        until=until,
        allowances=allowances,
        prices=offline_prices(context.programme, brand, asked.store, (since.date(), until.date())),
    )
    text = made.signed(context.vault.signer)
    if len(text) > MAX_SNAPSHOT:
        raise InvalidInput("The snapshot would be too long.", hint="Ask for fewer accounts.")
    return {
        "snapshot": text,
        "id": made.id,
        "secret": secret,
        "until": utc(made.until),
        "accounts": len(allowances),
    }


async def replay(context: Context, body: Any) -> dict[str, Any]:
    """What came of each redemption, in their order; durable when this returns. Raises InvalidInput where the request
    cannot be read, Conflict where the programme has no `offline`, NotAllowed, NotFound and Unavailable."""
    asked = offline_request(body)
    context.caller.require(LOYALTY_REDEEM)
    await context.meter.charge(_COST * len(asked.redemptions))
    brand = await _brand(context, asked.store)
    read = (OfflineSnapshot.read(text, context.vault.signer) for text in asked.snapshots)
    snapshots = {one.id: one for one in read if one is not None and one.store == asked.store}
    if context.programme.offline is None and not snapshots:
        raise Conflict("The programme allows nothing without a connection.", hint="Its rules have no `offline`.")
    rows = [_row(row) for row in asked.redemptions]
    good = [(place, row) for place, row in enumerate(rows) if isinstance(row, OfflineRow)]
    good.sort(key=lambda one: (one[1].at, one[1].till, one[1].id))  # an allowance is used up in the order of the tills
    names = sorted({row.account.strip() for _, row in good})
    # What a till gave by a card that is blocked by now is given.
    found = await asyncio.gather(*(_account(context, name, any_card=True) for name in names))
    accounts = dict(zip(names, found, strict=True))
    outcomes: dict[int, _Outcome] = {place: row for place, row in enumerate(rows) if not isinstance(row, OfflineRow)}
    ready: dict[int, Command] = {}
    for place, row in good:
        made = _command(context, asked.store, brand, row, accounts[row.account.strip()], snapshots)
        if isinstance(made, Command):
            ready[place] = made
        else:
            outcomes[place] = made
    if ready:
        numbers = [one.number for one in found if isinstance(one, GuestAccount)]
        await context.trail.writes(context.caller, "till.offline", {"customers": numbers})
        done = await PointsCommands(context.database).carry_out_all(list(ready.values()), context.now)
        outcomes |= zip(ready, done, strict=True)
    return {"redemptions": [_answer(row, outcomes[place]) for place, row in enumerate(rows)]}


def _row(row: Any) -> OfflineRow | InvalidInput:
    try:
        return offline_row(row)
    except InvalidInput as error:
        return error


async def _account(
    context: Context, name: str, *parts: ProfilePart, any_card: bool = False
) -> GuestAccount | RegularsError:
    """The account, or why there is none."""
    try:
        return await account_of(context, name, *parts, any_card=any_card)
    except (Ambiguous, CardBlocked, InvalidInput) as error:
        return error
    except TillRefused as error:
        return NotFound(error.message)


async def _brand(context: Context, store: str) -> str:
    try:
        return await brand_of(store, context.caller, context.places)
    except TillRefused as error:
        refusal = NotAllowed if error.status is TillStatus.WRONG_RESTAURANT else InvalidInput
        raise refusal(error.message) from None


def _secret(context: Context, store: str, snapshot: str) -> str:
    """The key by which tills of this store hash the cards of one snapshot."""
    return context.vault.keyed("offline cards", orjson.dumps([store, snapshot]).decode())


def _command(
    context: Context,
    store: str,
    brand: str,
    row: OfflineRow,
    account: GuestAccount | RegularsError,
    snapshots: Mapping[str, OfflineSnapshot],
) -> Command | RegularsError:
    vault, by = context.vault, snapshots.get(row.snapshot or "")
    if row.snapshot is not None and by is None:
        return InvalidInput(
            "The snapshot of this row did not come along, or is not of this store.",
            hint="Send it with the row; without `snapshot` if it is lost.",
        )
    if row.at > context.now + MAX_AHEAD:
        return InvalidInput("/at is in the future.", hint="Set the till's clock, and send the row with the right time.")
    card = card_hash(_secret(context, store, row.snapshot or ""), row.account)
    asked = orjson.dumps([row.account.strip(), row.points, row.reward, utc(row.at)]).decode()
    wanted = None if row.reward is None else Wanted(context.programme, reward=row.reward, store=store)
    found = account if isinstance(account, GuestAccount) else None
    try:
        return Command(
            key=vault.keyed("points", orjson.dumps(["offline", store, row.till, row.id]).decode()),
            asked=vault.keyed("asked", asked),
            kind=CommandKind.REDEEM,
            actor=context.caller.name,
            points=row.points,
            record=found and found.record,  # nobody's by now: then it is known from before, or refused
            brand=brand,
            lots_of=context.caller.brands if found is None else shown_brands(context, found),
            wanted=wanted,
            offline=OfflineSale(store, row.till, utc(row.at), by and by.terms(card)),
        )
    except InvalidInput as error:
        return error


def _answer(row: OfflineRow | InvalidInput, outcome: _Outcome) -> dict[str, Any]:
    named = {"till": row.till, "id": row.id} if isinstance(row, OfflineRow) else {"till": None, "id": None}
    if isinstance(outcome, CarriedOut) and (use := outcome.redemption.offline) is not None:
        flag, owner = use.flag and use.flag.name, use.owner and use.owner.name
        status = "BOOKED" if outcome.new else "KNOWN"
        return named | {"status": status, "points": use.points, "missing": use.missing, "flag": flag, "owner": owner}
    assert isinstance(outcome, RegularsError)
    error = {"code": outcome.code, "message": outcome.message, "hint": outcome.hint}
    return named | {"status": "REFUSED", "error": error}
