"""`identityNeighbourhood`: a customer and what surrounds them in the graph, as a picture."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import strawberry

from domain.errors import InvalidInput, NotFound
from graph.shortest_path import CROWD
from graph.store.database import Row
from resolvers.context import Context
from resolvers.customer.find_customer import looked_up
from resolvers.identity.evidence import IdentityBy, asked, record_of, tried_out
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


async def neighbourhood(context: Context, customer: IdentityBy, records: int) -> IdentityNeighbourhood:
    """Raises NotFound, InvalidInput."""
    if not 1 <= records <= MAX_PICTURED:
        raise InvalidInput(f"A picture shows 1 to {MAX_PICTURED} records.")
    finding = context.identity.neighbourhood(
        asked(customer, context), crowd=CROWD, records=records, identifiers=MAX_IDENTIFIERS, neighbours=MAX_NEIGHBOURS
    )
    row = await looked_up(context, finding, by_value=tried_out(customer))
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
            record = record_of(carried | {"number": row["customer"]["number"]}, self._context)
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
