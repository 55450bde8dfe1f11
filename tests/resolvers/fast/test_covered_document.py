"""Which documents the fast path covers, by their form alone, and what it knows of one."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate

from resolvers.access.caller import IDENTITY_READ, PROFILE_READ
from resolvers.fast.covered_document import CoveredDocument, cover
from resolvers.fast.document_compiler import NotCovered
from resolvers.schema import make_schema

SCHEMA: Any = make_schema()._schema  # pyright: ignore[reportPrivateUsage]
BY = '(by: {card: "1"})'


def covered(text: str, operation_name: str | None = None) -> CoveredDocument:
    document = parse(text)
    assert [error for error in validate(SCHEMA, document) if "operation" not in error.message] == []
    return cover(SCHEMA, document, operation_name)


@pytest.mark.parametrize(
    "text",
    [
        'mutation {segmentDelete(id: "x") {id}}',
        "{brands {code}}",
        f"{{customer{BY} {{number}} brands {{code}}}}",
        f"{{... on Query {{customer{BY} {{number}}}}}}",
        '{customer(by: {card: "1"}, asOf: "2026-01-01T00:00:00Z") {number}}',
        f"{{customer{BY} @include(if: true) {{number}}}}",
        f"query($c: String) {{customer{BY} {{transactions(after: $c) {{edges {{cursor}}}}}}}}",
        f"query($c: String) {{customer{BY} {{...F}}}} "
        "fragment F on Customer {transactions(after: $c) {edges {cursor}}}",
    ],
)
def test_what_only_the_ordinary_executor_runs(text: str) -> None:
    with pytest.raises(NotCovered):
        covered(text)


def test_a_directive_that_is_no_switch_is_not_covered() -> None:
    with pytest.raises(NotCovered):
        cover(SCHEMA, parse(f"{{customer{BY} {{number @defer}}}}"), None)


def test_a_plan_depends_on_the_variables_below_the_customer() -> None:
    document = covered(
        "query($card: String!, $size: Int, $on: Boolean!) {customer(by: {card: $card}) {"
        "number @include(if: $on) ...F}} fragment F on Customer {transactions(first: $size) {edges {cursor}}}"
    )
    assert document.inner == ("on", "size")
    assert (document.texts, document.by) == (None, None)
    values = document.values(SCHEMA, {"card": "1", "on": True})
    assert values is not None
    assert values.coerced == {"card": "1", "on": True}
    assert document.values(SCHEMA, {"card": "1", "on": "yes"}) is None


def test_texts_that_are_plainly_right_need_no_coercion() -> None:
    document = covered("query($n: String!) {customer(by: {customerNumber: $n}) {number}}")
    assert (document.texts, document.by) == (("n",), ("customer_number", "n"))
    values = document.values(SCHEMA, {"n": "x", "unused": 1})
    assert values is not None
    assert values.coerced == {"n": "x"}
    assert document.values(SCHEMA, {"n": 1}) is None


def test_what_is_selected_needs_its_scope_though_a_switch_is_off() -> None:
    assert covered(f"{{customer{BY} {{number}}}}").scopes == {PROFILE_READ}
    text = f"{{customer{BY} {{number household @skip(if: true) {{kind}}}}}}"
    assert covered(text).scopes == {IDENTITY_READ, PROFILE_READ}


def test_of_several_operations_the_named_one_counts() -> None:
    text = f"query A {{brands {{code}}}} query B {{customer{BY} {{number}}}}"
    assert covered(text, "B").root.name.value == "customer"
    with pytest.raises(NotCovered):
        covered(text, "A")
