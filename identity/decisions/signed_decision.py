"""An agent's decision as the agent signs it, and what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from domain.errors import InvalidInput

MAX_REASON = 500
"""Characters of a decision's reason."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who decides and why. `request` is the caller's own key of this request; a request sent again does nothing.
    `asked` is a keyed hash of what it asks for: with the same request and another hash, it is refused. `previewed` is
    the token of the preview that the agent saw: where another outcome came of it now, nothing is done. `logged` is
    (id, time) of a decision that a log tells and that is replayed."""

    actor: str
    reason: str
    request: str = field(default_factory=lambda: uuid.uuid4().hex)
    preview: bool = False
    asked: str | None = None
    previewed: str | None = None
    logged: tuple[str, datetime] | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.reason.strip()) <= MAX_REASON:
            raise InvalidInput(f"A reason has 1 to {MAX_REASON} characters.", hint="Say why; others will read it.")


@dataclass(frozen=True, slots=True)
class PersonAfter:
    """A customer as a decision leaves it. `name` is masked."""

    number: str
    name: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What came of a decision: the people it touched, and the older decisions that it overrules from now on. `id`
    is None where there was nothing to decide. `token` stands for this outcome; `stale` where it is another one than the
    agent previewed, so that nothing was done."""

    id: str | None
    people: tuple[PersonAfter, ...] = ()
    overruled: tuple[str, ...] = ()
    token: str | None = None
    stale: bool = False


class NotTaken(Exception):
    """Rolls back what is only previewed, or says what is so already."""

    def __init__(self, result: DecisionResult) -> None:
        super().__init__()
        self.result = result
