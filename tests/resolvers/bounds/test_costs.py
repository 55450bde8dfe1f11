"""What operations cost: by hand, by their variables, and never less for a larger page."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st

from resolvers.bounds.costs import cost, extra_costs
from resolvers.schema import make_schema

SCHEMA: Any = make_schema()._schema  # pyright: ignore[reportPrivateUsage]
EXTRA = extra_costs(SCHEMA)
BY = '(by: {email: "a@example.org"})'


def of(text: str, **variables: Any) -> int:
    document = parse(text)
    assert validate(SCHEMA, document) == []
    return cost(SCHEMA, document, None, variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{__typename}", 1),
        ("{__schema{types{name fields{name}}}}", 1),
        (f"{{customer{BY} {{number name emails}}}}", 1),
        (f"{{customer{BY} {{number lifetimeSpend{{amount}}}}}}", 1 + 5),
        (f"{{customer{BY} {{lastVisits(first: 3){{at brand{{name}}}}}}}}", 1 + 3 * 2),
        (f"{{customer{BY} {{lastVisits{{at}}}}}}", 1 + 3),
        (f"{{customer{BY} {{transactions(first: 10){{edges{{node{{at total{{amount}}}}}}}}}}}}", 1 + 1 + 10 * 2),
        (f"{{customer{BY} {{transactions(last: 10){{pageInfo{{endCursor}}}}}}}}", 1 + 1),
        (f"{{customer{BY} {{transactions{{edges{{cursor}}}}}}}}", 1 + 1 + 20),
        (f"{{customer{BY} {{journey(first: 10){{transitions{{count}} edges{{cursor}}}}}}}}", 1 + 1 + 5 + 10),
        (
            '{customerSearch(text: "x", first: 50){edges{node{transactions(first: 40){edges{node{lines{name}}}}}}}}',
            EXTRA["customerSearch"] + 1 + 50 * (1 + 1 + 40 * (1 + 5)),
        ),
        ("{completeness{records}}", EXTRA["completeness"] + 5),
        ('mutation{segmentDelete(id: "x"){userErrors{code}}}', 10 + 1 + 5),
        ('mutation{myConsentSet(purpose: "x", granted: true){me{number}}}', 10 + EXTRA["myConsentSet"] + 1 + 1),
        ("{...F ...F} fragment F on Query {brands{code}}", 10),
        ("{a: brands{code} b: brands{code}}", 10),
        ("{brands @skip(if: true){code} stores @include(if: false){edges{cursor}}}", 1),
    ],
)
def test_by_hand(text: str, expected: int) -> None:
    assert of(text) == expected


DOCUMENT = """query Q($first: Int = 7, $no: Boolean! = false) {
  customerSearch(text: "x", first: $first) { edges { node { transactions(first: $first) @skip(if: $no) {
    edges { cursor } } } } } }"""


def test_variables_and_their_defaults_count() -> None:
    base = EXTRA["customerSearch"] + 1
    assert of(DOCUMENT) == base + 7 * (1 + 1 + 7)
    assert of(DOCUMENT, first=100) == base + 100 * (1 + 1 + 100)
    assert of(DOCUMENT, first=100, no=True) == base + 100
    assert of(DOCUMENT, first=None) == base + 20 * (1 + 1 + 20)
    assert of(DOCUMENT, first="many") == 1


@given(st.integers(-(2**31), 2**31 - 1), st.integers(1, 100))
def test_a_page_out_of_bounds_costs_no_more_than_the_largest(asked: int, larger: int) -> None:
    assert 1 <= of(DOCUMENT, first=asked) <= of(DOCUMENT, first=100)
    assert of(DOCUMENT, first=larger - 1) <= of(DOCUMENT, first=larger)


def test_of_several_operations_the_named_one_counts() -> None:
    document = parse("query A{brands{code}} query B{completeness{records}}")
    assert (cost(SCHEMA, document, "A", None), cost(SCHEMA, document, "B", None)) == (5, 1005)
