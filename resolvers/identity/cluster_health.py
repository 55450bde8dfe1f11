"""`clusterHealth`: what is doubtful about a person, and the smallest cut that would mend it."""

from __future__ import annotations

import asyncio

import strawberry

from matching.cluster_findings import Finding, FindingKind, findings
from resolvers.context import Context
from resolvers.identity import sentences
from resolvers.identity.evidence import Evidence, IdentityBy, IdentityRecord
from resolvers.identity.why import IdentityObstacle, obstacle_of
from resolvers.kit.enums import described

_MAX_RECORDS = 20

described(
    FindingKind,
    "What is doubtful about a person.",
    SEVERAL="A source uses one record for several people.",
    WEAK_BRIDGE="One identifier alone holds together what has different names.",
    OVERUSED="Many different people use an identifier of this person.",
    COLLAPSE="Claims that contradict each other: it may be two people.",
)


@strawberry.type(description="Records that would stand together.")
class HealthPart:
    record_count: int = strawberry.field(description="How many.")
    records: list[IdentityRecord] = strawberry.field(description="The first 20.")


@strawberry.type(description="A record that would let go of an identifier.")
class HealthCut:
    record: IdentityRecord = strawberry.field(description="The record.")
    identifier_type: str | None = strawberry.field(
        description="Type of the identifier; null: what it claims, or what an agent decided."
    )
    display: str | None = strawberry.field(description="Masked value of the identifier.")
    bits: float = strawberry.field(description="Its weight.")


@strawberry.type(description="A reason to look at a person; no judgement.")
class HealthFinding:
    kind: FindingKind = strawberry.field(description="What it is.")
    explanation: str = strawberry.field(description="The same in a sentence.")
    bits: float = strawberry.field(description="Weight of the identifier, or of the whole cut.")
    people: int | None = strawberry.field(description="Different people who use the identifier.")
    identifier_type: str | None = strawberry.field(description="Type of the identifier it is about.")
    display: str | None = strawberry.field(description="Masked value of the identifier it is about.")
    parts: list[HealthPart] = strawberry.field(description="What a bridge joins, or what the cut would leave.")
    against: list[IdentityObstacle] = strawberry.field(description="What contradicts itself and was overruled.")
    cut: list[HealthCut] = strawberry.field(description="The smallest cut between what contradicts itself.")
    mends: bool = strawberry.field(description="Whether the cut, which was tried, makes two people of them.")


@strawberry.type(description="How sound a person is.")
class ClusterHealth:
    customer_number: str = strawberry.field(description="The customer.")
    healthy: bool = strawberry.field(description="Whether nothing was found.")
    record_count: int = strawberry.field(description="Records of the customer.")
    findings: list[HealthFinding] = strawberry.field(description="What was found, the gravest first; at most 20.")


async def health(context: Context, customer: IdentityBy) -> ClusterHealth:
    """The health of the customer, or of the customer of the record, that is named."""
    evidence, (side,) = await Evidence.of(context, customer)
    person = tuple(key for key in evidence.states if evidence.number(key) == side.number)
    found = await asyncio.to_thread(findings, evidence.decided, person)
    return ClusterHealth(
        customer_number=side.number,
        healthy=not found,
        record_count=len(person),
        findings=[_finding(one, evidence) for one in found],
    )


def _finding(one: Finding, evidence: Evidence) -> HealthFinding:
    return HealthFinding(
        kind=one.kind,
        explanation=sentences.of_finding(one, evidence),
        bits=one.bits,
        people=evidence.people(one.identifier) if one.identifier else None,
        identifier_type=one.identifier.type if one.identifier else None,
        display=evidence.display(one.identifier) if one.identifier else None,
        parts=[
            HealthPart(record_count=len(part), records=[evidence.record(key) for key in part[:_MAX_RECORDS]])
            for part in one.parts
        ],
        against=[obstacle_of(each, evidence) for each in one.against],
        cut=[
            HealthCut(
                record=evidence.record(severed.record),
                identifier_type=severed.identifier.type if severed.identifier else None,
                display=evidence.display(severed.identifier) if severed.identifier else None,
                bits=severed.bits,
            )
            for severed in one.cut
        ],
        mends=one.mends,
    )
