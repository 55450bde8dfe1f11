"""The operations log: what agents decided about identities, and what each decision says."""

from __future__ import annotations

import strawberry

from graph.store.database import Row
from identity.decisions.plans import DecisionKind
from identity.field_overrides import opened_value
from matching.rulings import RulingRule
from resolvers.access.caller import IDENTITY_READ
from resolvers.context import Context, Info
from resolvers.kit.enums import described
from resolvers.kit.findable import Find, findable
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected, requires
from resolvers.kit.scalars import DateTime, Json
from resolvers.kit.selection import Selected

_LOG = (str,)

described(
    DecisionKind,
    "What an agent did.",
    MERGE="Said that customers are one person.",
    UNMERGE="Said that some records of a customer are somebody else.",
    MOVE="Said that a record belongs to another customer.",
    MUST_MATCH="Said that records are one person.",
    NEVER_MATCH="Said that records or customers are different people.",
    LOCK="Said that nothing joins or leaves a customer by itself.",
    BLOCK_IDENTIFIER="Said that an identifier links nobody.",
    UNSHARE_IDENTIFIER="Said that a shared identifier links, however many people use it.",
    SET_FIELD="Said what a golden field is, before all rules.",
    RELEASE_FIELD="Left a golden field to the rules again.",
    UNDO="Took a decision back.",
    REDO="Brought a decision back.",
)
described(
    RulingRule,
    "What a decision says of a record.",
    called="DecisionRule",
    JOIN="It is one person with the others of the decision.",
    APART="It is somebody else than those on another side.",
    LOCK="It is one person with the others of the decision, and with nobody besides.",
    FIELD="It carries what was said of a golden field; nothing about who it is.",
)


@strawberry.type(description="What a decision says of one source record.")
class DecisionPart:
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record.")
    rule: RulingRule = strawberry.field(description="What it says.")
    side: int = strawberry.field(description="Which side of an APART it stands on.")


@strawberry.type(description="An identifier that a decision is about.")
class DecidedIdentifier:
    type: str = strawberry.field(description="Type, such as email or phone.")
    display: str = strawberry.field(description="Masked value.")


@protected(IDENTITY_READ)
@strawberry.type(description="An agent's decision. It is kept for ever, also when it is taken back.")
class Decision(Node):
    id: strawberry.ID = strawberry.field(description="Global id, for decisionUndo too.")
    kind: DecisionKind = strawberry.field(description="What was done.")
    actor: str = strawberry.field(description="Who did it.")
    at: DateTime = strawberry.field(description="When.")
    active: bool = strawberry.field(description="False while it is taken back.")
    of: strawberry.ID | None = strawberry.field(description="For UNDO and REDO: the decision that it is about.")
    parts: list[DecisionPart] = strawberry.field(description="What it says of which source records.")
    identifiers: list[DecidedIdentifier] = strawberry.field(description="Identifiers that it blocks or unshares.")
    field: str | None = strawberry.field(description="For SET_FIELD and RELEASE_FIELD: the golden field.")
    row: strawberry.Private[Row]
    context: strawberry.Private[Context]

    @strawberry.field(description="Why, in the agent's words; null without the scope pii:read.")
    def reason(self) -> str | None:
        return self.context.vault.open(self.row["id"], self.row["sealed"]) if self.context.reveals else None

    @strawberry.field(description="What SET_FIELD makes it; null without the scope pii:read.")
    def value(self) -> Json | None:
        if not self.context.reveals:
            return None
        return opened_value(self.row["id"], self.row["value"], self.context.vault)

    @classmethod
    def of_row(cls, row: Row, context: Context) -> Decision:
        return cls(
            id=global_id("Decision", row["id"]),
            kind=DecisionKind(row["kind"]),
            actor=row["actor"],
            at=row["at"],
            active=row["active"],
            of=global_id("Decision", row["of"]) if row["of"] else None,
            parts=[
                DecisionPart(record_id=global_id("SourceRecord", key), rule=RulingRule(rule), side=side)
                for key, rule, side in sorted(row["about"])
            ],
            identifiers=[DecidedIdentifier(type=type_, display=display) for _, type_, display in row["identifiers"]],
            field=row["field"],
            row=row,
            context=context,
        )


@strawberry.type
class DecisionQueries:
    @strawberry.field(
        description="The operations log: every decision of an agent, the newest first.",
        metadata=requires(IDENTITY_READ),
    )
    async def decisions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Decision]:
        context = info.context
        page = PageRequest.of(_LOG, first=first, after=after, last=last, before=before)
        edge = page.edge[0] if page.edge else None
        rows = await context.decision_log.page(edge, page.fetch, back=page.back)
        return page.cut(rows, lambda row: (row["id"],), lambda row: Decision.of_row(row, context))


@findable(Decision)
def _decisions(context: Context, _: Selected) -> Find:
    log = context.decision_log

    async def find(key: str) -> Decision | None:
        row = await log.get(key)
        return Decision.of_row(row, context) if row else None

    return find
