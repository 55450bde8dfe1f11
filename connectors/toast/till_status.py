"""The statuses of Toast's loyalty integration, and which of them an error of the service is."""

from __future__ import annotations

from enum import StrEnum

from domain.errors import (
    HTTP_STATUS,
    Ambiguous,
    CardBlocked,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    RegularsError,
    TooLarge,
)


class TillStatus(StrEnum):
    """`transactionStatus` of an answer, as Toast names it."""

    ACCEPT = "ACCEPT"
    WRONG_TYPE = "ERROR_INVALID_TOAST_TRANSACTION_TYPE"
    NO_ACCOUNT = "ERROR_ACCOUNT_INVALID"
    WRONG_INPUT = "ERROR_INVALID_INPUT_PROPERTIES"
    NO_TRANSACTION = "ERROR_TRANSACTION_DOES_NOT_EXIST"
    WRONG_TOKEN = "ERROR_INVALID_TOKEN"  # noqa: S105
    NOT_REVERSIBLE = "ERROR_TRANSACTION_CANNOT_BE_REVERSED"
    WRONG_RESTAURANT = "ERROR_INVALID_RESTAURANT"
    ERROR = "ERROR"


class TillRefused(Exception):
    """A request that the protocol refuses by name. `message` is shown to who serves the guest, and holds nothing
    personal."""

    def __init__(self, status: TillStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def http_status(self) -> int:
        """404 where there is no such account, else 400."""
        return 404 if self.status is TillStatus.NO_ACCOUNT else 400


def wrong_input(message: str) -> TillRefused:
    return TillRefused(TillStatus.WRONG_INPUT, message)


def not_reversible(message: str) -> TillRefused:
    return TillRefused(TillStatus.NOT_REVERSIBLE, message)


def no_account(message: str = "There is no such account.") -> TillRefused:
    return TillRefused(TillStatus.NO_ACCOUNT, message)


def status_of(error: RegularsError) -> tuple[int, TillStatus]:
    """HTTP status and `transactionStatus` of an error. What the protocol has no word for keeps its own HTTP status: 5xx
    and 429 are worth another try."""
    match error:
        case NotAuthenticated() | NotAllowed():
            return 400, TillStatus.WRONG_TOKEN
        case NotFound() | Ambiguous():
            return 404, TillStatus.NO_ACCOUNT
        case CardBlocked():
            return 400, TillStatus.NO_ACCOUNT
        case InvalidInput() | Conflict() | TooLarge():
            return 400, TillStatus.WRONG_INPUT
        case _:
            return HTTP_STATUS[error.code], TillStatus.ERROR
