"""Valid documents of every shape that the schema allows, made by schemathesis: no fault of ours in any answer.

`FUZZ_CASES=10000 make test ARGS=tests/api/test_graphql_fuzz.py` looks longer.
"""

from __future__ import annotations

import os

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.serving import KEY
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j

schemathesis.graphql.scalar(
    "Decimal", st.decimals(-10, 1_000, places=2).map(str).map(schemathesis.graphql.nodes.String)
)
schemathesis.graphql.scalar("JSON", st.text(max_size=20).map(schemathesis.graphql.nodes.String))
CASES = int(os.environ.get("FUZZ_CASES", "500"))
PLAIN = settings(
    max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
HEADERS = {"x-api-key": KEY}


def test_no_document_meets_a_fault_of_ours(url: str) -> None:
    schema = schemathesis.graphql.from_url(f"{url}/graphql", headers=HEADERS)
    codes: set[str] = set()
    with httpx.Client(base_url=url, headers=HEADERS, timeout=LONG_S) as client:

        @PLAIN
        @given(case=schema.as_strategy())
        def check(case: schemathesis.Case) -> None:
            answer = client.post("/graphql", json={"query": case.body})
            assert answer.status_code == 200, answer.text
            found = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
            assert "INTERNAL" not in found, case.body
            codes.update(found)

        check()
    assert codes  # it is no fuzzing if everything is right


WORDS = st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "persistedQuery", "by"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=20) | st.just("{__typename}"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def test_no_body_meets_a_fault_of_ours(url: str) -> None:
    with httpx.Client(base_url=url, headers=HEADERS, timeout=LONG_S) as client:

        @PLAIN
        @given(ANYTHING, st.sampled_from(["/graphql", "/v1/events", "/v1/batch", "/v1/identify"]))
        def check(body: object, path: str) -> None:
            answer = client.post(path, json=body)
            assert answer.status_code < 500, answer.text

        check()
