"""Errors over HTTP: one envelope, headers that say what to do next, and nothing of a fault of ours."""

from __future__ import annotations

import orjson
import pytest
from structlog.testing import capture_logs

from api.errors import error_headers, error_response, public_error
from domain.errors import (
    InvalidInput,
    MethodNotAllowed,
    NotAuthenticated,
    Overloaded,
    RegularsError,
    SetupError,
    TimedOut,
    TooSlow,
    Unavailable,
)
from tests.api.serving import SlowStore, service


def test_an_error_of_the_sender_is_shown_with_its_next_step() -> None:
    answer = error_response(InvalidInput("This is no event.", hint="See the docs."), accepted=0)
    assert answer.status_code == 400
    assert orjson.loads(answer.body) == {
        "error": {"code": "INVALID_INPUT", "message": "This is no event.", "hint": "See the docs."},
        "accepted": 0,
    }


@pytest.mark.parametrize("fault", [ValueError("ann@x.example"), SetupError("ann@x.example")])
def test_a_fault_of_ours_is_worth_another_try_and_says_nothing(fault: Exception) -> None:
    with capture_logs() as logs:
        answer = error_response(fault)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert b"ann@" not in answer.body
    assert "ann@" not in str(logs)
    assert logs[0]["type"] == type(fault).__name__


@pytest.mark.parametrize("error", [Unavailable("Away."), TimedOut("Late.")])
def test_what_ends_by_itself_is_shown_as_it_is(error: RegularsError) -> None:
    assert public_error(error) is error


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (Overloaded("Full.", retry_after=7), {"Retry-After": "7"}),
        (NotAuthenticated("No key."), {"WWW-Authenticate": "Bearer"}),
        (TooSlow("Too slow."), {"Connection": "close"}),
        (MethodNotAllowed("Not so.", allow=("GET", "POST")), {"Allow": "GET, POST"}),
        (InvalidInput("No."), {}),
    ],
)
def test_headers_say_what_to_do_next(error: RegularsError, headers: dict[str, str]) -> None:
    assert error_headers(error) == headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/events", "OPTIONS, POST"),
        ("PUT", "/v1/events", "OPTIONS, POST"),
        ("DELETE", "/v1/identify", "OPTIONS, POST"),
        ("GET", "/v1/batch", "OPTIONS, POST"),
        ("POST", "/health/live", "GET, HEAD"),
        ("PATCH", "/openapi.json", "GET, HEAD"),
        ("POST", "/metrics", "GET, HEAD"),
    ],
)
async def test_a_method_that_an_address_does_not_have_is_told_in_the_envelope(
    method: str, path: str, allowed: str
) -> None:
    async with service(SlowStore()) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
    assert answer.json().keys() == {"error"}
