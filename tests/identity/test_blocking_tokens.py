"""Records that share no identifier meet on keyed tokens: linked in the commit that brings the second, in any order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from bench.kit.wipe import wipe
from graph.store.database import Database, DbTransaction
from identity import blocking_tokens
from identity.blocking_tokens import BlockingTokens
from identity.record_state import RecordState
from identity.sender_rights import ALL_RIGHTS, SenderRights
from tests.kit.arrival import dealt, send, shuffled
from tests.kit.building import VAULT, intake_of, read
from tests.kit.invariants import invariants
from tests.kit.snapshot import Snapshot, difference

pytestmark = pytest.mark.neo4j

HOME = {"line1": "12 Main Street", "city": "Boston", "postcode": "02157"}


def claim(n: int, record: str, day: int = 1, **traits: Any) -> Mapping[str, Any]:
    """What a shop says of one of its accounts, which no other shop knows."""
    return {
        "type": "identify",
        "messageId": f"m{n}",
        "source": "web",
        "at": f"2026-03-{day:02}T10:00:00Z",
        "subject": {"id": record, "identifiers": {"account_id": f"acc-{record}"}, "traits": traits},
    }


def anna(n: int, record: str, day: int = 1, **changes: Any) -> Mapping[str, Any]:
    return claim(n, record, day, **{"givenName": "Anna", "familyName": "Mifsud", "birthDate": "1984-03-09"} | changes)


async def take(store: Database, *events: Mapping[str, Any], batch: int = 500) -> Snapshot:
    async with intake_of(store, intake_batch=batch, intake_linger_ms=0) as intake:
        for event in read(events) if batch == 1 else ():
            await intake.submit([event])
        if batch > 1:
            await intake.submit(read(events))
    return await invariants(store, VAULT)


def people(found: Snapshot) -> list[int]:
    return sorted(map(len, found["people"]))


async def test_two_records_without_a_common_identifier_are_one_person_when_the_second_is_in(store: Database) -> None:
    assert people(await take(store, anna(1, "a"))) == [1]
    assert people(await take(store, anna(2, "b", givenName="Ann"))) == [2]
    [row] = await store.read_text(
        "MATCH (:SourceRecord)-[r:RESOLVED_TO]->() RETURN collect(DISTINCT r.rule) AS rules", operation="test"
    )
    assert "the same person by what they claim" in row["rules"]


async def test_the_same_in_one_batch(store: Database) -> None:
    assert people(await take(store, anna(1, "a"), anna(2, "b"))) == [2]


async def test_one_who_is_only_alike_waits_for_somebody_to_look(store: Database) -> None:
    john = {"givenName": "John", "familyName": "Smith", "address": {"city": "Boston"}}
    found = await take(store, claim(1, "a", **john), claim(2, "b", **john))
    assert people(found) == [1, 1]
    assert {(rule, type_) for _, rule, type_ in found["kept apart"]} == {("REVIEW", "score")}


async def test_tokens_of_an_old_value_go_and_with_them_what_they_joined(store: Database) -> None:
    together = await take(store, anna(1, "a"), anna(2, "b"))
    apart = await take(store, anna(3, "b", 2, familyName="Borg", birthDate="1951-07-30"))
    assert (people(together), people(apart)) == ([2], [1, 1])
    assert len(apart["components"]) == 2
    back = await take(store, anna(4, "b", 3))
    assert people(back) == [2]
    assert back["match keys"] == together["match keys"]


async def test_a_corrected_value_that_comes_late_changes_nothing(store: Database) -> None:
    found = await take(store, anna(1, "a", 5), anna(2, "b", 5), batch=1)
    late = await take(store, anna(3, "b", 1, familyName="Borg"))
    assert {key: row["match keys"] for key, row in found["records"].items()} == {
        key: row["match keys"] for key, row in late["records"].items()
    }


async def test_an_event_without_new_evidence_claims_no_tokens(store: Database) -> None:
    async with intake_of(store) as intake:
        await intake.submit(read([anna(1, "a")]))
        before = store.round_trips
        order = {"id": "1", "store": "s1", "channel": "web", "currency": "USD", "total": "5.00"}
        event = claim(2, "a", 2) | {"type": "order.completed", "brand": "b", "order": order}
        await intake.submit(read([event]))
        assert store.round_trips == before + 4


@pytest.fixture
def most_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are hot past three records."""
    monkeypatch.setattr(blocking_tokens, "MAX_CARRIERS", 3)


@pytest.mark.usefixtures("most_three")
async def test_a_hot_token_does_not_count_and_counts_again_when_fewer_carry_it(store: Database) -> None:
    three = await take(store, *(anna(n, f"r{n}") for n in range(3)))
    assert people(three) == [3]
    four = await take(store, anna(3, "r3"))
    assert people(four) == [1, 1, 1, 1]
    assert len(four["components"]) == 4
    assert {key["hot"] for key in four["match keys"].values()} == {True}
    again = await take(store, anna(4, "r3", 2, givenName="Bob", familyName="Borg", birthDate="1951-07-30"))
    assert people(again) == [1, 3]
    other = {key for key, of in three["match keys"].items() if not of["hot"]}
    assert other <= again["match keys"].keys()


@pytest.mark.parametrize(("limits", "wanted"), [((50, 3), [1] * 5), ((3, 50), [5])])
async def test_a_limit_of_another_release_holds_from_the_next_record_on(
    store: Database, monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], wanted: list[int]
) -> None:
    before, after = limits
    monkeypatch.setattr(blocking_tokens, "MAX_CARRIERS", before)
    await take(store, *(anna(n, f"r{n}") for n in range(4)))
    monkeypatch.setattr(blocking_tokens, "MAX_CARRIERS", after)
    assert people(await take(store, anna(4, "r4"))) == wanted


def crowd(rng: random.Random) -> list[Mapping[str, Any]]:
    """Few people who change names, dates and homes all the time, so that tokens come, go, and get hot."""
    people = [("Anna", "Mifsud", "1984-03-09"), ("Ann", "Mifsud", "1984-03-09"), ("Bob", "Borg", "1951-07-30")]
    events: list[Mapping[str, Any]] = []
    for n in range(36):
        given, family, born = rng.choice(people)
        traits: dict[str, Any] = {"givenName": given, "familyName": family}
        if rng.random() < 0.7:
            traits["birthDate"] = born
        if rng.random() < 0.5:
            traits["address"] = HOME | ({"line1": "4 Elm Rd"} if rng.random() < 0.3 else {})
        event = dict(claim(n, f"r{rng.randrange(9)}", rng.randint(1, 28), **traits))
        # No two at one time: of two phones that a source says at once, the later receipt holds.
        event["at"] = event["at"].replace("T10:00", f"T10:{n:02}")
        if rng.random() < 0.4:
            subject = event["subject"]
            event["subject"] = subject | {
                "identifiers": subject["identifiers"] | {"phone": f"+1212555236{rng.randrange(4)}"}
            }
        events.append(event)
    return events


@pytest.mark.usefixtures("most_three")
@pytest.mark.parametrize("seed", range(6))
async def test_any_order_batches_duplicates_and_processes_give_the_same(
    store: Database, second_store: Database, seed: int
) -> None:
    rng = random.Random(seed)
    events = crowd(rng)
    expected = await take(store, *events)
    for batch in (1, 5, 30):
        await wipe(store)
        one, other = dealt(shuffled(read(events), rng), 2, rng)
        async with intake_of(store, intake_batch=batch) as first, intake_of(second_store, intake_batch=batch) as second:
            await asyncio.gather(send(first, one, rng), send(second, other, rng))
        assert not difference(expected, await invariants(store, VAULT)), f"batch {batch}"


async def test_two_writers_that_meet_on_a_token_never_miss_each_other(store: Database, second_store: Database) -> None:
    for n in range(12):
        born = f"{1940 + 5 * n}-{n + 1:02}-{2 * n + 3:02}"
        async with (
            intake_of(store, intake_linger_ms=0) as first,
            intake_of(second_store, intake_linger_ms=0) as second,
        ):
            await asyncio.gather(
                first.submit(read([anna(2 * n, f"a{n}", birthDate=born)])),
                second.submit(read([anna(2 * n + 1, f"b{n}", birthDate=born)])),
            )
    found = await invariants(store, VAULT)
    assert people(found) == [2] * 12


async def test_a_writer_that_another_one_overtakes_leaves_no_unused_token(
    store: Database, second_store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reads the record before its lock and makes the token of "Borg"; by then the record says "Vella"."""
    await take(store, anna(1, "a"))
    late, newer = anna(2, "a", 2, familyName="Borg"), anna(3, "a", 3, familyName="Vella")
    newer = newer | {"subject": newer["subject"] | {"identifiers": {}}}  # it waits for no lock of the first
    claim_tokens, overtaken = BlockingTokens.claim, False

    async def claim_after_another(
        tokens: BlockingTokens, tx: DbTransaction, states: Collection[RecordState]
    ) -> dict[str, str]:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            await take(second_store, newer)
        return await claim_tokens(tokens, tx, states)

    monkeypatch.setattr(BlockingTokens, "claim", claim_after_another)
    async with intake_of(store) as intake:
        await intake.submit(read([late]))
    assert overtaken
    await invariants(store, VAULT)


async def test_nothing_of_a_token_can_be_read(store: Database) -> None:
    found = await take(store, anna(1, "a", address=HOME))
    text = str(found["match keys"]).casefold()
    assert len(found["match keys"]) > 3
    for word in ("anna", "mifsud", "1984", "0309", "02157", "main", "birth", "postcode"):
        assert word not in text


UNPROVEN = SenderRights(identity=False)
ALIKE: Mapping[str, Mapping[str, Any]] = {
    "name and birth date": {},
    "name, birth date and address": {"address": HOME},
    "another spelling": {"givenName": "Ana", "address": HOME},
    "names the other way round": {"givenName": "Mifsud", "familyName": "Anna", "address": HOME},
    "further traits": {"address": HOME, "extra": {"employer": "Mifsud Boats"}},
}


def order_of(n: int, traits: Mapping[str, Any]) -> Mapping[str, Any]:
    """A till's order with a phone of its own and traits that are somebody's."""
    order = {"id": f"o{n}", "store": "s", "channel": "web", "currency": "USD", "total": "1.00"}
    said = {"givenName": "Anna", "familyName": "Mifsud", "birthDate": "1984-03-09"} | traits
    subject = {"identifiers": {"phone": f"+1212555{n:04}"}, "traits": {k: v for k, v in said.items() if v}}
    return {
        "type": "order.completed", "messageId": f"m{n}", "source": "till", "at": "2026-03-02T10:00:00Z",
        "brand": "grill", "subject": subject, "order": order,
    }  # fmt: skip


@pytest.mark.parametrize("traits", ALIKE.values(), ids=ALIKE)
async def test_only_who_may_claim_identities_makes_people_alike(store: Database, traits: Mapping[str, Any]) -> None:
    victim = anna(1, "victim", address=HOME, extra={"employer": "Mifsud Boats"})
    for n, first in enumerate((True, False)):
        await wipe(store)
        sent = [(victim, ALL_RIGHTS), (order_of(10 + n, traits), UNPROVEN)]
        async with intake_of(store, intake_linger_ms=0) as intake:
            for event, rights in sent if first else reversed(sent):
                await intake.submit(read([event]), rights)
        assert people(await invariants(store, VAULT)) == [1, 1]
    # The same said by who may: one person.
    assert people(await take(store, order_of(20, traits))) in ([1, 2], [3])
