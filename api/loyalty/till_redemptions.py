"""Offers that are applied to a check: each is a reward, and all of one request are had together or none is.

A till that is told that an offer is not valid takes it off the check and asks again under another GUID. So if some were
carried out before, they would be paid twice. And what was refused stays refused: of two requests under one GUID at the
same moment, as after a lost answer, the first one that has the guest's lock decides for both.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from api.loyalty.till import Till
from api.loyalty.till_accounts import GuestAccount, account_of, shown_account, shown_brands
from connectors.toast.check_basket import basket_of
from connectors.toast.check_order import channel_of
from connectors.toast.till_answer import accepted, judged
from connectors.toast.till_request import (
    MAX_REDEMPTIONS,
    Check,
    CheckInformation,
    ReverseInformation,
    TillRedemption,
    check_quantities,
)
from connectors.toast.till_status import TillRefused, TillStatus, no_account, not_reversible, wrong_input
from domain.errors import Ambiguous, CardBlocked, Conflict, InvalidInput, NotFound, RegularsError
from graph.store.database import DbTransaction, Row
from graph.till_transactions import TillTransactions, keep_refusal, kept_refusal
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import CarriedOut, Outcome, PointsCommands, Settle
from loyalty.rewards.reward_choice import RewardPlace, Wanted
from resolvers.access.caller import LOYALTY_REDEEM

_REDEEMED, _REVERSED = "redeemed", "returned"
_AND = "."


@dataclass(frozen=True, slots=True)
class _Unit:
    """An offer that is applied once: a redemption of a quantity is several. `place` is that of its redemption. `asked`
    are the hashes of its offer, by which a reversal names it, and of the whole request."""

    key: str
    asked: str
    offer: str
    place: int


class _RefusedBefore(Exception):
    """Another request under the same GUID was refused meanwhile."""


async def redeem(till: Till, asked: CheckInformation) -> dict[str, Any]:
    """Which offers are had, and why others are not; durable when this returns. Raises TillRefused, NotAllowed,
    Unavailable."""
    context, named = till.context, asked.loyalty_identifier
    context.caller.require(LOYALTY_REDEEM)
    if named is None:
        raise no_account("Name the account.")
    transactions, unit = TillTransactions(context.database), till.key(_REDEEMED, till.headers.guid, named)
    whole = _asked_whole(till, asked.redemptions)
    units = _units(till, unit, whole, asked.redemptions)
    account, before = await asyncio.gather(
        _account(till, named), transactions.redemptions(_unit_keys(till, unit), unit)
    )
    off: dict[int, int] = {}
    if before.carried_out:
        _require_same(whole, *(row["asked"].partition(_AND)[2] for row in before.carried_out))
        reasons = [""] * len(asked.redemptions)
        off = _off(units, {row["key"]: row["off"] for row in before.carried_out})
    elif before.refusal is not None:
        _require_same(whole, before.refusal["asked"])
        reasons = before.refusal["reasons"]
    else:
        if not isinstance(account, GuestAccount):
            raise account
        reasons = [""] * len(asked.redemptions)
        refusal: Row | None = None

        async def settle(tx: DbTransaction, outcomes: Sequence[Outcome]) -> None:
            nonlocal refusal
            why = [_reason(outcomes, units, place) for place in range(len(reasons))]
            if any(why):
                refusal = await keep_refusal(tx, unit, whole, why)
            elif refusal := await kept_refusal(tx, unit):
                raise _RefusedBefore

        with suppress(_RefusedBefore):
            off = _off(units, await _carry_out(till, account, units, asked.check, settle))
        if refusal is not None:
            _require_same(whole, refusal["asked"])
            reasons, off = refusal["reasons"], {}
        else:
            account = await _account(till, named)
    # What was done stays done where the account cannot be found any more.
    shown = shown_account(context, account) if isinstance(account, GuestAccount) else None
    return judged(asked.redemptions, reasons, context.programme, shown, context.settings.currency, off) | accepted()


async def reverse_redemption(till: Till, asked: ReverseInformation) -> bool:
    """Gives back what a redemption used: all of it, or what is named. False where there is no such redemption. Raises
    TillRefused, NotAllowed, Unavailable."""
    context, account = till.context, asked.loyalty_identifier
    unit = till.key(_REDEEMED, asked.transaction_id, account)
    found = await TillTransactions(context.database).redemptions(_unit_keys(till, unit), unit)
    rows = [row for row in found.carried_out if row["store"] == till.store]
    if not rows:
        return False
    context.caller.require(LOYALTY_REDEEM)
    reversal = till.key(_REVERSED, till.headers.guid, account)
    back = {row["key"]: context.vault.keyed("points", f"{reversal}|{row['key']}") for row in rows}
    free = [row for row in rows if row["reversal"] in (None, back[row["key"]])]
    chosen = _named(till, rows, free, asked.redemptions) if asked.redemptions else free
    if not chosen:
        raise not_reversible("This redemption was reversed before.")
    commands = [
        Command(
            key=back[row["key"]],
            asked=context.vault.keyed("asked", row["key"]),
            kind=CommandKind.REVERSE,
            actor=context.caller.name,
            of=row["key"],
            lots_of=context.caller.brands,
        )
        for row in chosen
    ]
    await context.trail.writes(context.caller, "till.reverse", {"customers": [row["number"] for row in chosen]})
    for outcome in await PointsCommands(context.database).carry_out_all(commands, context.now, whole=True):
        match outcome:
            case NotFound():
                return False
            case InvalidInput():
                raise not_reversible("This redemption was reversed before.")
            case RegularsError():
                raise outcome
            case _:
                pass
    return True


async def _account(till: Till, named: str) -> GuestAccount | TillRefused | Ambiguous | CardBlocked:
    """The account, or why there is none."""
    try:
        return await account_of(till.context, named)
    except (TillRefused, Ambiguous, CardBlocked) as error:
        return error


def _units(till: Till, unit: str, whole: str, redemptions: Sequence[TillRedemption]) -> list[_Unit]:
    """Raises TillRefused where there are too many."""
    check_quantities(redemptions)
    wanted = [(place, one) for place, one in enumerate(redemptions) for _ in range(one.quantity)]
    return [
        _Unit(key, f"{_asked(till, one)}{_AND}{whole}", one.identifier, place)
        for key, (place, one) in zip(_unit_keys(till, unit), wanted, strict=False)
    ]


def _unit_keys(till: Till, unit: str) -> list[str]:
    """The keys that the units of a request have, in turn."""
    return [till.context.vault.keyed("points", f"{unit}|{count}") for count in range(MAX_REDEMPTIONS)]


def _require_same(whole: str, *before: str) -> None:
    """Raises TillRefused where an earlier request under this GUID asked for something else."""
    if any(one != whole for one in before):
        raise wrong_input("This GUID was used for something else.")


def _asked_whole(till: Till, redemptions: Sequence[TillRedemption]) -> str:
    listed = [[one.identifier, one.discount, one.quantity] for one in redemptions]
    return till.context.vault.keyed("asked", orjson.dumps([till.store, listed]).decode())


def _asked(till: Till, one: TillRedemption) -> str:
    return till.context.vault.keyed("asked", f"{one.identifier}|{one.discount or ''}")


def _off(units: Sequence[_Unit], off: Mapping[str, Sequence[int] | None]) -> dict[int, int]:
    """What each redemption took off the check, by its place. `off`: what each unit took off each line, by its key."""
    sums = Counter[int]()
    for unit in units:
        sums[unit.place] += sum(off.get(unit.key) or ())
    return sums


async def _carry_out(
    till: Till, account: GuestAccount, units: Sequence[_Unit], check: Check, settle: Settle
) -> dict[str, Sequence[int] | None]:
    """What each unit took off each line of the check's basket, by its key."""
    context = till.context
    place = RewardPlace(till.brand, till.store, channel_of(check))
    basket = basket_of(check, place, context.settings.currency)
    commands = [
        Command(
            key=unit.key,
            asked=unit.asked,
            kind=CommandKind.REDEEM,
            actor=context.caller.name,
            record=account.record,
            identifier=account.key,
            brand=till.brand,
            lots_of=shown_brands(context, account),
            wanted=Wanted(context.programme, reward=unit.offer, store=till.store, channel=place.channel),
            basket=basket,
        )
        for unit in units
    ]
    if not commands:
        return {}
    await context.trail.writes(context.caller, "till.redeem", {"customer": account.number})
    outcomes = await PointsCommands(context.database).carry_out_all(commands, context.now, whole=True, settle=settle)
    return {
        unit.key: one.redemption.reward.off
        for unit, one in zip(units, outcomes, strict=True)
        if isinstance(one, CarriedOut) and one.redemption.reward is not None
    }


def _reason(outcomes: Sequence[Outcome], units: Sequence[_Unit], place: int) -> str:
    """Why a redemption is not had; empty where it is. Raises what is no reason but an error of the request."""
    for unit, outcome in zip(units, outcomes, strict=True):
        if unit.place == place and isinstance(outcome, RegularsError):
            if isinstance(outcome, Conflict) and type(outcome) is not Conflict:
                return outcome.message
            raise outcome  # the GUID was used for something else
    return ""


def _named(till: Till, rows: Sequence[Row], free: Sequence[Row], redemptions: Sequence[TillRedemption]) -> list[Row]:
    """The redemptions that are named, each once. Raises TillRefused where one is not among them, or is given back."""
    left, chosen = list(free), list[Row]()
    for one in redemptions:
        asked = _asked(till, one)
        if all(_offer_of(row) != asked for row in rows):
            raise TillRefused(TillStatus.NO_TRANSACTION, "This offer was not redeemed by this transaction.")
        mine = [row for row in left if _offer_of(row) == asked][: one.quantity]
        if len(mine) < one.quantity:
            raise not_reversible("This offer was given back before.")
        chosen += mine
        left = [row for row in left if row not in mine]
    return chosen


def _offer_of(row: Row) -> str:
    return row["asked"].partition(_AND)[0]
