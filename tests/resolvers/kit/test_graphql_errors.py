"""Whose fault an error is, and that a fault of ours shows nothing of what stood in the data."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from graphql import build_schema, execute_sync, parse

from resolvers.kit.graphql_errors import listed

EMAIL = "jane.roe@example.org"
SCHEMA = build_schema("""
    type Query { int: Int whole: Int! text: String flag: Boolean share: Float kind: Kind list: [Int!] inner: Inner
      rows: [Inner!]! any: Any paged(first: Int! = 20): Int fails: Int }
    type Inner { whole: Int! }
    type Other { whole: Int! }
    union Any = Inner | Other
    enum Kind { ONE TWO }
""")


def fails(*_: Any) -> Any:
    raise LookupError(EMAIL)


CORRUPT = {
    "int": 2**40,
    "whole": None,
    "text": {"email": EMAIL},
    "flag": EMAIL,
    "share": EMAIL,
    "kind": EMAIL,
    "list": 5,
    "inner": {"whole": EMAIL},
    "rows": [{"whole": None}],
    "any": {"whole": 1},
    "fails": fails,
}
"""Data that are not what the schema promises."""


def errors_of(document: str, *, detailed: bool, **variables: Any) -> list[dict[str, Any]]:
    result = execute_sync(SCHEMA, parse(document), CORRUPT, variable_values=variables)
    return listed(result.errors or (), request_id="r-1", detailed=detailed)


ENVIRONMENTS = pytest.mark.parametrize("detailed", [True, False], ids=["development", "production"])


@ENVIRONMENTS
@pytest.mark.parametrize(
    "field",
    ["int", "whole", "text", "flag", "share", "kind", "list", "inner { whole }", "rows { whole }",
     "any { ... on Inner { whole } }", "fails"],
)  # fmt: skip
def test_corrupt_data_are_our_fault_and_are_not_shown(field: str, *, detailed: bool) -> None:
    with structlog.testing.capture_logs() as logged:
        [error] = errors_of(f"{{ {field} }}", detailed=detailed)
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "r-1"}
    assert error["message"] == "Something went wrong on our side."
    assert error["path"][0] == field.partition(" ")[0]
    [line] = logged
    assert (line["event"], line["request_id"], bool(line["type"] and line["place"])) == ("graphql.fault", "r-1", True)
    assert "jane" not in f"{error} {line}"


@ENVIRONMENTS
def test_a_variable_that_an_argument_cannot_take_is_the_callers(*, detailed: bool) -> None:
    [error] = errors_of("query($n: Int) { paged(first: $n) }", detailed=detailed, n=None)
    assert (error["extensions"]["code"], error["path"]) == ("INVALID_INPUT", ["paged"])
    assert ("$n" in error["message"]) == detailed
