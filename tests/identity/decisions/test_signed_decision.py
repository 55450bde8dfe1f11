"""A decision says who decides and why, or it is none."""

from __future__ import annotations

import pytest

from domain.errors import InvalidInput
from identity.decisions.signed_decision import MAX_REASON, Signed


@pytest.mark.parametrize("reason", ["", "  ", "x" * (MAX_REASON + 1)])
def test_a_decision_has_a_reason_that_can_be_read(reason: str) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        Signed("eva", reason)


def test_two_decisions_are_two_requests_unless_the_caller_says_otherwise() -> None:
    assert Signed("eva", "why").request != Signed("eva", "why").request
    assert Signed("eva", f" {'x' * MAX_REASON} ", "mine").request == "mine"
