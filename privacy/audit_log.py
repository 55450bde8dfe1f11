"""The audit log: who read whose contact data and who wrote what, as a chain in which nothing can be changed unseen.

Each entry's hash is keyed (HMAC-SHA-256 under the vault's key) and covers the entry before it: whoever can write the
store but has no key can neither change, remove, insert nor reorder entries. Cutting off the end is seen against an end
that was noted elsewhere: `verify(expected)`. Entries that come while one is being written share the next transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from domain.errors import InvalidInput, Unavailable, UnreadableValue
from graph.store.database import Database, Row
from graph.store.shared_runs import SharedRuns
from privacy.vault import Vault

_PAGE = 1_000
_TRIES = 100  # each that fails is one in which another process wrote
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_CUSTOMERS = 200
"""Customers that one entry of the audit log names; of more it gives the number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who (`actor`, `kind`) did what (`action`; `what`: fields, never values) to whom, and why.

    `action` is read, write, send or find.
    """

    at: str
    actor: str
    kind: str
    action: str
    what: tuple[str, ...]
    why: str | None = None
    customers: tuple[str, ...] = ()
    request: str = ""
    events: int = 0

    def content(self) -> str:
        """Canonical JSON: equal entries give equal text."""
        content = {name: getattr(self, name) for name in ("at", "actor", "kind", "action", "what", "why", "request")}
        content["customers"] = self.customers[:MAX_CUSTOMERS]
        content["count"] = self.events or len(self.customers)
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry of the log with its place in the chain; `content` is None where somebody made it unreadable."""

    sequence: int
    hash: str
    content: dict[str, Any] | None

    def told(self, name: str) -> Any:
        """What the content says of it. Raises UnreadableValue."""
        if self.content is None or name not in self.content:
            raise UnreadableValue("An entry of the audit log was changed.", hint="Run: regulars audit verify")
        return self.content[name]


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """How many entries hold, the end of the chain as `<sequence>:<hash>`, and the first place that does not hold."""

    entries: int
    end: str
    broken_at: int | None = None
    why: str | None = None


class AuditLog:
    """The audit log of one database."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._together: SharedRuns[None] = SharedRuns()
        self._end = (0, "")

    async def add(self, entry: Entry) -> None:
        """Durable when this returns. Raises Unavailable."""
        await self._together.run("audit", entry, self._append)

    async def customers_of(self, records: Collection[str]) -> tuple[str, ...]:
        """The numbers of the customers that these source records belong to, sorted, and at most `MAX_CUSTOMERS`.

        Raises Unavailable.
        """
        rows = await self._database.read("audit/customers_of", records=sorted(records), most=MAX_CUSTOMERS)
        return tuple(row["number"] for row in rows)

    async def customers_of_redemptions(self, keys: Collection[str]) -> tuple[str, ...]:
        """The same of redemptions and proposed grants, by their keys."""
        rows = await self._database.read("audit/customers_of_redemptions", keys=sorted(keys), most=MAX_CUSTOMERS)
        return tuple(row["number"] for row in rows)

    async def _append(self, entries: Sequence[Entry]) -> list[None]:
        # The end that this process saw last is where the chain ends, unless another process wrote meanwhile: then the
        # store answers where it ends, and writes nothing. So one statement does, and no lock waits for this process.
        for _ in range(_TRIES):
            sequence, hash_ = self._end
            rows: list[Row] = []
            for entry in entries:
                sequence, content = sequence + 1, entry.content()
                hash_ = self._link(hash_, sequence, content)
                rows.append(
                    {"sequence": sequence, "at": entry.at, "actor": entry.actor, "content": content, "hash": hash_}
                )
            batch = {"after": self._end[0], "afterHash": self._end[1], "rows": rows, "sequence": sequence}
            [end] = await self._database.write_one("audit/append", batch=batch | {"hash": hash_})
            self._end = end["sequence"], end["hash"]
            # Also where an earlier try wrote it and its answer was lost.
            if self._end == (sequence, hash_):
                return [None] * len(entries)
        raise Unavailable("Too many processes write into the audit log at once.", hint="Try again; nothing was done.")

    def _link(self, previous: str, sequence: int, content: str) -> str:
        return self._vault.keyed("audit", f"{previous}\n{sequence}\n{content}")

    async def page(
        self,
        edge: int | None,
        size: int,
        *,
        actor: str | None = None,
        customer: str | None = None,
        back: bool = False,
    ) -> list[LoggedEntry]:
        """Entries before a place, the latest first; or with `back` those after it, the earliest first. Raises
        Unavailable."""
        limits = {
            "actor": None if actor is None else f'"actor":{_json(actor)}',
            "customer": customer and _json(customer),
        }
        if back:
            rows = await self._database.read("audit/page_back", above=edge or 0, size=size, **limits)
        else:
            rows = await self._database.read("audit/page", below=2**62 if edge is None else edge, size=size, **limits)
        return [LoggedEntry(row["sequence"], row["hash"], _content(row)) for row in rows]

    async def verify(self, expected: str | None = None, *, walked: bool = False) -> AuditVerdict:
        """Walks the whole chain. `expected`: an end that was noted before, which must still be in it; with `walked`
        the chain was whole up to there, and only the rest is walked.

        Raises InvalidInput where `expected` is no end, Unavailable.
        """
        wanted = None if expected is None else _end_of(expected)
        ends = await self._database.read("audit/end")
        stored_end = (ends[0]["sequence"], ends[0]["hash"]) if ends else (0, "")
        place, hash_ = 0, ""
        if wanted is not None and walked:
            place, hash_ = wanted[0] - 1, wanted[1]
            [there] = await self._database.read("audit/after", above=place, size=1) or [{"sequence": 0, "hash": ""}]
            if (there["sequence"], there["hash"]) != wanted:
                return AuditVerdict(place, expected or "", wanted[0], "the end that was noted is not in it")
            place = wanted[0]
        while rows := await self._database.read("audit/after", above=place, size=_PAGE):
            for row in rows:
                if row["sequence"] != place + 1:
                    return AuditVerdict(place, f"{place}:{hash_}", place + 1, "an entry is missing")
                if row["hash"] != self._link(hash_, row["sequence"], row["content"]) or not _stands_for(row):
                    return AuditVerdict(place, f"{place}:{hash_}", place + 1, "an entry was changed")
                place, hash_ = row["sequence"], row["hash"]
                if wanted is not None and place == wanted[0] and hash_ != wanted[1]:
                    return AuditVerdict(place, f"{place}:{hash_}", place, "it is another chain than the one noted")
        if wanted is not None and place < wanted[0]:
            return AuditVerdict(place, f"{place}:{hash_}", place + 1, "the end was cut off")
        # Entries that came meanwhile are behind what was read; an end before it was set back.
        if stored_end[0] > place or (stored_end[0] == place and stored_end[1] != hash_):
            return AuditVerdict(place, f"{place}:{hash_}", place + 1, "the end was cut off")
        return AuditVerdict(place, f"{place}:{hash_}")


def _content(row: Row) -> dict[str, Any] | None:
    try:
        content = orjson.loads(row["content"])
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _json(text: str) -> str:
    return orjson.dumps(text).decode()


def _stands_for(row: Row) -> bool:
    """Whether what stands beside the content of an entry says the same."""
    try:
        content = _content(row) or {}
        at = (datetime.fromisoformat(content["at"]) - _EPOCH) // timedelta(milliseconds=1)
        return (content["actor"], at) == (row["actor"], row["at"])
    except (ValueError, KeyError, TypeError):
        return False


def _end_of(text: str) -> tuple[int, str]:
    sequence, _, hash_ = text.partition(":")
    if not sequence.isdecimal() or not hash_:
        raise InvalidInput("This is no end of an audit chain.", hint="Pass <sequence>:<hash> as `verify` printed it.")
    return int(sequence), hash_
