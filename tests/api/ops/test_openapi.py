"""`/openapi.json` says what the intake does: what it describes is read as events, and answers look as it says.

`FUZZ_CASES=10000 make test ARGS=tests/api/test_openapi.py` looks longer.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.ops.openapi import document
from tests.api.serving import KEY
from tests.kit.waiting import LONG_S

CASES = int(os.environ.get("FUZZ_CASES", "100"))
CHECKS: Any = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.neo4j
def test_what_is_described_is_read_and_answered_as_described(url: str) -> None:
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    read = 0

    @settings(
        max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=schema["/v1/events"]["POST"].as_strategy())
    def check(case: schemathesis.Case) -> None:
        nonlocal read
        answer = case.call(headers={"x-api-key": KEY}, timeout=LONG_S)
        case.validate_response(answer, checks=CHECKS)
        told = answer.json()
        read += told.get("accepted", 0) + len(told.get("refused", ()))

    check()
    assert read > 10


def test_every_event_type_is_described() -> None:
    schemas = document()["components"]["schemas"]
    assert {"identify", "order.completed"} < set(schemas["Event"]["discriminator"]["mapping"])
    for reference in schemas["Event"]["discriminator"]["mapping"].values():
        assert reference.rpartition("/")[2] in schemas
