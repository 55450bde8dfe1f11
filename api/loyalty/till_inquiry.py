"""What an account has, which offers it could have for a check, and which of those applied to it are valid. Nothing
changes by it."""

from __future__ import annotations

from typing import Any

from api.loyalty.till import Till
from api.loyalty.till_accounts import GuestAccount, account_of, shown_account, usable_points
from connectors.toast.check_order import channel_of
from connectors.toast.till_answer import accepted, judged, offer
from connectors.toast.till_offers import OfferDesk, choices, counters_of
from connectors.toast.till_request import Check, CheckInformation
from connectors.toast.till_status import no_account
from graph.reward_facts import RewardFacts
from loyalty.points_commands import EVER
from loyalty.redemption import Redemption
from loyalty.reward_choice import Place


async def inquire(till: Till, asked: CheckInformation) -> dict[str, Any]:
    """Raises TillRefused, NotAllowed, Unavailable."""
    if asked.loyalty_identifier is None:
        raise no_account("Name the account.")
    account = await account_of(till.context, asked.loyalty_identifier)
    desk = await _desk(till, account, asked.check)
    reasons = desk.judge(asked.redemptions)
    currency = till.context.settings.currency
    answer = judged(asked.redemptions, reasons, till.rules, shown_account(till.context, account), currency)
    answer["checkResponse"]["offers"] = [offer(reward, currency) for reward in desk.offers()]
    return answer | accepted()


async def _desk(till: Till, account: GuestAccount, check: Check) -> OfferDesk:
    """One round trip, and none where the programme has no rewards."""
    context, had = till.context, list(choices(till.rules))
    place = Place(till.brand, till.store, channel_of(check))
    desk = OfferDesk(till.rules, place, usable_points(context, account), context.now)
    if had:
        days = {one.reward.id: since for one in had if (since := one.since(context.now)) is not None}
        limits = {take.key for one in had for take in one.takes(0)}
        since = min(days.values(), default="") or EVER
        facts = await RewardFacts(context.database).of(account.number, days.keys(), since, limits)
        uses = (Redemption.of_row(row | {"limits": [], "entries": []}).reward for row in facts["redemptions"])
        desk.tier, desk.uses = facts["tier"], [use for use in uses if use is not None]
        desk.counters = counters_of(facts["limits"])
    return desk
