"""The quarantine on a real store: what is refused is kept once, sealed, and can be mended and sent again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.segment_com.messages import raw_reader
from domain.errors import EventRefused, InvalidInput, NotFound, TooLarge, Unavailable
from domain.events import OrderCompleted, Page
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from ingest.delivery import EventOutcome, EventRefusal, Format
from ingest.quarantine import MAX_BYTES, Quarantine, merge_patch
from privacy.vault import Vault
from tests.kit.memory import MemorySink

EMAIL = "jane.roe@example.org"
NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
VAULT = Vault(b"k" * 32)


def raw(number: int, **fields: Any) -> dict[str, Any]:
    event = {"type": "identify", "messageId": f"m-{number}", "source": "till", "at": "2026-03-01T18:30:00"}
    return {**event, "subject": {"identifiers": {"email": EMAIL}}, **fields}


def refusal(content: Any, *, source: str = "till", format: Format = "native") -> EventRefusal:
    return EventRefusal(content, "/at", "has no time zone", "End it with Z.", source, format)


@pytest.fixture
async def database(neo4j_server: Running) -> AsyncGenerator[Database]:
    settings = Settings()  # pyright: ignore[reportCallIssue]
    running = neo4j_server
    async with connect(settings, uri=running.bolt_uri, user=running.user, password=running.password) as database:
        await migrate(database)
        await database.run_schema("MATCH (q:Quarantined) DELETE q")
        yield database


@pytest.fixture
def quarantine(database: Database) -> Quarantine:
    return Quarantine(database, VAULT, readers={"segment": raw_reader(None)}, clock=lambda: NOW)


@pytest.mark.neo4j
class TestQuarantine:
    async def test_keeps_each_refusal_once(self, quarantine: Quarantine) -> None:
        ids = await quarantine.put([refusal(raw(1)), refusal(raw(2)), refusal(dict(reversed(raw(1).items())))])
        assert ids[0] == ids[2] != ids[1]
        assert await quarantine.put([refusal(raw(2))]) == [ids[1]]
        assert await quarantine.put([refusal(raw(2), source="web")]) != [ids[1]]
        entry = await quarantine.get(ids[0])
        assert (entry.raw, entry.pointer, entry.reason, entry.hint) == (
            raw(1),
            "/at",
            "has no time zone",
            "End it with Z.",
        )
        assert (entry.source, entry.format, entry.status, entry.received_at) == ("till", "native", "waiting", NOW)

    async def test_holds_no_contact_data_in_the_clear(self, quarantine: Quarantine, database: Database) -> None:
        await quarantine.put([refusal(raw(1)), refusal(f'{{"email": "{EMAIL}" oops')])
        rows = await database.run_schema("MATCH (q:Quarantined) RETURN properties(q) AS found")
        assert len(rows) == 2
        assert "jane" not in repr(rows)

    async def test_pages(self, quarantine: Quarantine) -> None:
        ids = await quarantine.put([refusal(raw(number)) for number in range(5)])
        first = await quarantine.list(first=3)
        rest = await quarantine.list(first=3, after=first[-1].id)
        assert [entry.id for entry in first + rest] == sorted(ids)
        assert {entry.raw for entry in first} == {None}
        await quarantine.drop(ids[0])
        assert [entry.id for entry in await quarantine.list(status="dropped")] == [ids[0]]
        assert len(await quarantine.list()) == 4
        assert len(await quarantine.list(status=None)) == 5

    async def test_a_dropped_event_stays_dropped_and_is_forgotten(self, quarantine: Quarantine) -> None:
        [key] = await quarantine.put([refusal(raw(1))])
        await quarantine.drop(key)
        assert await quarantine.put([refusal(raw(1))]) == [key]
        entry = await quarantine.get(key)
        assert (entry.status, entry.raw) == ("dropped", None)
        [replayed] = await quarantine.replay([key], MemorySink())
        assert replayed.outcome.status == "refused"
        with pytest.raises(InvalidInput):
            await quarantine.mend(key, raw(1, at="2026-03-01T18:30:00Z"))

    async def test_mends_and_replays(self, quarantine: Quarantine) -> None:
        sink = MemorySink()
        good, bad, core = await quarantine.put([refusal(raw(1)), refusal(raw(2)), refusal(raw(3))])
        with pytest.raises(EventRefused):
            await quarantine.mend(good, {"at": "soon"}, merge=True)
        assert (await quarantine.get(good)).raw == raw(1)
        mended = await quarantine.mend(good, {"at": "2026-03-01T18:30:00Z"}, merge=True)
        assert mended.raw == raw(1, at="2026-03-01T18:30:00Z")
        await quarantine.mend(core, raw(3, at="2026-03-01T18:30:00Z"))
        sink.outcomes["m-3"] = EventOutcome("refused", pointer="/subject", message="is odd")
        outcomes = {replayed.id: replayed.outcome.status for replayed in await quarantine.replay(None, sink)}
        assert outcomes == {good: "accepted", bad: "refused", core: "refused"}
        assert [event.message_id for event in sink.events] == ["m-1"]
        assert {entry.id for entry in await quarantine.list()} == {bad, core}
        assert (await quarantine.get(good)).status == "replayed"
        assert await quarantine.put([refusal(raw(1))]) == [good]
        assert len(await quarantine.list()) == 2

    async def test_replays_more_than_a_page(self, quarantine: Quarantine) -> None:
        sink = MemorySink()
        sound = [refusal(raw(number, at="2026-03-01T18:30:00Z")) for number in range(450)]
        ids = await quarantine.put(sound)
        assert {replayed.id for replayed in await quarantine.replay(None, sink)} == set(ids)
        assert (len(sink.events), await quarantine.list()) == (450, [])

    async def test_nothing_is_decided_where_the_sink_fails(self, quarantine: Quarantine) -> None:
        sink = MemorySink()
        sink.fault = Unavailable("Down.")
        [key] = await quarantine.put([refusal(raw(1, at="2026-03-01T18:30:00Z"))])
        with pytest.raises(Unavailable):
            await quarantine.replay([key], sink)
        [again] = await quarantine.replay([key, key], sink)
        assert again.outcome.status == "accepted"

    async def test_segment_messages_are_translated_again(self, database: Database) -> None:
        message = {"type": "track", "event": "Order Completed", "userId": "u", "properties": {"order_id": "o"}}
        kept = refusal(message, format="segment", source="web")
        sink = MemorySink()
        quarantine = Quarantine(database, VAULT, readers={"segment": raw_reader("EUR")}, clock=lambda: NOW)
        [key, other] = await quarantine.put([kept, refusal({"type": "x", "userId": "u"}, format="segment")])
        await quarantine.mend(key, {"properties": {"total": 9.5}}, merge=True)
        await quarantine.mend(other, {**raw(1, at="2026-03-01T18:30:00Z"), "type": "page", "name": "native"})
        await quarantine.replay(None, sink)
        [order] = [event for event in sink.events if isinstance(event, OrderCompleted)]
        assert (order.at, order.order.currency, str(order.order.total)) == (NOW, "EUR", "9.50")
        assert [event.name for event in sink.events if isinstance(event, Page)] == ["native"]

    async def test_too_large_or_deep_to_keep(self, quarantine: Quarantine) -> None:
        deep: Any = {}
        for _ in range(2_000):
            deep = {"a": [deep]}
        large, nested = await quarantine.put([refusal(raw(1, x="x" * MAX_BYTES)), refusal(raw(2, x=deep))])
        assert (await quarantine.get(large)).raw is None
        assert (await quarantine.get(nested)).pointer == "/at"
        with pytest.raises(InvalidInput):
            await quarantine.mend(large, {"at": "2026-03-01T18:30:00Z"}, merge=True)
        mended = {"type": "page", "name": "x", "at": "2026-03-01T18:30:00Z"}
        assert (await quarantine.mend(large, raw(1, **mended))).raw is not None
        lines = [{"product": "\u2603" * 200, "name": "\u2603" * 200, "amount": "1"}] * 300
        order = {"id": "o", "store": "s", "channel": "web", "currency": "USD", "total": "1", "lines": lines}
        completed = {"type": "order.completed", "brand": "b", "at": "2026-03-01T18:30:00Z", "order": order}
        with pytest.raises(TooLarge):
            await quarantine.mend(large, raw(1, **completed))

    async def test_unknown_ids(self, quarantine: Quarantine) -> None:
        for call in (quarantine.get("x"), quarantine.drop("x"), quarantine.replay(["x"], MemorySink())):
            with pytest.raises(NotFound):
                await call

    async def test_a_full_quarantine_says_so_and_loses_nothing(self, database: Database) -> None:
        quarantine = Quarantine(database, VAULT, most_kept=3)
        ids = await quarantine.put([refusal(raw(number)) for number in range(3)])
        with pytest.raises(Unavailable):
            await quarantine.put([refusal(raw(4))])
        assert len(await quarantine.list()) == 3
        await quarantine.drop(ids[0])
        await quarantine.put([refusal(raw(4))])
        assert [entry.status for entry in await quarantine.list(status=None)] == ["waiting"] * 3


def test_merge_patch_as_in_its_standard() -> None:
    # The examples of RFC 7396, appendix A.
    cases: list[tuple[Any, Any, Any]] = [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ]
    for target, patch, result in cases:
        assert merge_patch(target, patch) == result
