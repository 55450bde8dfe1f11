"""Answers of GraphQL that were never executed: one envelope, the status of the error, and headers for the next step."""

from __future__ import annotations

import orjson

from api.graphql.content_types import JSON, RESPONSE
from api.graphql.response import answered, refused
from domain.errors import InvalidInput, Overloaded


def test_a_refusal_has_errors_and_no_data() -> None:
    answer = refused(InvalidInput("No such field.", hint="See the schema."), RESPONSE, cost={"spent": 1})
    assert (answer.status_code, answer.headers["content-type"]) == (400, f"{RESPONSE}; charset=utf-8")
    assert orjson.loads(answer.body) == {
        "errors": [
            {"message": "No such field.", "extensions": {"code": "INVALID_INPUT", "hint": "See the schema."}},
        ],
        "extensions": {"cost": {"spent": 1}},
    }


def test_a_status_of_its_own_and_the_headers_of_the_error() -> None:
    assert refused(InvalidInput("No."), status=200).status_code == 200
    assert refused(Overloaded("Full.", retry_after=3)).headers["retry-after"] == "3"


def test_a_fault_of_ours_says_nothing() -> None:
    answer = refused(ZeroDivisionError("ann@x.example"))
    assert answer.status_code == 503
    assert b"ann@" not in answer.body


def test_an_answer_keeps_the_headers_that_it_is_given() -> None:
    answer = answered({"data": None}, JSON, headers={"ETag": '"x"'})
    assert (answer.headers["etag"], answer.headers["content-type"]) == ('"x"', JSON)
