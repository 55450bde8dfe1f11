"""A draft is published once, never into the past of orders, and survives a restore."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bench.kit.wipe import wipe
from domain.errors import Conflict, InvalidInput, NotFound
from graph.store.database import Database
from ingest.commit import Committer
from loyalty.programme.programme_editing import MAX_PROGRAMME, ProgrammeEditing
from loyalty.programme.programmes import Programmes
from tests.kit.building import PROGRAMME, READER, committer_of, read
from tests.kit.hard_cases import Teller, subject

pytestmark = pytest.mark.neo4j

RULES = "points_per_unit: {default: 2}\ntiers: [{name: member, from: 0}]\n"
BONUS = RULES + "bonuses: [{id: thanks, name: Thanks, points: 7}]\n"


async def order(committer: Committer) -> None:
    teller = Teller("editing")
    teller.order("completed", "till", "O", subject("ann", email="ann@edit.example"), "10.00")
    await committer.commit([READER.claims(event) for event in read(teller.events)])


async def test_a_draft_replaces_the_one_before_and_only_the_last_is_published(store: Database) -> None:
    editing = ProgrammeEditing(store)
    first, last = await editing.save(RULES, "ann"), await editing.save(BONUS, "ben")
    kept = await editing.draft()
    assert kept is not None
    assert (kept.id, kept.text, kept.by) == (last.id, BONUS, "ben")
    with pytest.raises(NotFound, match="no such draft"):
        await editing.publish(first.id, None, "ann")
    assert await editing.publish(last.id, None, "ann") == 1
    [version] = await editing.versions()
    assert (version.text, version.by) == (BONUS, "ann")
    assert datetime.fromisoformat(version.starts) > datetime.now(UTC) + timedelta(seconds=50)


async def test_published_again_it_is_the_same_version_and_its_text_may_come_back(store: Database) -> None:
    editing = ProgrammeEditing(store)
    draft, start = await editing.save(RULES, "ann"), datetime(2030, 1, 1, tzinfo=UTC)
    versions = await asyncio.gather(*(editing.publish(draft.id, start, "ann") for _ in range(4)))
    assert set(versions) == {1}
    with pytest.raises(Conflict, match="starts at another time"):
        await editing.publish(draft.id, start + timedelta(days=1), "ann")
    for text in (BONUS, RULES):
        draft = await editing.save(text, "ann")
        await editing.publish(draft.id, start + timedelta(days=2), "ann")
    assert [version.text for version in await editing.versions()] == [RULES, BONUS, RULES]


async def test_what_guests_have_earned_is_not_changed_afterwards(store: Database) -> None:
    editing, now = ProgrammeEditing(store), datetime.now(UTC)
    await order(committer_of(store))  # in January 2026
    with pytest.raises(InvalidInput, match="keep their points"):
        await editing.publish_text(BONUS, datetime(2026, 1, 1, tzinfo=UTC), "ann")
    with pytest.raises(InvalidInput, match="a minute from now"):
        await editing.publish_text(BONUS, datetime(2026, 2, 1, tzinfo=UTC), "ann")
    assert await editing.publish_text(BONUS, now + timedelta(minutes=2), "ann") == 1


async def test_by_itself_a_version_starts_after_the_orders_of_tills_whose_clocks_are_ahead(store: Database) -> None:
    editing, ahead = ProgrammeEditing(store), datetime.now(UTC) + timedelta(hours=9)
    await order(committer_of(store))
    await store.run_schema("MATCH (t:Transaction) SET t.at = $at", at=ahead)
    await editing.publish_text(BONUS, None, "ann")
    [version] = await editing.versions()
    assert datetime.fromisoformat(version.starts) > ahead


async def test_the_last_published_version_is_the_last_to_start(store: Database) -> None:
    editing, start = ProgrammeEditing(store), datetime(2030, 1, 1, tzinfo=UTC)
    await editing.publish_text(BONUS, start, "ann")
    with pytest.raises(InvalidInput, match="starts later"):
        await editing.publish_text(RULES, start - timedelta(days=1), "ann")
    assert await editing.publish_text(RULES, start, "ann") == 2


async def test_a_text_is_published_beside_a_draft(store: Database) -> None:
    editing = ProgrammeEditing(store)
    draft = await editing.save(BONUS, "ann")
    await editing.publish_text(RULES, None, "ben")
    assert (await editing.draft() or draft).id == draft.id
    assert await editing.draft() is not None


@pytest.mark.parametrize(
    "text",
    [
        RULES + "bonuses: [{id: a, name: A, points: 1, orders: {until: 10:00}}]",
        RULES + 'bonuses: [{id: a, name: A, points: 1, orders: {until: "10:00+02:00"}}]',
        RULES + "bonuses: [{id: a, name: A, points: 1, first_day: 1767225600}]",
        RULES + "bonuses: [{id: a, name: A, points: 1, first_day: 2026-02-31}]",
        RULES + "bonuses: [{id: a, name: A, points: yes}]",
        RULES + "bonuses: [{id: order, name: A, points: 1}]",
        RULES + "bonuses: []\nbonuses: []",
        RULES + "at_most: &a {points: 1, every: day}\nbonuses: [*a]",
        RULES + 'rewards: [{id: a, name: A, kind: prize, price: 1, value: "1e900000 USD"}]',
        RULES + 'rewards: [{id: a, name: A, kind: prize, price: 1, value: "Infinity USD"}]',
        "[" * 20_000,
    ],
)
async def test_what_only_looks_like_rules_is_refused_at_once(store: Database, text: str) -> None:
    with pytest.raises(InvalidInput):
        await ProgrammeEditing(store).save(text, "ann")


async def test_wrong_rules_are_named_and_not_kept(store: Database) -> None:
    editing = ProgrammeEditing(store)
    with pytest.raises(InvalidInput, match=r"bonuses.0: say one of `points` and `times`"):
        await editing.save(RULES + "bonuses: [{id: thanks, name: Thanks}]\n", "ann")
    with pytest.raises(InvalidInput, match="characters at most"):
        await editing.save(RULES + "#" * MAX_PROGRAMME, "ann")
    assert await editing.draft() is None


async def test_versions_come_back_with_a_restore_and_only_once(store: Database) -> None:
    editing = ProgrammeEditing(store)
    draft = await editing.save(BONUS, "ann")
    await editing.publish(draft.id, None, "ann")
    kept = await editing.versions()
    await wipe(store)
    assert len((await Programmes(PROGRAMME).refresh(store)).versions) == 1
    await editing.put_back(kept)
    await editing.put_back(kept)
    assert await editing.versions() == kept
    history = await Programmes(PROGRAMME).refresh(store)
    assert [version.version for version in history.versions] == [0, 1]
