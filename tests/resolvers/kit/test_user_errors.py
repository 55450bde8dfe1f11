"""An error that a person can mend names each argument that it is about."""

from __future__ import annotations

from domain.errors import InvalidInput, NotFound
from resolvers.kit.user_errors import user_errors

NAMED = {"customers": ["a", "b", "a"], "record": "r"}


def test_each_value_that_is_wrong_is_told_with_its_path() -> None:
    errors = user_errors(NotFound("Gone.", hint="Look.", about=["a", "r"]), NAMED)
    assert [error.field for error in errors] == [["customers", "0"], ["customers", "2"], ["record"]]
    assert {(error.code, error.message) for error in errors} == {("NOT_FOUND", "Gone. Look.")}


def test_without_a_value_it_is_about_the_field_or_the_only_argument() -> None:
    error = InvalidInput("No.")
    assert [one.field for one in user_errors(error, NAMED)] == [[]]
    assert [one.field for one in user_errors(error, {"records": []})] == [["records"]]
    assert [one.field for one in user_errors(error, NAMED, field=("signature", "reason"))] == [["signature", "reason"]]
