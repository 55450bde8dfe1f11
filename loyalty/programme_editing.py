"""Changes the programme: a draft that can be tried (`loyalty.programme_preview`), and its publication as a version."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.errors import Conflict, InvalidInput, NotFound, SetupError
from graph.store.database import Database, DbTransaction
from loyalty.programme import Programme, parse_programme

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

    async def versions(self) -> list[PublishedVersion]:
        """All of them, by number. Raises Unavailable."""
        rows = await self.database.read("programme/versions")
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
            await self.database.write_one("programme/put_back", batch={"versions": rows})

    async def save(self, text: str, by: str) -> ProgrammeDraft:
        """Keeps a draft instead of the one before. Raises InvalidInput that names what is wrong, and Unavailable."""
        parsed(text)
        draft = ProgrammeDraft(uuid.uuid4().hex, text, by, datetime.now(UTC).isoformat())
        batch = {"id": draft.id, "text": text, "by": by, "at": draft.at}
        await self.database.write_one("programme/save_draft", batch=batch)
        return draft

    async def publish(self, draft: str, starts: datetime | None, by: str) -> int:
        """Publishes the draft of this id; orders from `starts` on (None: as soon as may be) earn by it. Gives the
        number of its version, also where it was published before. Raises NotFound where the draft is another by now,
        InvalidInput, Conflict and Unavailable.

        A version that starts in the past would change what guests have earned, so it is refused if there is an order
        of that time.
        """

        async def work(tx: DbTransaction) -> int:
            now = datetime.now(UTC)
            start = starts or now + NOTICE
            [row] = await tx.run("programme/lock", batch={"draft": draft, "starts": start.isoformat()})
            if row["published"] is not None:
                return _again(row["published"], starts)
            if row["text"] is None:
                raise NotFound("There is no such draft.", hint="Somebody saved another one: look at it, and try again.")
            if row["newest"] >= MAX_VERSIONS:
                raise InvalidInput(f"There are {MAX_VERSIONS} versions already.")
            if starts is not None and starts < now + NOTICE and row["ordered"]:
                raise InvalidInput(
                    "There are orders of that time already, and they keep their points.",
                    hint="Start a minute from now, or later.",
                )
            version = row["newest"] + 1
            batch = {"version": version, "starts": start.isoformat(), "text": row["text"], "draft": draft, "by": by}
            await tx.run("programme/publish", batch=batch | {"at": now.isoformat()})
            return version

        return await self.database.write("programme/publish", work)


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
