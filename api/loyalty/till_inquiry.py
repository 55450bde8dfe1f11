"""What an account has, which offers it could have for a check, and which of those applied to it are valid. Nothing
changes by it."""

from __future__ import annotations

from typing import Any

from api.loyalty.till import Till
from api.loyalty.till_accounts import GuestAccount, account_of, shown_account, usable_points
from connectors.toast.check_order import channel_of
from connectors.toast.till_answer import accepted, judged, offer
from connectors.toast.till_offers import OfferDesk
from connectors.toast.till_request import Check, CheckInformation
from connectors.toast.till_status import no_account
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import RewardPlace
from resolvers.customer.loyalty.rewards import REWARDS, reward_uses


async def inquire(till: Till, asked: CheckInformation) -> dict[str, Any]:
    """Raises TillRefused, NotAllowed, Unavailable."""
    context = till.context
    if asked.loyalty_identifier is None:
        raise no_account("Name the account.")
    account = await account_of(context, asked.loyalty_identifier, REWARDS)
    desk = _desk(till, account, asked.check)
    reasons, currency = desk.judge(asked.redemptions), context.settings.currency
    answer = judged(asked.redemptions, reasons, context.programme, shown_account(context, account), currency)
    answer["checkResponse"]["offers"] = [offer(reward, currency) for reward in desk.offers()]
    return answer | accepted()


def _desk(till: Till, account: GuestAccount, check: Check) -> OfferDesk:
    """What decides: of the account and of the limits that all guests share, as they are now."""
    tier, uses, limits = account.profile.parts[REWARDS]
    return OfferDesk(
        till.context.programme,
        RewardPlace(till.brand, till.store, channel_of(check)),
        usable_points(till.context, account),
        till.context.now,
        tier,
        list(reward_uses(uses)),
        {row[0]: LimitCounter.of_row(*row) for row in limits},
    )
