"""The loyalty programme as its editors see it: versions, the draft, and what the draft would give."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import strawberry

from domain.errors import InvalidInput, NotFound
from loyalty.programme.programme_editing import ProgrammeDraft, ProgrammeEditing, PublishedVersion
from loyalty.programme.programme_preview import ProgrammePreview, TierChange, preview
from resolvers.access.caller import LOYALTY_PROGRAMME
from resolvers.context import Info
from resolvers.kit.enums import described
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import DateTime

MAX_PREVIEW_DAYS = 92
"""Days whose orders `loyaltyProgrammePreview` compares."""
MAX_PREVIEW_GUESTS = 2_000
"""Guests that `loyaltyProgrammePreview` looks at. `regulars programme preview` has no limit."""


@strawberry.type(description="A published version of the loyalty programme: it holds for orders from its start on.")
class LoyaltyProgramme:
    version: int = strawberry.field(description="Its number: 1, 2, …")
    starts: DateTime = strawberry.field(description="Orders of this time and later earn by it, until the next starts.")
    rules: str = strawberry.field(description="The rules (YAML), as docs/loyalty.md describes them.")
    published_at: DateTime = strawberry.field(description="When it was published.")
    published_by: str = strawberry.field(description="By whom.")

    @classmethod
    def of(cls, found: PublishedVersion) -> LoyaltyProgramme:
        return cls(
            version=found.version,
            starts=DateTime(found.starts),
            rules=found.text,
            published_at=DateTime(found.at),
            published_by=found.by,
        )


@strawberry.type(description="Rules that are to be published next. There is one draft at a time.")
class LoyaltyProgrammeDraft:
    id: strawberry.ID = strawberry.field(description="Name it to publish just this draft.")
    rules: str = strawberry.field(description="The rules (YAML).")
    saved_at: DateTime = strawberry.field(description="When it was saved.")
    saved_by: str = strawberry.field(description="By whom.")

    @classmethod
    def of(cls, found: ProgrammeDraft) -> LoyaltyProgrammeDraft:
        return cls(id=strawberry.ID(found.id), rules=found.text, saved_at=DateTime(found.at), saved_by=found.by)


@strawberry.type(description="Points of one rule at one brand.")
class RulePoints:
    brand: str = strawberry.field(description="Code of the brand.")
    rule: str = strawberry.field(
        description="Id of the bonus; `order`: the orders' own points; `cap`: what is too much."
    )
    today: int = strawberry.field(description="Points by the rules that hold.")
    draft: int = strawberry.field(description="Points by the draft.")


described(
    TierChange,
    "What becomes of the tier of some guests.",
    RISES="They would have a higher one.",
    FALLS="They would have a lower one.",
    STAYS="They would have the same, or one at the same place.",
)


@strawberry.type(description="Guests who have one tier, and would have one by the draft.")
class TierGuests:
    today: str = strawberry.field(description="The tier by the rules that hold.")
    draft: str = strawberry.field(description="The tier by the draft.")
    change: TierChange = strawberry.field(description="What becomes of it.")
    guests: int = strawberry.field(description="How many guests.")


@strawberry.type(description="What the draft would have given for the orders of the last days. Nothing is written.")
class LoyaltyProgrammePreview:
    guests: int = strawberry.field(description="Guests looked at.")
    orders: int = strawberry.field(description="Their orders of these days.")
    complete: bool = strawberry.field(description="Whether these are all guests with such orders, or a sample.")
    gaining: int = strawberry.field(description="Guests with more points than today.")
    losing: int = strawberry.field(description="Guests with fewer points than today.")
    rules: list[RulePoints] = strawberry.field(description="Points by brand and rule.")
    tiers: list[TierGuests] = strawberry.field(
        description="The guests looked at by their tier of now, by all of their orders; the lowest first."
    )

    @classmethod
    def of(cls, found: ProgrammePreview) -> LoyaltyProgrammePreview:
        return cls(
            guests=found.guests,
            orders=found.orders,
            complete=found.complete,
            gaining=found.gaining,
            losing=found.losing,
            rules=[RulePoints(brand=b, rule=r, today=today, draft=draft) for b, r, today, draft in found.rows()],
            tiers=[
                TierGuests(today=today, draft=draft, change=change, guests=guests)
                for today, draft, change, guests in found.tier_rows()
            ],
        )


@strawberry.type
class ProgrammeQueries:
    @strawberry.field(
        description="The published versions of the loyalty programme, by number. Before the first one, the configured "
        "file holds.",
        metadata=requires(LOYALTY_PROGRAMME, cost=20),
    )
    async def loyalty_programmes(self, info: Info) -> list[LoyaltyProgramme]:
        info.context.caller.require(LOYALTY_PROGRAMME)
        return [LoyaltyProgramme.of(one) for one in await ProgrammeEditing(info.context.database).versions()]

    @strawberry.field(description="The draft; null where there is none.", metadata=requires(LOYALTY_PROGRAMME, cost=2))
    async def loyalty_programme_draft(self, info: Info) -> LoyaltyProgrammeDraft | None:
        info.context.caller.require(LOYALTY_PROGRAMME)
        draft = await ProgrammeEditing(info.context.database).draft()
        return None if draft is None else LoyaltyProgrammeDraft.of(draft)

    @strawberry.field(
        description="What the draft would have given for the orders of the last days, tried on some guests.",
        metadata=requires(LOYALTY_PROGRAMME, cost=1_000),
    )
    async def loyalty_programme_preview(
        self,
        info: Info,
        days: Annotated[int, strawberry.argument(description="Of how many days; 1 to 92.")] = 30,
        guests: Annotated[int, strawberry.argument(description="How many guests to look at; 1 to 2,000.")] = 500,
    ) -> LoyaltyProgrammePreview:
        context = info.context
        context.caller.require(LOYALTY_PROGRAMME)
        if not (1 <= days <= MAX_PREVIEW_DAYS and 1 <= guests <= MAX_PREVIEW_GUESTS):
            raise InvalidInput(
                f"A preview looks at 1 to {MAX_PREVIEW_DAYS} days and 1 to {MAX_PREVIEW_GUESTS:,} guests.",
                hint="`regulars programme preview` has no limit.",
            )
        draft = await ProgrammeEditing(context.database).draft()
        if draft is None:
            raise NotFound("There is no draft.", hint="Save one with loyaltyProgrammeDraftSave.")
        found = ProgrammePreview()
        async for so_far in preview(
            context.database,
            await context.programmes.refresh(context.database),
            draft.programme,
            context.now - timedelta(days=days),
            context.now,
            currency=context.settings.currency,
            most=guests,
        ):
            found = so_far
        return LoyaltyProgrammePreview.of(found)
