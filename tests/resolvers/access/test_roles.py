"""A role gives its scopes to its own kind of caller only."""

from __future__ import annotations

from resolvers.access.caller import CallerKind
from resolvers.access.roles import ROLES, scopes_of


def test_a_role_is_only_for_its_kind_of_caller() -> None:
    assert scopes_of(["admin", "agent"], CallerKind.SERVICE) == frozenset()
    assert scopes_of(["till", "unknown"], CallerKind.SERVICE) == ROLES["till"].scopes
    assert scopes_of(["agent", "marketer"], CallerKind.STAFF) == ROLES["agent"].scopes | ROLES["marketer"].scopes
