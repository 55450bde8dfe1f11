"""Refused events, kept sealed until somebody mends, replays or drops them: nothing that was sent is lost silently.

An entry's id is a keyed hash of its content, so the same refusal sent again stays one entry, and one that was decided
stays decided. The number of entries is bounded: past the bound the oldest decided ones go, and where all of them wait,
`put` raises Unavailable, so that senders keep what we cannot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, cast

import orjson

from domain.errors import EventRefused, InvalidInput, NotFound, TooLarge, Unavailable
from domain.events import Event
from graph.store.database import Database, DbTransaction, Row
from ingest.delivery import EventOutcome, EventRefusal, EventSink, Format
from ingest.parse import parse
from privacy.vault import Vault

Status = Literal["waiting", "replayed", "dropped"]
MAX_KEPT = 100_000
"""Events in quarantine. Above that, the oldest replayed or dropped ones are deleted. If all still wait, a request
with a refused event is answered with 503."""
MAX_BYTES = 128 * 1024
"""Size of one event in quarantine. Of a larger event only its id, its place and the reason are kept."""
_FORGET_AT_ONCE = 10_000
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused event. `raw` is what was sent; None in lists, once it was decided, or where it was too large."""

    id: str
    source: str
    format: Format
    pointer: str
    reason: str
    hint: str | None
    status: Status
    received_at: datetime
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Replayed:
    id: str
    outcome: EventOutcome


RawReader: TypeAlias = Callable[[str, datetime, Any], Event]
"""Reads what a source sent, by source, time of arrival and JSON value. Raises EventRefused."""


class Quarantine:
    """The entries of one store. `readers` read the formats of other systems; our own needs none, and `brands` are those
    of `parse`."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        readers: Mapping[Format, RawReader] | None = None,
        brands: Mapping[str, str] | None = None,
        most_kept: int = MAX_KEPT,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._vault = vault
        self._readers = readers or {}
        self._brands = brands or {}
        self._most_kept = most_kept
        self._clock = clock

    async def put(self, refusals: Sequence[EventRefusal]) -> list[str]:
        """The id of each refusal, in order, durably kept. Raises Unavailable, also where the bound forbids it."""
        rows = [self._row(refusal) for refusal in refusals]
        by_id = {row["id"]: row for row in rows}

        async def work(transaction: DbTransaction) -> None:
            await self._make_room(transaction, len(by_id))
            await transaction.run("quarantine/put", rows=[by_id[key] for key in sorted(by_id)])

        await self._database.write("quarantine/put", work)
        return [row["id"] for row in rows]

    async def list(self, *, status: Status | None = "waiting", first: int = 50, after: str = "") -> list[Quarantined]:
        """A page in order of id, without what was sent; the next page is `after` the last id of this one."""
        rows = await self._database.read("quarantine/list", status=status, first=first, after=after)
        return [self._entry(row) for row in rows]

    async def get(self, key: str) -> Quarantined:
        """The entry, opened. Raises NotFound."""
        return (await self._open([key]))[0]

    async def mend(self, key: str, change: Mapping[str, Any], *, merge: bool = False) -> Quarantined:
        """Puts `change` in the place of what was sent, or merges it in (RFC 7396), ready for a replay.

        Raises EventRefused, and changes nothing, where the result would be refused again; NotFound; InvalidInput where
        the entry waits no more, or is too large to merge into; TooLarge.
        """
        entry = await self.get(key)
        if entry.status != "waiting" or (merge and entry.raw is None):
            state = f"was {entry.status}" if entry.status != "waiting" else "was too large to be kept"
            raise InvalidInput(f"The entry {state}.", hint="Send the whole event again.")
        raw = merge_patch(entry.raw, change) if merge else dict(change)
        # A mended event may be native whatever it came as: that is the form the documentation teaches.
        form: Format = "native" if "source" in raw else entry.format
        self._read(form, entry.source, entry.received_at, raw)
        sealed = self._sealed(key, raw)
        if sealed is None:
            raise TooLarge(f"The mended event is larger than {MAX_BYTES} bytes.")
        await self._database.write_one("quarantine/mend", id=key, sealed=sealed, format=form)
        return await self.get(key)

    async def replay(self, ids: Sequence[str] | None, sink: EventSink) -> list[Replayed]:
        """Sends entries (None: all that wait) once more; those taken are decided, the others go on waiting.

        Raises NotFound before anything is sent; Overloaded and Unavailable from the sink, when a second call goes on.
        """
        if ids is not None:
            return await self._replay(await self._open(ids), sink)
        done: list[Replayed] = []
        after = ""
        while page := await self.list(first=_PAGE, after=after):
            done += await self._replay(await self._open([entry.id for entry in page]), sink)
            after = page[-1].id
        return done

    async def drop(self, key: str) -> None:
        """Forgets what was sent; the same event sent again stays dropped. Raises NotFound."""
        await self.get(key)
        await self._database.write_one("quarantine/resolve", ids=[key], status="dropped")

    async def _make_room(self, transaction: DbTransaction, count: int) -> None:
        [row] = await transaction.run("quarantine/count")
        over = row["total"] + count - self._most_kept
        if over <= 0:
            return
        # More than is needed, so that a full quarantine is not read through for every refusal.
        [row] = await transaction.run("quarantine/forget", most=max(over, _FORGET_AT_ONCE))
        if row["removed"] < over:
            raise Unavailable(
                f"The quarantine is full: {self._most_kept} events wait.",
                hint="Replay or drop them (`regulars quarantine list`). Valid events are taken meanwhile.",
            )

    async def _open(self, ids: Sequence[str]) -> list[Quarantined]:
        entries = {row["id"]: self._entry(row) for row in await self._database.read("quarantine/get", ids=list(ids))}
        missing = [key for key in ids if key not in entries]
        if missing:
            raise NotFound(f"No quarantined event has the id {missing[0][:40]}.", hint="regulars quarantine list")
        return [entries[key] for key in dict.fromkeys(ids)]

    async def _replay(self, entries: Sequence[Quarantined], sink: EventSink) -> list[Replayed]:
        outcomes: dict[str, EventOutcome] = {}
        events: dict[str, Event] = {}
        for entry in entries:
            try:
                if entry.raw is None:
                    was = "was too large to be kept" if entry.status == "waiting" else f"was {entry.status} before"
                    raise EventRefused("", was, hint="Send it again from its source, or mend it with --file.")
                events[entry.id] = self._read(entry.format, entry.source, entry.received_at, entry.raw)
            except EventRefused as error:
                outcomes[entry.id] = EventOutcome("refused", (), error.pointer, error.message, error.hint)
        if events:
            outcomes |= zip(events, await sink.submit(list(events.values())), strict=True)
        taken = [key for key in events if outcomes[key].status != "refused"]
        if taken:
            await self._database.write_one("quarantine/resolve", ids=sorted(taken), status="replayed")
        return [Replayed(entry.id, outcomes[entry.id]) for entry in entries]

    def _read(self, form: Format, source: str, received_at: datetime, raw: Any) -> Event:
        if form == "native":
            return parse(raw, self._brands)
        if form not in self._readers:
            raise EventRefused("", f"nothing here reads the format {form}", hint="Mend it with an event of our own.")
        return self._readers[form](source, received_at, raw)

    def _row(self, refusal: EventRefusal) -> Row:
        content = f"{refusal.format}\x1f{refusal.source}\x1f{_digest(refusal.raw)}"
        key = f"q_{self._vault.keyed('quarantined', content)}"
        return {
            "id": key,
            "source": refusal.source,
            "format": refusal.format,
            "pointer": refusal.pointer,
            "reason": refusal.message,
            "hint": refusal.hint,
            "receivedAt": self._clock(),
            "sealed": self._sealed(key, refusal.raw),
        }

    def _sealed(self, key: str, raw: Any) -> bytes | None:
        try:
            large = len(orjson.dumps(raw)) > MAX_BYTES
        except TypeError:  # nested more deeply than can be written
            return None
        return None if large else self._vault.seal(key, raw)

    def _entry(self, row: Row) -> Quarantined:
        sealed = row.pop("sealed", None)
        raw = self._vault.open(row["id"], sealed) if sealed is not None else None
        received_at = datetime.fromisoformat(row.pop("receivedAt"))
        return Quarantined(**row, received_at=received_at, raw=raw)


def merge_patch(target: Any, patch: Any) -> Any:
    """The target with the patch merged in (RFC 7396): null takes a member away, objects merge, all else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    merged: dict[str, Any] = dict(cast(Mapping[str, Any], target)) if isinstance(target, Mapping) else {}
    for name, value in cast(Mapping[str, Any], patch).items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _digest(raw: Any) -> str:
    """A digest of a JSON value that member order and depth do not matter to."""
    digest = hashlib.sha256()
    stack = [raw]
    while stack:  # a loop, because the value may be nested more deeply than recursion goes
        value = stack.pop()
        if isinstance(value, Mapping):
            members = sorted(cast(Mapping[str, Any], value).items())
            digest.update(b"{%d" % len(members))
            for name, member in members:
                stack += (member, name)
        elif isinstance(value, list):
            items = cast(list[Any], value)
            digest.update(b"[%d" % len(items))
            stack += items
        else:
            digest.update(orjson.dumps(value) + b"\n")
    return digest.hexdigest()
