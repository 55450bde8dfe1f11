"""What an account has, which offers it could have for a check, and which of those applied to it are valid. Nothing
changes by it."""

from __future__ import annotations

from typing import Any

from api.loyalty.till import Till
from api.loyalty.till_accounts import account_of, shown_account, usable_points
from connectors.toast.basket_offers import BasketDesk
from connectors.toast.check_basket import basket_of
from connectors.toast.check_order import channel_of
from connectors.toast.till_answer import accepted, judged, offer
from connectors.toast.till_offers import OfferDesk
from connectors.toast.till_request import CheckInformation, check_quantities
from connectors.toast.till_status import no_account
from loyalty.baskets.stacking import BasketChoice
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import Guest, RewardPlace
from resolvers.customer.loyalty.rewards import REWARDS, reward_uses


async def inquire(till: Till, asked: CheckInformation) -> dict[str, Any]:
    """Raises TillRefused, NotAllowed, Unavailable."""
    context = till.context
    if asked.loyalty_identifier is None:
        raise no_account("Name the account.")
    account = await account_of(context, asked.loyalty_identifier, REWARDS)
    rules, currency = context.programme, context.settings.currency
    tier, uses, limits = account.profile.parts[REWARDS]
    place = RewardPlace(till.brand, till.store, channel_of(asked.check))
    points, had = usable_points(context, account), list(reward_uses(uses))
    counters = {row[0]: LimitCounter.of_row(*row) for row in limits}
    basket = basket_of(asked.check, place, currency)
    shown = shown_account(context, account)
    if basket is None:
        desk = OfferDesk(rules, place, points, context.now, tier, had, counters)
        answer = judged(asked.redemptions, desk.judge(asked.redemptions), rules, shown, currency)
        offers = [offer(reward, currency) for reward in desk.offers()]
    else:
        check_quantities(asked.redemptions)
        of_basket = BasketDesk(BasketChoice(basket, rules, Guest(tier, points, had), counters, context.now))
        reasons, off = of_basket.judge(asked.redemptions)
        answer = judged(asked.redemptions, reasons, rules, shown, currency, dict(enumerate(off)))
        offers = [offer(reward, currency, off) for reward, off in of_basket.offers()]
    answer["checkResponse"]["offers"] = offers
    return answer | accepted()
