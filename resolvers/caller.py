"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import NotAllowed

PROFILE_READ = "profile:read"
PII_READ = "pii:read"
SEGMENT_WRITE = "segment:write"
EVENT_WRITE = "event:write"
IDENTITY_WRITE = "identity:write"
ALL_SCOPES = frozenset((PROFILE_READ, PII_READ, SEGMENT_WRITE, EVENT_WRITE, IDENTITY_WRITE))


@dataclass(frozen=True, slots=True)
class Caller:
    """A key's name, which may be logged, and its scopes."""

    name: str
    scopes: frozenset[str]

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Raises NotAllowed without the scope."""
        if scope not in self.scopes:
            raise NotAllowed(f"This key lacks the scope {scope}.", hint="Ask for a key that has it.")
