"""`identityPath` and `identityNeighbourhood`: how people hang together in the graph, as steps and as a picture."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import strawberry

from domain.errors import InvalidInput, NotFound
from graph.shortest_path import CROWD, MAX_HOPS, Path, shortest, shown
from graph.store.database import Row
from matching.normalise import mask_name
from resolvers.context import Context
from resolvers.identity.evidence import IdentityBy, IdentityRecord, asked
from resolvers.identity.sentences import kind
from resolvers.kit.enums import described
from resolvers.kit.global_ids import global_id

MAX_PICTURED = 100
"""Records in a picture."""
MAX_IDENTIFIERS = 200
"""Identifiers in a picture."""
MAX_NEIGHBOURS = 25
"""Neighbours of an identifier or of a customer in a picture."""


class NodeKind(StrEnum):
    CUSTOMER = "customer"
    RECORD = "record"
    IDENTIFIER = "identifier"


class EdgeKind(StrEnum):
    BELONGS = "belongs"
    CARRIES = "carries"
    USES = "uses"
    KEPT_APART = "kept_apart"


described(
    NodeKind,
    "What a node of a picture stands for.",
    CUSTOMER="A customer: the one in the middle, or a neighbour.",
    RECORD="A source record.",
    IDENTIFIER="An identifier.",
)
described(
    EdgeKind,
    "What an edge of a picture says.",
    BELONGS="The record belongs to the customer.",
    CARRIES="The record carries the identifier.",
    USES="A neighbour's records carry the identifier too.",
    KEPT_APART="The two share evidence and are two people.",
)


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


@strawberry.type(description="A node of a picture.")
class PictureNode:
    id: strawberry.ID = strawberry.field(description="Opaque id; edges name it.")
    kind: NodeKind = strawberry.field(description="What it stands for.")
    label: str = strawberry.field(description="What to write on it; masked where the caller's scopes ask for it.")
    detail: str = strawberry.field(description="What to show beside it.")


@strawberry.type(description="An edge of a picture.")
class PictureEdge:
    from_id: strawberry.ID = strawberry.field(description="The node it starts from.")
    to_id: strawberry.ID = strawberry.field(description="The node it leads to.")
    kind: EdgeKind = strawberry.field(description="What it says.")
    detail: str | None = strawberry.field(description="The reason, of KEPT_APART.")


@strawberry.type(description="A customer and what surrounds them, for a picture.")
class IdentityNeighbourhood:
    nodes: list[PictureNode] = strawberry.field(description="The customer first.")
    edges: list[PictureEdge] = strawberry.field(description="What connects them.")
    truncated: bool = strawberry.field(description="Whether there is more than fits: see the bounds in the guide.")


async def path(context: Context, a: IdentityBy, b: IdentityBy) -> IdentityPath:
    """Raises NotFound; InvalidInput where both name one record."""
    sides = await context.identity.sides([asked(by, context) for by in (a, b)])
    if None in sides:
        raise NotFound("There is no such customer or source record.")
    left, right = ({*side["keys"]} if side else set[str]() for side in sides)
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


def _path(found: Path, records: dict[str, Row], identifiers: dict[str, Row], context: Context) -> IdentityPath:
    steps: list[PathStep] = []
    for one, identifier, other in found.steps:
        row = identifiers[identifier]
        ends = [_record(records[key], context) for key in (one, other)]
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


async def neighbourhood(context: Context, customer: IdentityBy, records: int) -> IdentityNeighbourhood:
    """Raises NotFound, InvalidInput."""
    if not 1 <= records <= MAX_PICTURED:
        raise InvalidInput(f"A picture shows 1 to {MAX_PICTURED} records.")
    row = await context.identity.neighbourhood(
        asked(customer, context), crowd=CROWD, records=records, identifiers=MAX_IDENTIFIERS, neighbours=MAX_NEIGHBOURS
    )
    if row is None:
        raise NotFound("There is no such customer or source record.")
    picture = _Picture(context)
    picture.draw(row)
    shortened = row["customer"]["records"] > len(row["carried"]) or len(row["apart"]) == MAX_NEIGHBOURS
    shortened |= len(row["identifiers"]) == MAX_IDENTIFIERS
    shortened |= any(i["carriers"] > CROWD or len(i["others"]) == MAX_NEIGHBOURS for i in row["identifiers"])
    return IdentityNeighbourhood(nodes=list(picture.nodes.values()), edges=picture.edges, truncated=shortened)


class _Picture:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.nodes: dict[str, PictureNode] = {}
        self.edges: list[PictureEdge] = []

    def draw(self, row: Row) -> None:
        middle = self._customer(row["customer"]["number"], row["customer"]["nameDisplay"], "The customer in question.")
        pictured = {identifier["key"] for identifier in row["identifiers"]}
        for carried in row["carried"]:
            record = _record(carried | {"number": row["customer"]["number"]}, self._context)
            self._node(record.record_id, NodeKind.RECORD, record.name or record.source, f"Record of {record.source}.")
            self._edge(record.record_id, middle, EdgeKind.BELONGS)
            for key in sorted(pictured.intersection(carried["identifiers"])):
                self._edge(record.record_id, global_id("Identifier", key), EdgeKind.CARRIES)
        for identifier in row["identifiers"]:
            self._identifier(identifier)
        for apart in row["apart"]:
            other = self._customer(apart["number"], apart["name"], "Shares evidence and is somebody else.")
            self._edge(middle, other, EdgeKind.KEPT_APART, f"{apart['rule']}: {apart['detail']}")

    def _identifier(self, row: dict[str, Any]) -> None:
        state = "never counts" if row["blocked"] else "no longer counts" if row["shared"] else "counts"
        detail = f"{kind(row['type']).capitalize()}: {row['carriers']} records carry it; it {state}."
        key = self._node(global_id("Identifier", row["key"]), NodeKind.IDENTIFIER, row["display"], detail)
        for number, name in row["others"]:
            self._edge(self._customer(number, name, "Carries an identifier too."), key, EdgeKind.USES)

    def _customer(self, number: str, name: str | None, detail: str) -> strawberry.ID:
        return self._node(global_id("Customer", number), NodeKind.CUSTOMER, name or number, f"{number}. {detail}")

    def _node(self, id_: strawberry.ID, kind_: NodeKind, label: str, detail: str) -> strawberry.ID:
        self.nodes.setdefault(id_, PictureNode(id=id_, kind=kind_, label=label, detail=detail))
        return id_

    def _edge(self, one: strawberry.ID, other: strawberry.ID, kind_: EdgeKind, detail: str | None = None) -> None:
        self.edges.append(PictureEdge(from_id=one, to_id=other, kind=kind_, detail=detail))


def _record(row: Row, context: Context) -> IdentityRecord:
    traits = context.vault.open(row["key"], row["sealed"])["traits"] if row["sealed"] else {}
    given, family = (str(traits[name][0]) if name in traits else "" for name in ("given_name", "family_name"))
    if context.reveals:
        context.trail.customers.add(row["number"])
    name = f"{given} {family}".strip() if context.reveals else mask_name(given, family)
    return IdentityRecord(
        record_id=global_id("SourceRecord", row["key"]),
        source=row["key"].partition("|")[0],
        name=name or None,
        customer_number=row["number"],
    )
