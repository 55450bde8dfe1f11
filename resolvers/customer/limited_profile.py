"""A customer as some brands know the person: computed from what these brands' records say, and from nothing else."""

from __future__ import annotations

from collections.abc import Collection

from domain.errors import TooLarge
from domain.stats import Stats
from graph.customers import Customers, Finder, Profile, ProfilePart
from graph.segment_feed import VISITS
from identity.computed_profile import computed_profile
from resolvers.context import Context
from resolvers.customer.linked_identities import RECORDS
from resolvers.customer.loyalty.loyalty_tier import TIER_ORDERS, tier_of
from resolvers.customer.past_profile import MAX_RECORDS


async def found(
    context: Context, customers: Customers, finder: Finder, wanted: Collection[ProfilePart]
) -> list[Profile]:
    """The profiles whom the finder finds, no more of each than the caller's brands may know. Raises TooLarge."""
    view = customers.view
    if view is None:
        return await customers.find_shared(finder, wanted)
    by_orders = set[ProfilePart]() if context.programme.tier_rules.by_sums else {TIER_ORDERS}
    profiles = await customers.find(finder, {*wanted, RECORDS, VISITS, *by_orders})
    return [profile if profile.base["whole"] else await _narrowed(profile, context) for profile in profiles]


async def _narrowed(profile: Profile, context: Context) -> Profile:
    brands, keys = profile.base["shownBrands"], [row["key"] for row in profile.parts[RECORDS]]
    if len(keys) == MAX_RECORDS:
        raise TooLarge(f"A customer of {MAX_RECORDS} records or more is not shown to some brands only.")
    computed = await computed_profile(
        context.parts, profile.base["number"], keys, lambda stats: stats.of_brands(brands)
    )
    stats, whole = Stats.from_json(computed["stats"]), Stats.from_json(profile.base["wholeStats"]).of_brands(brands)
    stats.lots, stats.holds = whole.lots, whole.holds
    for _, _, channel, _, _ in profile.parts[VISITS]:
        stats.channels[channel] = stats.channels.get(channel, 0) + 1
    rules, currency = context.programme.tier_rules, context.settings.currency
    if not rules.by_sums:
        computed["tier"] = tier_of(profile.parts[TIER_ORDERS], rules, currency, context.now).tier
    computed |= {"preferredChannel": stats.preferred_channel, "stats": stats.to_json()}
    # Consents stay those of all brands: the strictest answer binds everybody, whichever brand got it.
    kept = {name: profile.base[name] for name in ("consents", "whole", "shownBrands")}
    return Profile(computed | kept, profile.parts)
