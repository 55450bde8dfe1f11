"""The type of an answer: the one that the client likes best."""

from __future__ import annotations

import pytest

from api.graphql.content_types import EVENTS, JSON, RESPONSE, EventStream, answer_type, event_stream
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


URQL = f"{RESPONSE}, application/graphql+json, {JSON}, {EVENTS}, multipart/mixed"


@pytest.mark.parametrize(
    ("accept", "stream"),
    [
        (None, EventStream.NEVER),
        ("", EventStream.NEVER),
        ("*/*", EventStream.NEVER),
        ("text/html", EventStream.NEVER),
        (f"{EVENTS};q=0", EventStream.NEVER),
        (f"{EVENTS};q=0, {JSON}", EventStream.NEVER),
        (f"{EVENTS};q=x", EventStream.NEVER),
        (f"{JSON}, {EVENTS}", EventStream.OF_SUBSCRIPTIONS),
        (f"{EVENTS}, {JSON}", EventStream.OF_SUBSCRIPTIONS),
        (f"{JSON}, {EVENTS};q=0.1", EventStream.OF_SUBSCRIPTIONS),
        (f"{JSON};q=0.1, {EVENTS}", EventStream.OF_SUBSCRIPTIONS),
        (f"{EVENTS}, */*;q=0.1", EventStream.OF_SUBSCRIPTIONS),
        (f"{EVENTS}, application/*", EventStream.OF_SUBSCRIPTIONS),
        (URQL, EventStream.OF_SUBSCRIPTIONS),
        (EVENTS, EventStream.ALWAYS),
        ("Text/Event-Stream; charset=utf-8", EventStream.ALWAYS),
        (f"{EVENTS}, multipart/mixed", EventStream.ALWAYS),
        (f"{EVENTS}, {JSON};q=0", EventStream.ALWAYS),
        (f"{EVENTS}, */*;q=0", EventStream.ALWAYS),
    ],
)
def test_events_are_streamed_where_the_client_names_them(accept: str | None, stream: EventStream) -> None:
    assert event_stream(accept) is stream


@pytest.mark.parametrize(
    ("accept", "media"), [(URQL, RESPONSE), (f"{JSON}, {EVENTS}", JSON), (f"{EVENTS}, {JSON};q=0.1", JSON)]
)
def test_beside_events_the_answer_has_its_own_type(accept: str, media: str) -> None:
    assert answer_type(accept) == media
