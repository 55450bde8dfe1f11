"""The accounts of guests as tills name them, and who has one.

An account is a source record: it is named by the record's key, which says nothing of anybody. The record that a guest
was found by stays the same one whatever becomes of its guest: after a merge it leads to the merged guest, and after a
split to the guest whom it is of. A card and a customer number name an account, too, as a guest may show one.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass

from connectors.toast.till_answer import TillAccount
from connectors.toast.till_request import SearchCriteria
from connectors.toast.till_status import no_account, wrong_input
from domain.errors import Ambiguous
from domain.stored_stats import read_stats, stored_lots
from graph.customers import Finder, Profile, ProfilePart
from loyalty.ledger.lots import points_balance
from resolvers.context import Context
from resolvers.customer.contact import contact_values
from resolvers.customer.customer_by import CustomerBy, finder
from resolvers.customer.customer_name import name_part
from resolvers.customer.find_customer import looked_up, refuse_blocked_card
from resolvers.customer.golden_record import opened, text_of
from resolvers.customer.limited_profile import found
from resolvers.customer.linked_identities import RECORDS, record_found_by
from resolvers.customer.loyalty.points import LoyaltyBalance
from resolvers.loyalty.redemption_requests import shown

MAX_ACCOUNTS = 10
"""Accounts that a till's search finds."""
_NUMBER = re.compile(r"CUST(-[0-9A-Z]{4}){3}", re.IGNORECASE)
_RECORD = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\|[A-Za-z0-9_-]{20,86}")


@dataclass(frozen=True, slots=True)
class GuestAccount:
    """An account that was found. `identifier` is how the till names it, `record` the key of the source record that it
    is, and `key` that of the identifier by which the guest was found."""

    identifier: str
    record: str
    profile: Profile
    key: str | None = None

    @property
    def number(self) -> str:
        return self.profile.base["number"]


async def account_of(context: Context, identifier: str, *parts: ProfilePart, any_card: bool = False) -> GuestAccount:
    """The account that a till names, with these further parts of the profile. One round trip. Raises TillRefused where
    there is none that the caller may know of, Ambiguous where several guests use the card, and CardBlocked, unless
    `any_card`."""
    if _RECORD.fullmatch(identifier):
        named, by_value = Finder.named("by_record", key=identifier), False  # a keyed hash is not guessed
    elif _NUMBER.fullmatch(identifier):
        named, by_value = finder(CustomerBy(customer_number=identifier), context), False
    else:
        named, by_value = finder(CustomerBy(card=identifier), context, any_card=any_card), True
    profiles = await looked_up(context, found(context, context.customers, named, {RECORDS, *parts}), by_value=by_value)
    if not profiles:
        await refuse_blocked_card(context, named)
        raise no_account()
    if len(profiles) > 1:
        raise Ambiguous("Several guests use this card.")
    key: str | None = named.parameters["find"].get("key")
    if by_value or key is None:
        return GuestAccount(identifier, record_found_by(profiles[0].parts[RECORDS], key), profiles[0], key)
    return GuestAccount(identifier, key, profiles[0])


async def search(context: Context, criteria: SearchCriteria) -> list[TillAccount]:
    """The accounts of guests who have one of these contacts, those that fit best first. Raises TillRefused,
    CardBlocked."""
    by = (CustomerBy(phone=criteria.phone), CustomerBy(email=criteria.email), CustomerBy(card=criteria.card))
    named = [finder(one, context, ranked=True, any_card=False) for one in by if one.phone or one.email or one.card]
    if not named:
        raise wrong_input("Search by phone, email or card. A name alone may be anybody's.")
    several = await asyncio.gather(
        *(looked_up(context, found(context, context.customers, one, {RECORDS})) for one in named)
    )
    hits, accounts = Counter[str](), dict[str, GuestAccount]()
    for one, profiles in zip(named, several, strict=True):
        key: str = one.parameters["find"]["key"]
        for profile in profiles:
            record = record_found_by(profile.parts[RECORDS], key)
            number = profile.base["number"]
            hits[number] += 1
            accounts.setdefault(number, GuestAccount(record, record, profile, key))
    if not accounts:
        for one in named:
            await refuse_blocked_card(context, one)
        raise no_account()
    names = {name.casefold() for name in (criteria.first_name, criteria.last_name) if name}
    rows = [(account, shown_account(context, account)) for account in accounts.values()]
    rows.sort(key=lambda pair: (-hits[pair[0].number], -_fits(pair[0], names, context)))
    return [account for _, account in rows[:MAX_ACCOUNTS]]


def shown_account(context: Context, account: GuestAccount) -> TillAccount:
    """An account as the caller may see it: contact data is masked without the scope pii:read."""
    profile = account.profile
    context.trail.customers.add(account.number)
    return TillAccount(
        identifier=account.identifier,
        points=LoyaltyBalance.of(profile, context.now).points,
        first_name=name_part(profile, context, "given_name"),
        last_name=name_part(profile, context, "family_name"),
        phone=next(iter(contact_values(profile, "phone", context)), None),
        email=next(iter(contact_values(profile, "email", context)), None),
    )


def shown_brands(context: Context, account: GuestAccount) -> frozenset[str] | None:
    """The brands whose points the caller may use; None: all."""
    return shown([account.profile], context)


def usable_points(context: Context, account: GuestAccount) -> int:
    """Points in hand that the caller may use."""
    lots = points_balance(*stored_lots(read_stats(account.profile.base["stats"])), context.now)
    return lots.usable(shown_brands(context, account))


def _fits(account: GuestAccount, names: set[str], context: Context) -> int:
    """How many of the names that were asked for are the guest's."""
    golden = opened(account.profile, context)
    return sum((text_of(golden, part) or "").casefold() in names for part in ("given_name", "family_name"))
