"""Changes the programme: a draft that can be tried (`programme_preview`), and its publication as a version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.errors import Conflict, InvalidInput, NotFound, SetupError
from graph.store.database import Database, DbTransaction
from loyalty.programme.programme import Programme, parse_programme

MAX_PROGRAMME = 200_000
"""Characters of the rules of a programme."""
MAX_VERSIONS = 1_000
"""Versions of the programme."""
NOTICE = timedelta(minutes=1)
"""How long before its start a version is published at least, so that every process knows it by then."""


@dataclass(frozen=True, slots=True)
class ProgrammeDraft:
    """The rules that are to be published next. Each saved draft has an `id` of its own."""

    id: str
    text: str
    by: str
    at: str

    @property
    def programme(self) -> Programme:
        return parsed(self.text)


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version of the programme, by its number. Times are RFC 3339."""

    version: int
    starts: str
    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class ProgrammeEditing:
    """The draft and the versions in one database."""

    database: Database

    async def draft(self) -> ProgrammeDraft | None:
        """Raises Unavailable."""
        rows = await self.database.read("programme/draft")
        return ProgrammeDraft(**rows[0]) if rows else None

    async def versions(self, after: int = 0) -> list[PublishedVersion]:
        """Those with higher numbers than `after`, by number. Raises Unavailable."""
        rows = await self.database.read("programme/versions", after=after)
        return [
            PublishedVersion(row["version"], row["starts"], row["text"], row["publishedBy"], row["publishedAt"])
            for row in rows
        ]

    async def put_back(self, versions: Sequence[PublishedVersion]) -> None:
        """Writes the versions of another store, or of the journal. Raises Unavailable."""
        rows = [
            {"version": v.version, "starts": v.starts, "text": v.text, "publishedBy": v.by, "publishedAt": v.at}
            for v in versions
        ]
        if rows:
            bonuses = any(parse_programme(version.text).looks_back for version in versions)
            await self.database.write_one("programme/put_back", batch={"versions": rows, "bonuses": bonuses})

    async def save(self, text: str, by: str) -> ProgrammeDraft:
        """Keeps a draft instead of the one before. Raises InvalidInput that names what is wrong, and Unavailable."""
        parsed(text)
        draft = ProgrammeDraft(uuid.uuid4().hex, text, by, datetime.now(UTC).isoformat())
        batch = {"id": draft.id, "text": text, "by": by, "at": draft.at}
        await self.database.write_one("programme/save_draft", batch=batch)
        return draft

    async def publish(self, draft: str, starts: datetime | None, by: str) -> int:
        """Publishes the draft of this id; see `publish_text`. Gives the number of its version, also where it was
        published before. Raises NotFound where the draft is another by now."""
        return await self._publish(draft, None, starts, by)

    async def publish_text(self, text: str, starts: datetime | None, by: str) -> int:
        """Publishes rules that are no draft; a draft stays as it is. Orders from `starts` on (None: as soon as may be)
        earn by them. Gives the number of the version. Raises InvalidInput, Conflict and Unavailable.

        What guests have earned is never changed afterwards: a version starts later than all orders that there are.
        """
        parsed(text)
        return await self._publish(None, text, starts, by)

    async def _publish(self, draft: str | None, text: str | None, starts: datetime | None, by: str) -> int:
        async def work(tx: DbTransaction) -> int:
            [row] = await tx.run("programme/lock", batch={"draft": draft})
            if row["published"] is not None:
                return _again(row["published"], starts)
            rules = text or row["text"]
            if rules is None:
                raise NotFound("There is no such draft.", hint="Somebody saved another one: look at it, and try again.")
            if row["newest"] >= MAX_VERSIONS:
                raise InvalidInput(f"There are {MAX_VERSIONS} versions already.")
            now = datetime.now(UTC)
            start = _start(starts, now, row["ordered"], row["latest"])
            programme, before = parsed(rules), row["latest"] and parsed(row["latest"][2])
            version = row["newest"] + 1
            batch = {
                "version": version,
                "starts": start.isoformat(),
                "text": rules,
                "draft": draft,
                "by": by,
                "at": now.isoformat(),
                "bonuses": programme.looks_back,
                "reachesAll": before is None or _of_guests(programme) != _of_guests(before),
            }
            await tx.run("programme/publish", batch=batch)
            return version

        return await self.database.write("programme/publish", work)


def _of_guests(programme: Programme) -> object:
    """What customers have to be computed anew for, if it changes."""
    return programme.bonuses, programme.at_most, programme.tiers, programme.qualifying


def _start(starts: datetime | None, now: datetime, ordered: str | None, latest: Sequence[Any] | None) -> datetime:
    """When a version starts. Raises InvalidInput where it may not start then."""
    newest = None if ordered is None else datetime.fromisoformat(ordered)
    after = None if latest is None else datetime.fromisoformat(latest[1])
    if starts is None:
        return max(one for one in (now + NOTICE, newest and newest + timedelta(seconds=1), after) if one)
    if newest is not None and starts <= newest:
        raise InvalidInput(
            "There are orders of that time already, and they keep their points.",
            hint=f"Start later than {newest.isoformat()}.",
        )
    if newest is not None and starts < now + NOTICE:
        raise InvalidInput("A version starts a minute from now at the earliest, so that every process knows it.")
    if after is not None and latest is not None and starts < after:
        raise InvalidInput(
            f"Version {latest[0]} starts later, at {latest[1]}, and would hold from then on.",
            hint="Start at that time: of two versions with one start, the newer holds.",
        )
    return starts


def parsed(text: str) -> Programme:
    """The programme of a text. Raises InvalidInput that names what is wrong."""
    if len(text) > MAX_PROGRAMME:
        raise InvalidInput(f"The rules have {MAX_PROGRAMME:,} characters at most.")
    try:
        return parse_programme(text)
    except SetupError as error:
        raise InvalidInput(error.message, hint=error.hint) from None


def _again(published: tuple[int, str], starts: datetime | None) -> int:
    version, start = published
    if starts is not None and datetime.fromisoformat(start) != starts:
        raise Conflict(f"This draft was published as version {version}, and starts at another time.")
    return version
