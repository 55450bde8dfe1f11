"""How a customer is named in a query, and how that finds the store's keys."""

from __future__ import annotations

import re
from typing import Any

import strawberry

from domain.errors import InvalidInput
from graph.customers import Finder
from identity.read_model import name_key
from identity.search_parts import LAST, account_part, digits_part, family_part
from matching.normalise import normalise
from privacy.vault import Vault
from resolvers.access.caller import IDENTITY_READ, LOYALTY_CARDS
from resolvers.context import Context
from resolvers.kit.pages import PageRequest

_NUMBER = re.compile(r"CUST(-[0-9A-Z]{4}){3}")
_SEARCHED_TYPES = ("email", "phone", "loyalty_card", "account_id", "device_id")
_WHOLE: dict[str, Any] = {"parts": [], "account": None, "family": None, "order": None}
MAX_TEXT = 200
"""Characters that `customerSearch` looks for."""


@strawberry.input(description="A record by its own id in the system that keeps it.")
class ExternalId:
    source: str = strawberry.field(description="The system, as its events name it.")
    id: str = strawberry.field(description="The id in that system.")


@strawberry.input(one_of=True, description="Names one customer; give exactly one of the fields.")
class CustomerBy:
    customer_number: str | None = strawberry.field(
        default=strawberry.UNSET, description="A customer number, present or merged."
    )
    phone: str | None = strawberry.field(
        default=strawberry.UNSET, description="A phone number, with or without its country code."
    )
    email: str | None = strawberry.field(default=strawberry.UNSET, description="An e-mail address.")
    card: str | None = strawberry.field(default=strawberry.UNSET, description="A loyalty card.")
    device: str | None = strawberry.field(default=strawberry.UNSET, description="A device id.")
    external_id: ExternalId | None = strawberry.field(
        default=strawberry.UNSET, description="A source record by its own id."
    )


def finder(
    by: CustomerBy, context: Context, *, then: bool = False, ranked: bool = False, any_card: bool | None = None
) -> Finder:
    """Finds the customer, or with `then` who it was at a moment, or with `ranked` everybody whom an identifier may
    mean. A card that is blocked finds nobody, unless `any_card`; None: unless the caller looks after cards. Raises
    InvalidInput where the value cannot be."""
    if isinstance(by.customer_number, str):
        return Finder.named("by_number_then" if then else "by_number", number=by.customer_number.strip().upper())
    if isinstance(by.external_id, ExternalId):
        key = context.reader.record_key(by.external_id.source, by.external_id.id)
        return Finder.named("by_record", key=key)
    given = {"phone": by.phone, "email": by.email, "loyalty_card": by.card, "device_id": by.device}
    for type_, value in given.items():
        if isinstance(value, str):
            name = "by_identifier_ranked" if ranked else "by_identifier"
            more = {"anyCard": _any_card(context) if any_card is None else any_card} if by.card else {}
            return Finder.named(name, key=_key(type_, value, context), **more)
    raise InvalidInput("Name the customer by exactly one field.")


def search_finder(text: str, page: PageRequest, context: Context) -> Finder:
    """Finds a page of customers by number, identifier or whole name, and for who may ask about identities by a part of
    these. Raises InvalidInput on a text of no use."""
    if not 1 <= len(text.strip()) <= MAX_TEXT:
        raise InvalidInput(f"Search for 1 to {MAX_TEXT} characters.")
    keys: list[str] = []
    for type_ in _SEARCHED_TYPES:
        try:
            keys.append(_key(type_, text, context))
        except InvalidInput:
            continue
    number = text.strip().upper()
    at, key = page.edge or (None, None)
    return Finder.named(
        "by_search",
        number=number if _NUMBER.fullmatch(number) else None,
        keys=keys,
        nameKey=name_key(context.vault, text),
        **(_parts(text.strip(), context.vault) if context.caller.allows(IDENTITY_READ) else _WHOLE),
        at=at,
        key=key,
        size=page.fetch,
        back=page.back,
        anyCard=_any_card(context),
    )


def _any_card(context: Context) -> bool:
    return context.caller.allows(LOYALTY_CARDS)


def _parts(text: str, vault: Vault) -> dict[str, Any]:
    """What a part of a customer may be: a till that tries the last digits of phones would meet everybody."""
    account, digits = account_part(vault, text), text.lstrip("*•….x ")
    last = [digits_part(vault, digits)] if len(digits) == LAST and digits.isdecimal() and digits.isascii() else []
    return {
        "parts": [*last, *([account] if account else [])],
        "account": account,
        "family": family_part(vault, text),
        "order": text,
    }


def _key(type_: str, value: str, context: Context) -> str:
    try:
        normalised = normalise(type_, value, region=context.settings.default_region)
    except ValueError as error:
        raise InvalidInput(f"The {type_.replace('_', ' ')} {error}.") from None
    return context.reader.identifier_key(type_, normalised)
