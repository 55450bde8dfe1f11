"""`identityPath`: the shortest path of records and identifiers between two people."""

from __future__ import annotations

import strawberry

from domain.errors import InvalidInput, NotFound
from graph.shortest_path import CROWD, MAX_HOPS, Path, shortest, shown
from graph.store.database import Row
from resolvers.context import Context
from resolvers.customer.find_customer import looked_up
from resolvers.identity.evidence import IdentityBy, IdentityRecord, asked, record_of, tried_out
from resolvers.identity.sentences import kind


@strawberry.type(description="A step of a path: two records that carry one identifier.")
class PathStep:
    from_record: IdentityRecord = strawberry.field(description="The record it starts from.")
    to_record: IdentityRecord = strawberry.field(description="The record it leads to.")
    identifier_type: str = strawberry.field(description="Type of the identifier that both carry.")
    display: str = strawberry.field(description="Masked value of that identifier.")
    links: bool = strawberry.field(description="Whether it still counts; a shared identifier does not.")
    carriers: int = strawberry.field(description="How many records carry it.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@strawberry.type(description="The shortest path of records and identifiers between two.")
class IdentityPath:
    steps: list[PathStep] = strawberry.field(description="The steps; empty where none was found.")
    complete: bool = strawberry.field(
        description=f"Whether the search came to its end. It gives up after {MAX_HOPS} steps or 5,000 records, and "
        f"never follows a blocked identifier or one that more than {CROWD} records carry."
    )
    summary: str = strawberry.field(description="The answer in a sentence.")


async def path(context: Context, a: IdentityBy, b: IdentityBy) -> IdentityPath:
    """Raises NotFound; InvalidInput where both name one record."""
    sides = await looked_up(context, _sides(context, a, b), by_value=tried_out(a, b))
    if not sides:
        raise NotFound("There is no such customer or source record.")
    left, right = ({*side["keys"]} for side in sides)
    if not (left - right and right - left):
        left, right = (left - right, right) if left - right else (left, right - left)
    if not (left and right):
        raise InvalidInput("Both are the same.", hint="Name two records, or a record and its customer.")
    found = await shortest(context.database, left - right, right)
    if not found.steps:
        words = "No path connects them." if found.complete else "No path was found within the bounds of the search."
        return IdentityPath(steps=[], complete=found.complete, summary=words)
    records, identifiers = await shown(context.database, found)
    return _path(found, records, identifiers, context)


async def _sides(context: Context, *named: IdentityBy) -> list[Row]:
    """Those named; empty where one of them is nobody."""
    sides = await context.identity.sides([asked(by, context) for by in named])
    return [side for side in sides if side is not None] if None not in sides else []


def _path(found: Path, records: dict[str, Row], identifiers: dict[str, Row], context: Context) -> IdentityPath:
    steps: list[PathStep] = []
    for one, identifier, other in found.steps:
        row = identifiers[identifier]
        ends = [record_of(records[key], context) for key in (one, other)]
        words = f"Both carry the {kind(row['type'])} {row['display']}"
        words += f", which no longer counts: {row['people'] or 'too many'} people use it." if row["shared"] else "."
        steps.append(
            PathStep(
                from_record=ends[0],
                to_record=ends[1],
                identifier_type=row["type"],
                display=row["display"],
                links=not row["shared"] and context.policies.of(row["type"]).links,
                carriers=row["carriers"],
                explanation=words,
            )
        )
    via = ", ".join(f"{kind(step.identifier_type)} {step.display}" for step in steps)
    summary = f"{len(steps)} step{'s' if len(steps) > 1 else ''} apart: {via}."
    return IdentityPath(steps=steps, complete=found.complete, summary=summary)
