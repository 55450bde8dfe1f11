"""An agent at random: decides anything about anybody, and can take all of it back."""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine
from typing import Any

from domain.errors import InvalidInput
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import DecisionResult, Signed
from identity.parts import IdentityParts


def by() -> Signed:
    """A request of its own."""
    return Signed("agent", "because")


class Agent:
    """Decides about the people of one store. `taken` are the decisions that went through."""

    def __init__(self, parts: IdentityParts, rng: random.Random) -> None:
        self.decisions = AgentDecisions(parts)
        self.taken: list[str] = []
        self._database = parts.database
        self._rng = rng

    async def people(self) -> dict[str, list[str]]:
        rows = await self._database.read("bench/people")
        # While others write, a customer may be read between losing its last record and being retired.
        return {row["number"]: row["records"] for row in rows if row["records"]}

    async def decide(self) -> DecisionKind | None:
        """Decides something; None where it makes no sense as things stand."""
        people = await self.people()
        kind = self._rng.choice([kind for kind in DecisionKind if kind not in (DecisionKind.UNDO, DecisionKind.REDO)])
        try:
            outcome = await self._choice(kind, people)()
        except InvalidInput:
            return None
        if outcome.id is None:
            return None
        self.taken.append(outcome.id)
        return kind

    async def undo_all(self) -> None:
        """Takes everything back, in any order."""
        self._rng.shuffle(self.taken)
        for decision in self.taken:
            await self.decisions.undo(decision, by())
        self.taken.clear()

    def _choice(
        self, kind: DecisionKind, people: dict[str, list[str]]
    ) -> Callable[[], Coroutine[Any, Any, DecisionResult]]:
        rng = self._rng
        one, other, *_ = rng.sample(sorted(people), 2)
        keys = sorted(key for records in people.values() for key in records)
        mine = rng.sample(people[one], max(1, len(people[one]) // 2))
        plan = self.decisions.plan
        match kind:
            case DecisionKind.MERGE:
                return lambda: plan(kind, by(), lambda p: plans.merge(p, [one, other]), customers=[one, other])
            case DecisionKind.UNMERGE:
                return lambda: plan(kind, by(), lambda p: plans.unmerge(p, one, mine), customers=[one])
            case DecisionKind.MOVE:
                record = rng.choice(people[one])
                return lambda: plan(
                    kind, by(), lambda p: plans.move(p, record, other), customers=[other], records=[record]
                )
            case DecisionKind.MUST_MATCH:
                some = rng.sample(keys, 2)
                return lambda: plan(kind, by(), lambda p: plans.must_match(p, some), records=some)
            case DecisionKind.NEVER_MATCH:
                some = rng.sample(keys, 2)
                return lambda: plan(kind, by(), lambda p: plans.never_match(p, [[k] for k in some]), records=some)
            case DecisionKind.LOCK:
                return lambda: plan(kind, by(), lambda p: plans.lock(p, one), customers=[one])
            case DecisionKind.SET_FIELD | DecisionKind.RELEASE_FIELD:
                value = rng.choice(("Xaver", "Yara")) if kind is DecisionKind.SET_FIELD else None
                return lambda: self.decisions.override_field(one, rng.choice(("given_name", "extra.plan")), value, by())
            case DecisionKind.UNSHARE_IDENTIFIER:
                return self._unshare
            case _:
                return self._block

    async def _block(self) -> DecisionResult:
        rows = await self._database.read("bench/identifiers")
        return await self.decisions.block(self._rng.choice(rows)["key"], by())

    async def _unshare(self) -> DecisionResult:
        shared = [row["key"] for row in await self._database.read("bench/identifiers") if row["shared"]]
        if not shared:
            raise InvalidInput("Nothing is shared.")
        return await self.decisions.unshare(self._rng.choice(shared), by())
