"""How a person was formed: records that came, numbers that were merged, and what was taken back, in order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import strawberry

from graph.customers import ProfilePart
from resolvers.access.caller import IDENTITY_READ
from resolvers.customer.customer_number import FORMER
from resolvers.customer.linked_identities import RecordReference
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import described
from resolvers.kit.facets import facet
from resolvers.kit.global_ids import global_id
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.scalars import DateTime

MAX_RECORDS = 2_000
"""Records in a history."""
MAX_NAMED = 20
"""Records that one step of a history names."""
_STAYS = ProfilePart.of("stays", most=MAX_RECORDS)
_STEP_KEY = (int, str)


class StepKind(StrEnum):
    """In the order in which steps of one moment are told."""

    ARRIVED = "arrived"
    MERGED = "merged"
    CAME = "came"
    LEFT = "left"


described(
    StepKind,
    "How records came to a customer, or left.",
    ARRIVED="Records that nobody had before.",
    MERGED="Two numbers turned out to be one person: fromNumber answers with toNumber since.",
    CAME="Records of somebody else, who is not part of this customer today: a move, or a merge that was undone since.",
    LEFT="Records went to somebody else: a split, a move, or the undoing of a merge.",
)


@strawberry.type(description="A step in how a person was formed.")
class HistoryStep:
    kind: StepKind = strawberry.field(description="What happened.")
    at: DateTime = strawberry.field(description="When.")
    from_number: str | None = strawberry.field(description="Whose records they were; null: nobody's.")
    to_number: str = strawberry.field(description="Whose they became.")
    record_count: int = strawberry.field(description="How many records.")
    records: list[RecordReference] = strawberry.field(description="The first 20 of them.")
    reason: str = strawberry.field(description="Why, such as same phone.")
    decision: strawberry.ID | None = strawberry.field(
        description="The agent's decision that did it; null: evidence did."
    )
    undone: bool = strawberry.field(description="Whether none of these records stand any more where the step put them.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@dataclass(frozen=True, slots=True)
class Step:
    """Records (by key) that went from one number to another at one moment."""

    micros: int
    at: str
    kind: StepKind
    origin: str | None
    number: str
    reason: str
    decision: str | None
    records: tuple[str, ...]
    undone: bool

    @property
    def sort_key(self) -> tuple[int, str]:
        order = list(StepKind).index(self.kind)
        return self.micros, f"{order}|{self.origin or ''}|{self.number}|{self.reason}|{self.decision or ''}"


def steps(records: Iterable[dict[str, Any]], family: Collection[str]) -> list[Step]:
    """Every step, the oldest first. `family`: the customer's number and those merged into it."""
    moved: dict[tuple[Any, ...], list[tuple[str, bool]]] = defaultdict(list)
    for record in records:
        stays: list[dict[str, Any]] = record["stays"]
        now_here = stays[-1]["number"] in family
        for before, stay in zip((None, *stays), stays, strict=False):
            origin, number = before["number"] if before else None, stay["number"]
            if number == origin or (number not in family and origin not in family):
                continue
            if origin is None:
                kind = StepKind.ARRIVED
            elif origin in family and number in family:
                kind = StepKind.MERGED
            else:
                kind = StepKind.CAME if number in family else StepKind.LEFT
            reason = (before["reason"] if before else stay["rule"]) or "evidence changed"
            undone = now_here if kind is StepKind.LEFT else not now_here
            step = (stay["micros"], stay["since"], kind, origin, number, reason, stay["decision"])
            moved[step].append((record["key"], undone))
    found = [
        Step(*step, records=tuple(sorted(key for key, _ in those)), undone=all(undone for _, undone in those))
        for step, those in moved.items()
    ]
    return sorted(found, key=lambda step: step.sort_key)


@strawberry.type
class IdentityHistoryFacet(ProfileFacet):
    @facet(
        parts=(_STAYS, FORMER),
        columns=("number",),
        scope=IDENTITY_READ,
        description="How this person was formed, the oldest first, in pages of 1 to 100: records that came, numbers "
        "that were merged, and what was undone; of the first 2,000 records.",
    )
    def identity_history(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HistoryStep]:
        page = PageRequest.of(_STEP_KEY, first=first, after=after, last=last, before=before)
        family = {self.row["number"], *self.profile.parts[FORMER]}
        return _page_of_steps(steps(self.profile.parts[_STAYS], family), page)


def _page_of_steps(found: list[Step], page: PageRequest) -> Connection[HistoryStep]:
    if page.back:
        found.reverse()
    if page.edge is not None:
        edge = page.edge
        found = [step for step in found if (step.sort_key < edge if page.back else step.sort_key > edge)]
    return page.cut(found[: page.fetch], lambda step: step.sort_key, _shown)


def _shown(step: Step) -> HistoryStep:
    return HistoryStep(
        kind=step.kind,
        at=DateTime(step.at),
        from_number=step.origin,
        to_number=step.number,
        record_count=len(step.records),
        records=[
            RecordReference(record_id=global_id("SourceRecord", key), source=key.partition("|")[0])
            for key in step.records[:MAX_NAMED]
        ],
        reason=step.reason,
        decision=global_id("Decision", step.decision) if step.decision else None,
        undone=step.undone,
        explanation=_words(step),
    )


def _words(step: Step) -> str:
    count = len(step.records)
    records = "A record" if count == 1 else f"{count} records"
    sources = ", ".join(sorted({key.partition("|")[0] for key in step.records}))
    why = "an agent's decision" if step.decision else step.reason
    match step.kind:
        case StepKind.ARRIVED:
            words = f"{records} of {sources} came first ({why})."
        case StepKind.MERGED:
            words = f"{step.origin} was merged into {step.number}: {records.lower()} of {sources} ({why})."
        case StepKind.CAME:
            words = f"{records} of {sources} came from {step.origin} ({why})."
        case StepKind.LEFT:
            words = f"{records} of {sources} went to {step.number} ({why})."
    return words + (" It has been undone since." if step.undone else "")
