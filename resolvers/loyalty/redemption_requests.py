"""How a request about points or rewards becomes a command: whose it is, for which brands, and its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from domain.errors import Ambiguous, CardBlocked, Conflict, InvalidInput, NotAllowed, NotFound
from graph.customers import Profile
from loyalty.commands.command import Allowance, Command, CommandKind, Recipient
from loyalty.commands.day_limits import DayLimitKind, day_limit
from loyalty.commands.points_commands import PointsCommands
from resolvers.access.caller import LOYALTY_TRANSFER, PROFILE_READ
from resolvers.context import Context, Info
from resolvers.customer.customer_by import CustomerBy, ExternalId, finder
from resolvers.customer.find_customer import looked_up, refuse_blocked_card
from resolvers.kit.asked import asked
from resolvers.kit.global_ids import key_of
from resolvers.kit.selection import selected
from resolvers.kit.user_errors import user_errors
from resolvers.loyalty.redemption_payload import Redemption, RedemptionPayload

COST = 20
"""What a mutation about points or rewards costs."""


async def of_a_guest(
    info: Info,
    kind: CommandKind,
    customer: CustomerBy,
    request_id: str,
    brand: str | None,
    **more: Any,
) -> RedemptionPayload:
    context = info.context
    try:
        command = command_of(info, kind, request_id, brand=used_at(brand, context), **more)
        guest = await asked_guest(context, customer)
        if not isinstance(guest, AskedGuest):
            return await _sent_before(context, command, guest)
        return await carried_out(context, guest.command(command))
    except (InvalidInput, Conflict, NotFound) as error:
        return refused(error)


@dataclass(frozen=True, slots=True)
class AskedGuest:
    """The guest of a request: how its commands name the guest, and the brands whose points they may use."""

    named: Mapping[str, str | None]
    lots_of: frozenset[str] | None

    def command(self, command: Command) -> Command:
        return replace(command, **self.named, lots_of=self.lots_of)  # pyright: ignore[reportArgumentType]


async def asked_guest(context: Context, customer: CustomerBy) -> AskedGuest | NotFound | Ambiguous | CardBlocked:
    """The guest whom a request names, or why it is not one. Raises InvalidInput."""
    find = finder(customer, context)
    profiles = await looked_up(context, context.customers.find(find), by_value=find.by_value)
    if len(profiles) > 1:
        return Ambiguous("Several customers use this identifier.", hint="Name the customer by number.")
    if not profiles:
        try:
            await refuse_blocked_card(context, find)
        except CardBlocked as blocked:
            return blocked
        return NotFound("There is no such customer.")
    key = find.parameters["find"].get("key")
    by_record = isinstance(customer.external_id, ExternalId)
    named = {"record": key} if by_record else {"number": profiles[0].base["number"], "identifier": key}
    return AskedGuest(named, shown(profiles, context))


async def recipient_of(customer: CustomerBy, context: Context) -> Recipient:
    """The guest that gets points. It names nobody where nobody is found, or several are: a request that is sent again
    is answered all the same, and a new one is refused. Raises InvalidInput."""
    guest = await asked_guest(context, customer)
    return Recipient(**guest.named) if isinstance(guest, AskedGuest) else Recipient()


async def _sent_before(
    context: Context, command: Command, nobody: NotFound | Ambiguous | CardBlocked
) -> RedemptionPayload:
    """What came of a request that names nobody any more. Raises `nobody` where it is a new one."""
    try:
        return await carried_out(context, replace(command, lots_of=context.caller.brands))
    except NotFound:
        raise nobody from None


async def of_a_redemption(
    info: Info, kind: CommandKind, redemption: str, request_id: str, points: int | None
) -> RedemptionPayload:
    context = info.context
    context.caller.require(PROFILE_READ)
    try:
        of, caller = key_of("Redemption", redemption), context.caller
        more = {"points": points, "lots_of": caller.brands, "transfers": caller.allows(LOYALTY_TRANSFER)}
        return await carried_out(context, command_of(info, kind, request_id, of=of, **more))
    except (InvalidInput, Conflict, NotFound) as error:
        return refused(error)


def command_of(info: Info, kind: CommandKind, request_id: str, **more: Any) -> Command:
    """Raises InvalidInput."""
    context = info.context
    return Command(
        key=request_key(context, request_id),
        asked=context.vault.keyed("asked", asked(selected(info), besides=("requestId",))),
        kind=kind,
        actor=context.caller.name,
        **more,
    )


def request_key(context: Context, request_id: str, about: str = "points") -> str:
    """The key of a caller's request. Raises InvalidInput."""
    if not 1 <= len(request_id) <= 100:
        raise InvalidInput("A requestId has 1 to 100 characters.")
    return context.vault.keyed(about, f"{context.caller.name}|{request_id}")


def allowance_of(context: Context, what: DayLimitKind, most: int) -> Allowance:
    """What the caller may give on this day."""
    caller = context.vault.keyed(what, context.caller.subject or context.caller.name)
    return Allowance(day_limit(what, context.now.astimezone(UTC).date(), caller), most)


def transferred_in_a_day(context: Context) -> Allowance:
    """What the caller may give of one guest to another on this day."""
    return allowance_of(context, DayLimitKind.TRANSFERS, context.settings.transfer_day_limit)


def used_at(brand: str | None, context: Context) -> str | None:
    """Raises InvalidInput, and NotAllowed for a brand that the caller may not act for."""
    brands = context.caller.brands
    if brands is None:
        return brand
    if brand is None and len(brands) == 1:
        return next(iter(brands))
    if brand is None:
        raise InvalidInput("Name the brand where the points are used.")
    if brand not in brands:
        raise NotAllowed("You may not act for this brand.")
    return brand


def shown(profiles: Sequence[Profile], context: Context) -> frozenset[str] | None:
    """The brands whose points the caller may use: those whose part of the profile the caller sees. None: all."""
    if context.view is None:
        return None
    if not profiles:
        return context.caller.brands
    return None if profiles[0].base["whole"] else frozenset(profiles[0].base["shownBrands"])


async def carried_out(context: Context, command: Command) -> RedemptionPayload:
    done = await PointsCommands(context.database).carry_out(command, context.now)
    return RedemptionPayload(
        redemption=Redemption.of(done, command.lots_of, context.programme),
        customer_number=done.number,
        points_left=done.left,
        user_errors=[],
    )


def refused(error: InvalidInput | Conflict | NotFound, *field: str) -> RedemptionPayload:
    errors = user_errors(error, field=field)
    return RedemptionPayload(redemption=None, customer_number=None, points_left=None, user_errors=errors)
