"""Changes of cards in a real store: a card is never given twice, and a merge, its undoing and a rebuild carry it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from domain.errors import RegularsError
from domain.events import CardAction, CardChange, CardChanged, CardReason, Subject
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import Signed
from identity.kept_events import event_of
from ingest.card_changes import CardChanges
from tests.kit.building import READER, VAULT, committer_of, parts_of, read
from tests.kit.hard_cases import Teller
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def changed(
    id: str, action: CardAction, guest: str, *cards: str, reason: CardReason | None = None, asked: str = "asked"
) -> CardChanged:
    return CardChanged(
        type="identify",
        message_id=id,
        source="loyalty",
        at=NOW,
        subject=Subject(identifiers={"loyalty_card": list(cards)}),
        record=READER.record_key("web", guest),
        change=CardChange(action=action, asked=asked, reason=reason),
    )


async def tried(cards: CardChanges, event: CardChanged) -> str:
    try:
        await cards.carry_out(event)
    except RegularsError as error:
        return error.code
    return "done"


async def guests(store: Database, *names: str) -> None:
    teller = Teller("cards")
    for name in names:
        teller.identify("web", name, given=name.title(), email=f"{name}@cards.example")
    await committer_of(store).commit([READER.claims(event) for event in read(teller.events)])


async def holders(store: Database) -> dict[str, set[tuple[str, bool]]]:
    """By card (key), the customers who have it, each with whether it is blocked."""
    rows = await store.read_text(
        """MATCH (i:Identifier {type: 'loyalty_card'})<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(c)
        RETURN DISTINCT i.key AS card, c.number AS number, i.cardBlockedAt IS NOT NULL AS blocked""",
        operation="test",
    )
    found: dict[str, set[tuple[str, bool]]] = {}
    for row in rows:
        found.setdefault(row["card"], set()).add((row["number"], row["blocked"]))
    return found


async def test_a_card_that_is_given_to_several_guests_at_once_is_one_guests(store: Database) -> None:
    names = ("ann", "eve", "kim")
    await guests(store, *names)
    processes = [CardChanges(committer_of(store), READER) for _ in names]
    for turn in range(2):
        outcomes = await asyncio.gather(
            *(
                tried(cards, changed(f"{turn}-{name}", CardAction.LINK, name, f"P-{turn}"))
                for cards, name in zip(processes, names, strict=True)
            )
        )
        assert Counter(outcomes) == {"done": 1, "CONFLICT": 2}
    assert [len(found) for found in (await holders(store)).values()] == [1, 1]
    await invariants(store, VAULT)


async def test_the_same_request_at_once_gives_one_card_and_another_one_is_refused(store: Database) -> None:
    await guests(store, "ann")
    processes = [CardChanges(committer_of(store), READER) for _ in range(3)]
    issue = changed("r-1", CardAction.ISSUE, "ann", "P-1")
    assert await asyncio.gather(*(tried(cards, issue) for cards in processes)) == ["done"] * 3
    other = changed("r-1", CardAction.ISSUE, "ann", "P-2", asked="another")
    assert await tried(processes[0], other) == "CONFLICT"
    assert len(await holders(store)) == 1
    full = [await tried(processes[0], changed(f"m-{n}", CardAction.ISSUE, "ann", f"P-{n}")) for n in range(2, 6)]
    assert full == ["done", "done", "done", "INVALID_INPUT"]  # max_per_person is 4
    nobody = await tried(processes[0], changed("r-9", CardAction.ISSUE, "nobody", "P-9"))
    assert nobody == "NOT_FOUND"


async def test_a_merge_its_undoing_and_a_rebuild_carry_cards(store: Database) -> None:
    await guests(store, "ann", "eve")
    cards = CardChanges(committer_of(store), READER)
    events = [
        changed("a-1", CardAction.ISSUE, "ann", "P-1"),
        changed("e-1", CardAction.ISSUE, "eve", "P-2"),
        changed("e-2", CardAction.REPLACE, "eve", "P-3", "P-2", reason=CardReason.LOST),
        changed("a-2", CardAction.BLOCK, "ann", "P-1", reason=CardReason.STOLEN),
    ]
    for event in events:
        await cards.carry_out(event)
    apart = await holders(store)
    keys = [READER.record_key("web", name) for name in ("ann", "eve")]
    agents = AgentDecisions(parts_of(store))
    done = await agents.plan(
        DecisionKind.MUST_MATCH, Signed("agent", "one"), lambda people: plans.must_match(people, keys), records=keys
    )
    assert done.id is not None
    together = await holders(store)
    assert len({number for found in together.values() for number, _ in found}) == 1
    await cards.carry_out(changed("a-3", CardAction.UNBLOCK, "ann", "P-1"))
    await agents.undo(done.id, Signed("agent", "two"))
    [ann] = ((key, number) for key, found in apart.items() for number, _ in found if key == card("P-1"))
    assert await holders(store) == apart | {ann[0]: {(ann[1], False)}}

    rows = await store.read_text(
        "MATCH (e:Event {source: 'loyalty'}) RETURN e.key AS key, e.sealed AS sealed", operation="test"
    )
    kept = [event_of(VAULT.open(row["key"], row["sealed"]))[0] for row in rows]
    assert all(event in kept for event in events)
    await invariants(store, VAULT)


def card(number: str) -> str:
    return READER.identifier_key("loyalty_card", number.replace("-", "").casefold())
