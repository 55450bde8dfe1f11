"""Finds customers for whoever asks: one, the guest who asks, or a page of them. Each takes one round trip."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from domain.errors import Ambiguous, NotAllowed, Throttled
from graph.customers import Finder, Profile, ProfilePart
from loyalty.cards import blocked
from resolvers.access.caller import PROFILE_FIND
from resolvers.context import Context, Info
from resolvers.customer.customer import Customer, parts
from resolvers.customer.limited_profile import found
from resolvers.kit.findable import Find, findable
from resolvers.kit.pages import Connection, PageRequest
from resolvers.kit.selection import Selected, selected

T = TypeVar("T")


async def one(context: Context, finder: Finder, wanted: Collection[ProfilePart]) -> Customer | None:
    """Whom the finder finds, with the parts wanted. Raises Ambiguous, CardBlocked, and Throttled after too many
    look-ups in vain."""
    finding = found(context, context.customers, finder, wanted)
    profiles = await looked_up(context, finding, by_value=finder.by_value)
    if not profiles:
        await refuse_blocked_card(context, finder)
    return only(profiles, context)


async def refuse_blocked_card(context: Context, finder: Finder) -> None:
    """For a finder that found nobody. Raises CardBlocked where it is by a card, and found somebody whom the caller may
    see if that were not blocked. A round trip, and none for other finders."""
    find = finder.parameters["find"]
    if find.get("anyCard") is False and "key" in find:
        anyhow = replace(finder, parameters={"find": find | {"anyCard": True}})
        if await context.customers.find(anyhow):
            raise blocked()


async def looked_up(context: Context, finding: Coroutine[Any, Any, T], *, by_value: bool = True) -> T:
    """What is found, None or empty where it is nobody. Look-ups by a value that somebody may try out need a scope, are
    counted, and cost more where they find nobody. Raises NotAllowed, and Throttled after too many in vain."""
    if not by_value:
        return await finding
    try:
        context.caller.require(PROFILE_FIND)
        if context.lookups is not None:
            context.lookups.check(context.caller)
    except (NotAllowed, Throttled):
        finding.close()
        raise
    result = await finding
    if context.lookups is not None:
        await context.lookups.made(context.caller, context.meter, found=bool(result))
    return result


def own_record(context: Context) -> str:
    """The key of the source record that the guest who asks is. Raises NotAllowed to who is no guest."""
    if context.caller.subject is None:
        raise NotAllowed("Only a guest has a profile of their own.", hint="Ask for a customer by number.")
    return context.caller.subject


async def myself(context: Context, wanted: Collection[ProfilePart]) -> Customer | None:
    """The guest who asks: whoever the record of the guest's own token belongs to, and nobody else."""
    finder = Finder.named("by_record", key=own_record(context))
    return only(await found(context, context.own, finder, wanted), context)


def only(profiles: Sequence[Profile], context: Context) -> Customer | None:
    """The one that was found, if any. Raises Ambiguous."""
    if len(profiles) > 1:
        raise Ambiguous("Several customers use this identifier.", hint="Use customersBy: it gives all of them.")
    return Customer.of(profiles[0], context) if profiles else None


async def ranked(context: Context, finder: Finder, wanted: Collection[ProfilePart]) -> list[Customer]:
    """Everybody whom the finder finds, those with a name first, then by visits."""
    finding = context.customers.find(finder, wanted)
    profiles = await looked_up(context, finding, by_value=finder.by_value)
    profiles.sort(key=lambda one: (not one.base["nameDisplay"], -(one.base["visits"] or 0), one.base["number"]))
    return [Customer.of(profile, context) for profile in profiles]


async def page_of_customers(
    info: Info,
    finder: Finder,
    page: PageRequest,
    key: Callable[[Profile], tuple[Any, ...]],
    *,
    descending: bool = False,
) -> Connection[Customer]:
    """A page of customers with whatever is selected of each."""
    context = info.context
    finding = context.customers.find(finder, parts_of_nodes(selected(info)))
    profiles = await looked_up(context, finding, by_value=finder.by_value)
    profiles.sort(key=key, reverse=page.back != descending)
    return page.cut(profiles, key, lambda profile: Customer.of(profile, info.context))


def parts_of_nodes(field: Selected) -> set[ProfilePart]:
    """The parts that the nodes of a connection of customers need."""
    return {part for node in field.below("edges", "node") for part in parts(node)}


@findable(Customer, key="number")
def _customers(context: Context, field: Selected) -> Find:
    wanted = parts(field)

    async def find(number: str) -> Customer | None:
        return await one(context, Finder.named("by_number", number=number), wanted)

    return find
