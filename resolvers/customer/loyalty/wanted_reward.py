"""A reward as a request names it: by its id, or by the code of a coupon."""

from __future__ import annotations

from domain.errors import InvalidInput
from domain.order_words import Channel
from loyalty.rewards.coupon_codes import read_code
from loyalty.rewards.reward_choice import Wanted
from resolvers.context import Context

MAX_CODE = 64
"""Letters of a coupon's code, however it is typed."""


def wanted_reward(
    context: Context, reward: str | None, coupon: str | None, store: str | None, channel: Channel | None
) -> Wanted:
    """Raises InvalidInput where not one of reward and coupon is named."""
    if (reward is None) == (coupon is None):
        raise InvalidInput("Name a reward or a coupon, and not both.")
    rules = context.programme
    if coupon is None:
        return Wanted(rules, reward, store=store, channel=channel)
    if len(coupon) > MAX_CODE:
        raise InvalidInput(f"A code has up to {MAX_CODE} letters.")
    if (mass := rules.mass_coupon(coupon)) is not None:
        return Wanted(rules, coupon=mass.id, store=store, channel=channel)
    return Wanted(rules, code=hashed_code(context, coupon), store=store, channel=channel)


def hashed_code(context: Context, code: str) -> str | None:
    """The keyed hash of a personal code; None: it can be none, or it was mistyped."""
    plain = read_code(code)
    return None if plain is None else context.vault.keyed("coupon", plain)
