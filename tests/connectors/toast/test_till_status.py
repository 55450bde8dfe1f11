"""Each error of the service has the status that the protocol has for it."""

from __future__ import annotations

import pytest

from connectors.toast.till_status import TillRefused, TillStatus, no_account, status_of
from domain.errors import (
    Ambiguous,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Overloaded,
    RegularsError,
    TooLarge,
    Unavailable,
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotAuthenticated(""), (400, "ERROR_INVALID_TOKEN")),
        (NotAllowed(""), (400, "ERROR_INVALID_TOKEN")),
        (NotFound(""), (404, "ERROR_ACCOUNT_INVALID")),
        (Ambiguous(""), (404, "ERROR_ACCOUNT_INVALID")),
        (InvalidInput(""), (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        (Conflict(""), (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        (TooLarge(""), (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        (Overloaded("", retry_after=1), (429, "ERROR")),
        (Unavailable(""), (503, "ERROR")),
    ],
)
def test_an_error_has_its_status(error: RegularsError, expected: tuple[int, str]) -> None:
    assert status_of(error) == expected


def test_only_an_unknown_account_is_404() -> None:
    assert {status for status in TillStatus if TillRefused(status, "").http_status == 404} == {TillStatus.NO_ACCOUNT}
    assert no_account().http_status == 404
