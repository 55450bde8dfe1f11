"""The rule tree of a segment as input types; `as_json` gives the form that `engagement.segments.rule_parser` reads."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.kit.enums import Channel
from resolvers.kit.scalars import Amount

_NONE = strawberry.UNSET


@strawberry.input(description="Net spend in a currency: over the whole life or the last days, at all brands or one.")
class SpendRule:
    min: Amount | None = strawberry.field(default=_NONE, description="At least this much.")
    max: Amount | None = strawberry.field(default=_NONE, description="At most this much.")
    currency: str | None = strawberry.field(default=_NONE, description="ISO 4217; the group's main one if not given.")
    days: int | None = strawberry.field(default=_NONE, description="Only the last days, times 24 hours.")
    brand: str | None = strawberry.field(default=_NONE, description="Code of a brand.")


@strawberry.input(description="Number of visits: over the whole life or the last days, at all brands or one.")
class VisitsRule:
    min: int | None = strawberry.field(default=_NONE, description="At least this many.")
    max: int | None = strawberry.field(default=_NONE, description="At most this many.")
    days: int | None = strawberry.field(default=_NONE, description="Only the last days, times 24 hours.")
    brand: str | None = strawberry.field(default=_NONE, description="Code of a brand.")


@strawberry.input(description="Whole days since the last visit, to any brand or one.")
class RecencyRule:
    min_days: int | None = strawberry.field(default=_NONE, description="At least this many days ago.")
    max_days: int | None = strawberry.field(default=_NONE, description="At most this many days ago.")
    brand: str | None = strawberry.field(default=_NONE, description="Code of a brand.")


@strawberry.input(description="Has visited a brand.")
class BrandRule:
    brand: str = strawberry.field(description="Code of the brand.")


@strawberry.input(description="Uses a channel.")
class ChannelRule:
    channel: Channel = strawberry.field(description="The channel.")
    preferred: bool = strawberry.field(default=False, description="Only where it is the one used most.")


@strawberry.input(description="Is in one of these tiers.")
class TierRule:
    tiers: list[str] = strawberry.field(description="Names of tiers; 1 to 50.")


@strawberry.input(one_of=True, description="A condition; give exactly one of the fields.")
class SegmentRule:
    and_: list[SegmentRule] | None = strawberry.field(name="and", default=_NONE, description="All of these hold.")
    or_: list[SegmentRule] | None = strawberry.field(name="or", default=_NONE, description="One of these holds.")
    not_: SegmentRule | None = strawberry.field(name="not", default=_NONE, description="This does not hold.")
    spend: SpendRule | None = strawberry.field(default=_NONE, description="What was spent.")
    visits: VisitsRule | None = strawberry.field(default=_NONE, description="How often.")
    recency: RecencyRule | None = strawberry.field(default=_NONE, description="How long ago.")
    brand: BrandRule | None = strawberry.field(default=_NONE, description="Which brand.")
    channel: ChannelRule | None = strawberry.field(default=_NONE, description="Which channel.")
    tier: TierRule | None = strawberry.field(default=_NONE, description="Which tiers.")


_NAMES = {"and_": "and", "or_": "or", "not_": "not", "min_days": "minDays", "max_days": "maxDays"}


def as_json(rule: Any) -> Any:
    """The input as plain JSON values; fields that were not given are left out."""
    if isinstance(rule, Channel):  # before the inputs: an enum of the schema has a definition too
        return rule.value
    if isinstance(rule, list):
        return [as_json(part) for part in rule]
    if hasattr(rule, "__strawberry_definition__"):
        given = {name: value for name, value in vars(rule).items() if value is not _NONE and value is not None}
        return {_NAMES.get(name, name): as_json(value) for name, value in given.items()}
    return rule
