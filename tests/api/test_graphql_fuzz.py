"""Valid documents of every shape that the schema allows, made by schemathesis: no fault of ours in any answer.

`FUZZ_CASES=10000 make test ARGS=tests/api/test_graphql_fuzz.py` looks longer.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.children import serving
from domain.settings import Settings
from graph.local import Running
from tests.api.serving import KEY

pytestmark = pytest.mark.neo4j

schemathesis.graphql.scalar("JSON", st.text(max_size=20).map(schemathesis.graphql.nodes.String))
CASES = int(os.environ.get("FUZZ_CASES", "500"))
PLAIN = settings(
    max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
HEADERS = {"x-api-key": KEY}


@pytest.fixture(scope="module")
def url(neo4j_server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("service")
    config = Settings.model_validate(
        {
            "state_dir": folder,
            "port": port,
            "api_key": KEY,
            "neo4j_uri": neo4j_server.bolt_uri,
            "neo4j_user": neo4j_server.user,
            "neo4j_password": neo4j_server.password,
            "graphql_bucket": 10**9,
            "graphql_max_cost": 10**6,
        }
    )
    with serving(config, folder / "service.log"):
        yield f"http://127.0.0.1:{port}"


def test_no_document_meets_a_fault_of_ours(url: str) -> None:
    schema = schemathesis.graphql.from_url(f"{url}/graphql", headers=HEADERS)
    codes: set[str] = set()
    with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as client:

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
    with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as client:

        @PLAIN
        @given(ANYTHING, st.sampled_from(["/graphql", "/v1/events", "/v1/batch", "/v1/identify"]))
        def check(body: object, path: str) -> None:
            answer = client.post(path, json=body)
            assert answer.status_code < 500, answer.text

        check()
