"""The type of an answer: the one that the client likes best."""

from __future__ import annotations

import pytest

from api.graphql.content_types import JSON, RESPONSE, answer_type
from domain.errors import NotAcceptable


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {JSON}", RESPONSE),
        (f"{JSON}, {RESPONSE}", JSON),
        (f"{JSON};q=0.8, {RESPONSE};q=0.9", RESPONSE),
        (f"{JSON}; charset=utf-8 ; q=0.9, {RESPONSE};q=0.2", JSON),
        (f"*/*;q=0.1, {RESPONSE};q=0.1", RESPONSE),
        (f"text/html, {RESPONSE};q=0.5", RESPONSE),
        (f"{JSON};q=0, */*", RESPONSE),
        (f"APPLICATION/GraphQL-Response+JSON, {JSON};q=x", RESPONSE),
    ],
)
def test_the_answer_is_of_the_type_that_is_liked_best(accept: str | None, media: str) -> None:
    assert answer_type(accept) == media


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", f"{JSON};q=2", "nonsense"])
def test_no_type_that_can_be_given(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        answer_type(accept)
