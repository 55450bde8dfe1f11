"""`identityWhy` and `identityWhyNot`: what makes one person of two records, and what keeps two people apart."""

from __future__ import annotations

import asyncio

import strawberry

from domain.errors import InvalidInput
from matching.explain import Common, Compared, Hop, Obstacle, Remedy, RemedyKind, Standing
from resolvers.context import Context
from resolvers.identity import sentences
from resolvers.identity.evidence import Evidence, IdentityBy, IdentityRecord, IdentitySide, Side
from resolvers.kit.enums import described

MAX_SHOWN = 50
"""Shared identifiers that an answer to `identityWhy` or `identityWhyNot` lists."""

described(
    Standing,
    "Whether an identifier speaks for one person.",
    LINKS="It counts.",
    SHARED="Too many different people use it: it counts no longer.",
    BLOCKED="A dummy value, or one that an agent blocked: it never counts.",
    ATTRIBUTE="Its type describes and never links.",
)
described(
    RemedyKind,
    "A change that would make one person of two.",
    AGREE_ON="Both carry the same identifier of a type.",
    UNSHARE="A shared identifier counts again.",
    UNBLOCK="A blocked identifier counts again.",
    MEND_NAME="A name is corrected.",
    MEND_BIRTH_DATE="A birth date is corrected.",
    MEND_SUFFIX="A name's suffix is corrected.",
    DECIDE="An agent decides it.",
)


@strawberry.type(description="An identifier that both sides carry.")
class CommonIdentifier:
    type: str = strawberry.field(description="Type, such as phone.")
    display: str = strawberry.field(description="Masked value.")
    standing: Standing = strawberry.field(description="Whether it counts.")
    bits: float = strawberry.field(description="Its weight as evidence; 0 where it does not count.")
    records: int = strawberry.field(description="Connected records that carry it.")
    people: int = strawberry.field(description="Different people who use it.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@strawberry.type(description="A step from one record to another.")
class IdentityStep:
    from_record: IdentityRecord = strawberry.field(description="The record it starts from.")
    to_record: IdentityRecord = strawberry.field(description="The record it leads to.")
    rule: str = strawberry.field(description="Why, such as same phone.")
    identifier_type: str | None = strawberry.field(description="Type of the identifier that both carry.")
    display: str | None = strawberry.field(description="Masked value of the identifier that both carry.")
    bits: float = strawberry.field(description="Weight of the identifier.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@strawberry.type(description="What one field of the two records that have most in common is worth.")
class FieldComparison:
    field: str = strawberry.field(description="Field, such as given_name.")
    level: str = strawberry.field(description="How far they agree, from equal to different.")
    bits: float = strawberry.field(description="log2 odds of one person against two strangers.")
    beside_relatives: float = strawberry.field(description="log2 odds of one person against two of one household.")
    left: str | None = strawberry.field(description="What the one claims; null without the scope pii:read.")
    right: str | None = strawberry.field(description="What the other claims; null without the scope pii:read.")


@strawberry.type(description="What the contents of the two records that have most in common are worth by the model.")
class IdentityScore:
    bits: float = strawberry.field(description="log2 odds of one person, and neither strangers nor relatives.")
    strangers: float = strawberry.field(description="log2 odds of one person against two strangers: prior and fields.")
    relatives: float = strawberry.field(description="log2 odds of one person against two of one household.")
    prior: float = strawberry.field(description="log2 odds of two records of whom nothing is known.")
    left: IdentityRecord = strawberry.field(description="The record of the one side.")
    right: IdentityRecord = strawberry.field(description="The record of the other.")
    fields: list[FieldComparison] = strawberry.field(description="Each field that both tell.")


@strawberry.type(description="What speaks against one person.")
class IdentityObstacle:
    rule: str = strawberry.field(description="Stable code, such as GIVEN_NAMES_DIFFER or NOTHING_IN_COMMON.")
    explanation: str = strawberry.field(description="The same in a sentence.")
    left: IdentityRecord | None = strawberry.field(description="A record of the one side that shows it by itself.")
    right: IdentityRecord | None = strawberry.field(description="A record of the other.")


@strawberry.type(description="A change that was tried and makes one person of the two.")
class IdentityRemedy:
    kind: RemedyKind = strawberry.field(description="What kind of change.")
    identifier_type: str | None = strawberry.field(description="Type of the identifier it is about.")
    display: str | None = strawberry.field(description="Masked value of the identifier it is about.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@strawberry.type(description="Why two are one person.")
class IdentityWhy:
    left: IdentitySide = strawberry.field(description="The one.")
    right: IdentitySide = strawberry.field(description="The other.")
    summary: str = strawberry.field(description="The answer in a sentence or two.")
    common: list[CommonIdentifier] = strawberry.field(
        description="What both carry, the weightiest first; at most 50. Empty where others tie them: see path."
    )
    path: list[IdentityStep] = strawberry.field(description="The fewest steps from the one to the other.")
    overruled: list[IdentityObstacle] = strawberry.field(
        description="What speaks against it and does not count: a strong identifier or an agent overrules it."
    )
    score: IdentityScore = strawberry.field(description="What names, dates and addresses are worth beside identifiers.")
    up_to_date: bool = strawberry.field(
        description="Whether today's rules say the same; false until the next event about them, where rules changed."
    )


@strawberry.type(description="Why two are not one person, and what would make them one.")
class IdentityWhyNot:
    left: IdentitySide = strawberry.field(description="The one.")
    right: IdentitySide = strawberry.field(description="The other.")
    summary: str = strawberry.field(description="The answer in a sentence or two.")
    obstacles: list[IdentityObstacle] = strawberry.field(description="All that keeps them apart, the gravest first.")
    common: list[CommonIdentifier] = strawberry.field(description="What both carry all the same; at most 50.")
    path: list[IdentityStep] = strawberry.field(
        description="How they are connected by way of other people, where they are."
    )
    remedies: list[IdentityRemedy] = strawberry.field(
        description="What would join them, each tried; nothing is tried where more than 400 records are connected."
    )
    score: IdentityScore = strawberry.field(description="What names, dates and addresses are worth beside identifiers.")
    up_to_date: bool = strawberry.field(
        description="Whether today's rules say the same; false until the next event about them, where rules changed."
    )


async def why(context: Context, a: IdentityBy, b: IdentityBy) -> IdentityWhy:
    """Raises InvalidInput where the two are not one customer."""
    evidence, (left, right) = await Evidence.of(context, a, b)
    if left.number != right.number:
        raise InvalidInput("These are two customers.", hint="Ask identityWhyNot.")
    left, right = _parted(left, right)
    return await asyncio.to_thread(_why, evidence, left, right)


async def why_not(context: Context, a: IdentityBy, b: IdentityBy) -> IdentityWhyNot:
    """Raises InvalidInput where the two are one customer."""
    evidence, (left, right) = await Evidence.of(context, a, b)
    if left.number == right.number:
        raise InvalidInput("These are one customer.", hint="Ask identityWhy.")
    return await asyncio.to_thread(_why_not, evidence, left, right)


def _parted(left: Side, right: Side) -> tuple[Side, Side]:
    """The sides without what both name. Raises InvalidInput where nothing is left of one."""
    if only := tuple(key for key in right.keys if key not in left.keys):
        return left, Side(right.number, only)
    if only := tuple(key for key in left.keys if key not in right.keys):
        return Side(left.number, only), right
    raise InvalidInput("Both are the same.", hint="Name two records, or a record and its customer.")


def _why(evidence: Evidence, left: Side, right: Side) -> IdentityWhy:
    decided = evidence.decided
    path = decided.path(left.keys, right.keys, [k for k in evidence.states if evidence.number(k) == left.number])
    overruled = decided.overruled(left.keys, right.keys)
    summary = sentences.of_path(path, evidence) if path else "Nothing ties them any more: the rules have changed since."
    if overruled:
        summary += f" It overrules that {' and that '.join(obstacle.detail for obstacle in overruled)}."
    return IdentityWhy(
        left=evidence.side(left),
        right=evidence.side(right),
        summary=summary,
        common=_common(decided.common(left.keys, right.keys), evidence),
        path=_steps(path, evidence),
        overruled=[obstacle_of(one, evidence) for one in overruled],
        score=_score(decided.compared(left.keys, right.keys), evidence),
        up_to_date=evidence.agrees([*left.keys, *right.keys]),
    )


def _why_not(evidence: Evidence, left: Side, right: Side) -> IdentityWhyNot:
    decided = evidence.decided
    compared = decided.compared(left.keys, right.keys)
    ends = compared.left, compared.right
    obstacles = [obstacle_of(one, evidence) for one in decided.obstacles(*ends)]
    for key in ends:
        if fits := decided.fits(key):
            for obstacle in obstacles:
                if obstacle.rule == "AMBIGUOUS":
                    obstacle.explanation += f" {sentences.of_fits(fits, evidence)}"
    summary = obstacles[0].explanation if obstacles else "Nothing keeps them apart any more: the rules have changed."
    return IdentityWhyNot(
        left=evidence.side(left),
        right=evidence.side(right),
        summary=summary,
        obstacles=obstacles,
        common=_common(decided.common(left.keys, right.keys), evidence),
        path=_steps(decided.path(left.keys, right.keys), evidence),
        remedies=[_remedy(one, evidence) for one in decided.remedies(*ends)],
        score=_score(compared, evidence),
        up_to_date=evidence.agrees(ends),
    )


def _common(found: tuple[Common, ...], evidence: Evidence) -> list[CommonIdentifier]:
    return [
        CommonIdentifier(
            type=one.identifier.type,
            display=evidence.display(one.identifier),
            standing=one.standing,
            bits=one.bits,
            records=one.records,
            people=evidence.people(one.identifier),
            explanation=sentences.of_common(one, evidence),
        )
        for one in found[:MAX_SHOWN]
    ]


def _steps(path: tuple[Hop, ...], evidence: Evidence) -> list[IdentityStep]:
    return [
        IdentityStep(
            from_record=evidence.record(hop.left),
            to_record=evidence.record(hop.right),
            rule=hop.rule,
            identifier_type=hop.identifier.type if hop.identifier else None,
            display=evidence.display(hop.identifier) if hop.identifier else None,
            bits=hop.bits,
            explanation=sentences.of_hop(hop, evidence),
        )
        for hop in path
    ]


def obstacle_of(one: Obstacle, evidence: Evidence) -> IdentityObstacle:
    return IdentityObstacle(
        rule=one.rule,
        explanation=sentences.of_obstacle(one, evidence),
        left=evidence.record(one.left) if one.left else None,
        right=evidence.record(one.right) if one.right else None,
    )


def _remedy(one: Remedy, evidence: Evidence) -> IdentityRemedy:
    return IdentityRemedy(
        kind=one.kind,
        identifier_type=one.identifier.type if one.identifier else one.type,
        display=evidence.display(one.identifier) if one.identifier else None,
        explanation=sentences.of_remedy(one, evidence),
    )


def _score(compared: Compared, evidence: Evidence) -> IdentityScore:
    score = compared.score
    return IdentityScore(
        bits=score.bits,
        strangers=round(score.strangers, 2),
        relatives=round(score.relatives, 2),
        prior=round(score.strangers - sum(one.strangers for one in score.fields), 2),
        left=evidence.record(compared.left),
        right=evidence.record(compared.right),
        fields=[
            FieldComparison(
                field=one.name,
                level=one.level,
                bits=round(one.strangers, 2),
                beside_relatives=round(one.relatives, 2),
                left=evidence.trait(compared.left, one.name),
                right=evidence.trait(compared.right, one.name),
            )
            for one in score.fields
        ],
    )
