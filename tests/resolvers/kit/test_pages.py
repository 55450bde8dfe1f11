"""Pages that cannot be are refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.story import Story

pytestmark = pytest.mark.neo4j


PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  customer(by: {email: "ann.smith@example.org"}) {
    transactions(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { orderId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 1, "last": 1},
        {"first": 0},
        {"last": 101},
        {"first": 1, "before": "x"},
        {"last": 1, "after": "x"},
        {"first": 1, "after": "no cursor"},
        {"first": 1, "after": "WyJvIiwieCJd"},
        {"first": 1, "after": "WzEwMDAwMDAwMDAwMDAwMDAwMDAsIngiXQ"[:-1]},
    ],
)
async def test_wrong_pages_are_refused(story: Story, arguments: dict[str, Any]) -> None:
    assert (await story.refused(PAGE, **arguments))[0] == "INVALID_INPUT"
