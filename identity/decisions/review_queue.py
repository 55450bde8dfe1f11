"""The review queue: findings that no rule can decide wait for an agent, who claims, decides or puts them off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import InvalidInput, NotFound
from graph.store.database import Database, Row
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import DecisionResult, Signed

_PAST_ALL = "~"
MAX_CLAIM = timedelta(hours=8)
"""Time for which an agent reserves a finding."""
MAX_SKIP = timedelta(days=365)
"""Time for which a finding is postponed."""


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """The findings of one store. A finding's key names its two customers; it is gone once they are joined or banned, or
    once other evidence decides. A claim expires by itself."""

    database: Database
    decisions: AgentDecisions

    async def page(self, edge: str | None, size: int, now: datetime, *, back: bool = False) -> list[Row]:
        """Findings behind a key, in the order of keys; or with `back` those before it, the nearest first."""
        if back:
            before = _PAST_ALL if edge is None else edge
            return await self.database.read("review/page_back", before=before, size=size, now=now.isoformat())
        return await self.database.read("review/page", after=edge or "", size=size, now=now.isoformat())

    async def get(self, key: str, now: datetime) -> Row | None:
        """One finding, also while it is put off."""
        rows = await self.database.read("review/one", key=key, now=now.isoformat())
        return rows[0] if rows else None

    async def claim(self, key: str, actor: str, lasting: timedelta, now: datetime) -> None:
        """Nobody else decides it meanwhile. Claiming again makes it last longer."""
        if not timedelta() < lasting <= MAX_CLAIM:
            raise InvalidInput(f"A claim lasts {MAX_CLAIM // timedelta(minutes=1)} minutes at most.")
        await self._take(key, actor, now, claim_until=now + lasting)

    async def skip(self, key: str, actor: str, lasting: timedelta, now: datetime) -> None:
        """It comes back after that time."""
        if not timedelta() < lasting <= MAX_SKIP:
            raise InvalidInput(f"A finding is put off by {MAX_SKIP.days} days at most.")
        await self._take(key, actor, now, skip_until=now + lasting)

    async def decide(self, key: str, *, same: bool, by: Signed, now: datetime) -> DecisionResult:
        """The two customers are the same person, or never."""
        await self._take(key, by.actor, now, claim_until=now + timedelta(minutes=1))
        pair = key.split("|")
        if same:
            outcome = await self.decisions.plan(DecisionKind.MERGE, by, lambda p: plans.merge(p, pair), customers=pair)
        else:
            outcome = await self.decisions.plan(
                DecisionKind.NEVER_MATCH,
                by,
                lambda p: plans.never_match(p, [[record.key for record in p.of(number)] for number in pair]),
                customers=pair,
            )
        if not by.preview:
            await self.database.write_one("review/close", key=key)
        return outcome

    async def _take(
        self,
        key: str,
        actor: str,
        now: datetime,
        *,
        claim_until: datetime | None = None,
        skip_until: datetime | None = None,
    ) -> None:
        [found] = await self.database.write_one(
            "review/take",
            key=key,
            actor=actor,
            now=now.isoformat(),
            claimUntil=claim_until.isoformat() if claim_until else None,
            skipUntil=skip_until.isoformat() if skip_until else None,
        )
        if not found["open"]:
            raise NotFound(
                "This finding does not wait any more.", hint="Somebody decided it, or new evidence did.", about=[key]
            )
        if found["holder"] is not None:
            raise InvalidInput("Somebody else has claimed this finding.", hint="Take another one.", about=[key])
