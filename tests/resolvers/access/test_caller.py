"""A caller may do what its scopes allow, and a guest's id is in no log."""

from __future__ import annotations

import pytest

from domain.errors import NotAllowed
from resolvers.access.caller import ALL_SCOPES, GUEST_SCOPES, PII_READ, PROFILE_READ, SCOPES, Caller, CallerKind, Own


def test_a_scope_that_a_caller_has_not_is_named_in_the_refusal() -> None:
    caller = Caller("till", frozenset((PROFILE_READ,)))
    caller.require(PROFILE_READ)
    assert caller.allows(PROFILE_READ)
    assert not caller.allows(PII_READ)
    with pytest.raises(NotAllowed, match=PII_READ):
        caller.require(PII_READ)


def test_a_caller_of_some_brands_is_limited_also_where_these_are_none() -> None:
    assert not Caller("crm", ALL_SCOPES).limited
    assert Caller("till", ALL_SCOPES, brands=frozenset()).limited


def test_the_id_of_a_guest_is_not_printed() -> None:
    guest = Caller("guest", GUEST_SCOPES, CallerKind.GUEST, own=Own("app", "ann@x.example", "pasta"))
    assert "ann@" not in repr(guest)


def test_every_scope_says_what_it_allows() -> None:
    assert GUEST_SCOPES < ALL_SCOPES
    assert all(SCOPES.values())
