"""Mutations about points: a guest uses them, at once or first set aside, and agents give some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from domain.errors import Ambiguous, Conflict, InvalidInput, NotAllowed, NotFound
from graph.customers import Finder, Profile
from loyalty.lots import Lot, end_of_month
from loyalty.points_commands import CarriedOut, PointsCommands
from loyalty.redemption import Command, CommandKind
from resolvers.access.caller import LOYALTY_GRANT, LOYALTY_GRANT_ANY, LOYALTY_REDEEM, ME_WRITE, PROFILE_READ
from resolvers.context import Context, Info
from resolvers.customer.customer_by import CustomerBy, ExternalId, finder
from resolvers.customer.find_customer import looked_up, own_record
from resolvers.customer.points import PointsLot
from resolvers.kit.asked import asked
from resolvers.kit.enums import described
from resolvers.kit.global_ids import global_id, key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Date, DateTime
from resolvers.kit.selection import selected
from resolvers.kit.user_errors import user_errors
from resolvers.places import Brand

MAX_GRANT = 1_000
"""Points that an agent gives or takes at once."""
_COST = 20


class GrantReason(StrEnum):
    """Why an agent gives points, or takes them."""

    COMPLAINT = "complaint"
    GOODWILL = "goodwill"
    MISSING_ORDER = "missing_order"
    CORRECTION = "correction"
    CAMPAIGN = "campaign"


described(
    GrantReason,
    "Why an agent gives points, or takes them.",
    COMPLAINT="A guest complained.",
    GOODWILL="A gesture.",
    MISSING_ORDER="An order did not earn what it should have.",
    CORRECTION="An earlier grant was wrong.",
    CAMPAIGN="An action that is no rule of the programme.",
)


@strawberry.type(description="Points that a guest used, or has set aside. It stands as it is now.")
class Redemption:
    id: strawberry.ID = strawberry.field(description="Name it to capture, release or reverse.")
    used: int = strawberry.field(description="Points that are used and were not given back.")
    held: int = strawberry.field(description="Points that are set aside.")
    held_until: DateTime | None = strawberry.field(
        description="When what is held comes back by itself; null if it was used at once."
    )
    lots: list[PointsLot] = strawberry.field(description="Where the used and the held points are from.")

    @classmethod
    def of(cls, done: CarriedOut, brands: frozenset[str] | None) -> Redemption:
        """`brands`: the only ones whose lots are shown; None: all."""
        found = done.redemption
        held, used = +found.held, +found.used
        lots = sorted((held + used).items(), key=lambda one: one[0].turn())
        return cls(
            id=global_id("Redemption", found.key),
            used=used.total(),
            held=held.total(),
            held_until=DateTime(found.until) if found.until else None,
            lots=[_lot(lot, points) for lot, points in lots if brands is None or lot.brand in brands],
        )


def _lot(lot: Lot, points: int) -> PointsLot:
    last_day = Date(lot.expires) if lot.expires else None
    return PointsLot(brand=Brand(row=[lot.brand, None]), last_day=last_day, points=points)


@strawberry.type(description="What came of a request about points.")
class PointsPayload:
    redemption: Redemption | None = strawberry.field(description="The redemption; null in an error or for a grant.")
    customer_number: str | None = strawberry.field(description="The guest's present number; null in an error.")
    points_left: int | None = strawberry.field(description="Points in hand that you could still use; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


Who = Annotated[CustomerBy, strawberry.argument(description="Whose points.")]
Points = Annotated[int, strawberry.argument(description="How many points.")]
SomePoints = Annotated[int | None, strawberry.argument(description="How many points; none: all that there are.")]
UsedAt = Annotated[
    str | None,
    strawberry.argument(description="The brand where they are used. A key for one brand need not name it."),
]
RequestId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="Your own id of this request, 1 to 100 characters. Sent again it does nothing more, and gets the "
        "redemption as it is by then; with another request it is refused."
    ),
]
Of = Annotated[strawberry.ID, strawberry.argument(description="Id of the redemption.")]


@strawberry.type
class PointsMutations:
    @strawberry.mutation(
        description="The guest uses points: those that expire first, of all brands that you may see.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def points_redeem(
        self,
        info: Info,
        customer: Who,
        points: Points,
        request_id: RequestId,
        brand: UsedAt = None,
    ) -> PointsPayload:
        return await _of_a_guest(info, CommandKind.REDEEM, customer, request_id, brand, points=points)

    @strawberry.mutation(
        description="Sets points aside that the guest is about to use. They come back by themselves.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def points_hold(
        self,
        info: Info,
        customer: Who,
        points: Points,
        request_id: RequestId,
        brand: UsedAt = None,
        seconds: Annotated[int, strawberry.argument(description="For how long; up to 7 days.")] = 900,
    ) -> PointsPayload:
        more = {"points": points, "seconds": seconds}
        return await _of_a_guest(info, CommandKind.HOLD, customer, request_id, brand, **more)

    @strawberry.mutation(
        description="Points that were set aside are used; those that are not captured come back.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def points_capture(
        self, info: Info, redemption: Of, request_id: RequestId, points: SomePoints = None
    ) -> PointsPayload:
        return await _of_a_redemption(info, CommandKind.CAPTURE, redemption, request_id, points)

    @strawberry.mutation(
        description="Points that were set aside come back.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def points_release(
        self, info: Info, redemption: Of, request_id: RequestId, points: SomePoints = None
    ) -> PointsPayload:
        return await _of_a_redemption(info, CommandKind.RELEASE, redemption, request_id, points)

    @strawberry.mutation(
        description="Points that were used come back, with the last day that they had.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def points_reverse(
        self, info: Info, redemption: Of, request_id: RequestId, points: SomePoints = None
    ) -> PointsPayload:
        return await _of_a_redemption(info, CommandKind.REVERSE, redemption, request_id, points)

    @strawberry.mutation(
        description="An agent gives points of a brand, or takes them where negative: 1,000 at once, or any number with "
        "the scope loyalty:grant_any.",
        metadata=requires(LOYALTY_GRANT, cost=_COST),
    )
    async def points_grant(
        self,
        info: Info,
        customer: Who,
        points: Points,
        brand: Annotated[str, strawberry.argument(description="The brand that gives them.")],
        reason: Annotated[GrantReason, strawberry.argument(description="Why.")],
        request_id: RequestId,
        last_day: Annotated[
            Date | None,
            strawberry.argument(
                description="They can be used until the end of this day's month; none: no end. Not if you take points."
            ),
        ] = None,
    ) -> PointsPayload:
        context = info.context
        if abs(points) > MAX_GRANT and not context.caller.allows(LOYALTY_GRANT_ANY):
            error = InvalidInput(f"You may give or take {MAX_GRANT:,} points at once.", hint="Ask an administrator.")
            return _refused(error, "points")
        try:
            more = {"points": points, "expires": _end_of_month(last_day, context), "reason": reason.value}
        except InvalidInput as error:
            return _refused(error, "lastDay")
        payload = await _of_a_guest(info, CommandKind.GRANT, customer, request_id, brand, **more)
        payload.redemption = None
        return payload

    @strawberry.mutation(
        description="The guest who is signed in uses own points, at the brand of the token.",
        metadata=requires(ME_WRITE, whole=False, cost=_COST),
    )
    async def my_points_redeem(self, info: Info, points: Points, request_id: RequestId) -> PointsPayload:
        context = info.context
        own, of_token = own_record(context), context.caller.own
        try:
            command = _command(info, CommandKind.REDEEM, request_id, points=points, record=own)
            profiles = await context.own.find(Finder.named("by_record", key=own))
            brand = of_token.brand if of_token is not None else None
            return await _carried_out(context, replace(command, brand=brand, lots_of=_shown(profiles, context)))
        except (InvalidInput, Conflict, NotFound) as error:
            return _refused(error)


async def _of_a_guest(
    info: Info,
    kind: CommandKind,
    customer: CustomerBy,
    request_id: str,
    brand: str | None,
    **more: Any,
) -> PointsPayload:
    context = info.context
    try:
        command = _command(info, kind, request_id, brand=_used_at(brand, context), **more)
        find = finder(customer, context)
        profiles = await looked_up(context, context.customers.find(find), by_value=find.by_value)
        if len(profiles) == 1:
            key = find.parameters["find"].get("key")
            by_record = isinstance(customer.external_id, ExternalId)
            named = {"record": key} if by_record else {"number": profiles[0].base["number"], "identifier": key}
            return await _carried_out(context, replace(command, **named, lots_of=_shown(profiles, context)))
        return await _sent_before(context, command, several=bool(profiles))
    except (InvalidInput, Conflict, NotFound) as error:
        return _refused(error)


async def _sent_before(context: Context, command: Command, *, several: bool) -> PointsPayload:
    """What came of a request that names nobody any more. Raises Ambiguous and NotFound where it is a new one."""
    try:
        return await _carried_out(context, replace(command, lots_of=context.caller.brands))
    except NotFound:
        if several:
            raise Ambiguous("Several customers use this identifier.", hint="Name the customer by number.") from None
        raise


async def _of_a_redemption(
    info: Info, kind: CommandKind, redemption: str, request_id: str, points: int | None
) -> PointsPayload:
    context = info.context
    context.caller.require(PROFILE_READ)
    try:
        of = key_of("Redemption", redemption)
        return await _carried_out(
            context, _command(info, kind, request_id, of=of, points=points, lots_of=context.caller.brands)
        )
    except (InvalidInput, Conflict, NotFound) as error:
        return _refused(error)


def _command(info: Info, kind: CommandKind, request_id: str, **more: Any) -> Command:
    """Raises InvalidInput."""
    context = info.context
    if not 1 <= len(request_id) <= 100:
        raise InvalidInput("A requestId has 1 to 100 characters.")
    return Command(
        key=context.vault.keyed("points", f"{context.caller.name}|{request_id}"),
        asked=context.vault.keyed("asked", asked(selected(info), besides=("requestId",))),
        kind=kind,
        actor=context.caller.name,
        **more,
    )


def _end_of_month(day: object, context: Context) -> str:
    """The last day of points that can be used on this day; lots are by month. Raises InvalidInput."""
    if day is None:
        return ""
    try:
        found = date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError:
        raise InvalidInput("This is no day, such as 2027-01-31.") from None
    if found < context.now.date():
        raise InvalidInput("This day is over.")
    return end_of_month(found.year, found.month)


def _used_at(brand: str | None, context: Context) -> str | None:
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


def _shown(profiles: Sequence[Profile], context: Context) -> frozenset[str] | None:
    """The brands whose points the caller may use: those whose part of the profile the caller sees. None: all."""
    if context.view is None:
        return None
    if not profiles:
        return context.caller.brands
    return None if profiles[0].base["whole"] else frozenset(profiles[0].base["shownBrands"])


async def _carried_out(context: Context, command: Command) -> PointsPayload:
    done = await PointsCommands(context.database).carry_out(command, context.now)
    return PointsPayload(
        redemption=Redemption.of(done, command.lots_of),
        customer_number=done.number,
        points_left=done.left,
        user_errors=[],
    )


def _refused(error: InvalidInput | Conflict | NotFound, *field: str) -> PointsPayload:
    errors = user_errors(error, field=field)
    return PointsPayload(redemption=None, customer_number=None, points_left=None, user_errors=errors)
