"""Errors as GraphQL shows them: a stable code and a safe message for what a client can fix, nothing of our own faults.

`UserError` is the other kind, an answer of a mutation: the input was understood and cannot be carried out as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSyntaxError
from graphql.validation.validate import ValidationAbortedError

from domain.errors import InvalidInput, RegularsError, SetupError, Unavailable, UnreadableValue, place
from domain.log import logger

_log = logger("regulars.graphql")
_VARIABLE = re.compile(r"Variable '(\$\w+)' (?:got|has) invalid value|Variable '(\$\w+)' of (?:required|non-null) type")
_HINT = "Check it against the schema; outside production the error tells more."


class DocumentRefused(ValidationAbortedError):
    """A document that is refused for its form alone. The message says nothing of the schema, so it is always shown.

    Raised by a validation rule, it is the one error of the document: the rules that would come after cost too much.
    """


@strawberry.type(description="Why a mutation changed nothing, for the person who filled in the form.")
class UserError:
    code: str = strawberry.field(description="Stable code, such as INVALID_INPUT or NOT_FOUND.")
    message: str = strawberry.field(description="What is wrong, in words.")
    field: list[str] = strawberry.field(description="Path into the input, outermost first; empty: the whole of it.")


def cause(error: GraphQLError) -> BaseException | None:
    """What a resolver raised; None for errors in the request itself."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    return None if isinstance(original, GraphQLError) else original


def listed(errors: Iterable[GraphQLError], *, request_id: str, detailed: bool) -> list[dict[str, Any]]:
    """The errors of an answer as they are shown. In production, `detailed` false, nothing is said of the schema.

    All that does not fit the schema is then one general error without a place. Otherwise somebody could send a list of
    guessed names, and learn the right ones from the places or the number of the errors.
    """
    errors = list(errors)
    misfits = [] if detailed else [error for error in errors if _tells_of_the_schema(error)]
    before_running = [error for error in misfits if error.path is None]
    if before_running:
        return [_misfit(before_running[0])]
    return [_misfit(error) if error in misfits else formatted(error, request_id=request_id) for error in errors]


def _tells_of_the_schema(error: GraphQLError) -> bool:
    """Whether the message is graphql-core's own about what the schema has or wants."""
    return cause(error) is None and not isinstance(error, GraphQLSyntaxError | DocumentRefused) and not _ours(error)


def _ours(error: GraphQLError) -> bool:
    """Whether graphql-core found, while it ran the operation, that an answer is not what the schema promises.

    Such a message shows what is in the data. A message about an argument is about the caller's variables instead.
    """
    return error.path is not None and cause(error) is None and not error.message.startswith("Argument '")


def _misfit(error: GraphQLError) -> dict[str, Any]:
    """The general error. It names a variable, because that name is the caller's own."""
    variable = _VARIABLE.match(error.message)
    what = f"The variable `{variable[1] or variable[2]}`" if variable else "The document"
    shown: dict[str, Any] = {"message": f"{what} does not fit the schema."}
    if error.path:
        shown["path"] = error.path
    return shown | {"extensions": {"code": InvalidInput.code, "hint": _HINT}}


def formatted(error: GraphQLError, *, request_id: str) -> dict[str, Any]:
    """The error as it is shown outside production. Our own faults are masked, and logged by type and place."""
    original = error.original_error or error if _ours(error) else cause(error)
    shown: dict[str, Any] = {"message": error.message}
    if original is None:
        extensions: dict[str, Any] = {"code": InvalidInput.code}
    elif error.path is None and isinstance(original, ValueError | TypeError):
        # Raised while the document was read: a literal that Python cannot take, such as a number of 5,000 digits.
        shown["message"] = "A value in the document cannot be read."
        extensions = {"code": InvalidInput.code}
    elif isinstance(original, UnreadableValue):
        _log.error("graphql.unreadable", request_id=request_id, place=place(original))
        shown["message"] = "What is stored here cannot be read."
        extensions = {"code": original.code, "requestId": request_id}
    elif isinstance(original, SetupError):
        _log.error("graphql.setup", request_id=request_id, place=place(original))
        shown["message"] = "The service is not set up rightly."
        extensions = {"code": Unavailable.code, "requestId": request_id}
    elif isinstance(original, RegularsError):
        shown["message"] = original.message
        extensions = {"code": original.code} | ({"hint": original.hint} if original.hint else {})
    else:
        _log.error("graphql.fault", request_id=request_id, type=type(original).__name__, place=place(original))
        shown["message"] = "Something went wrong on our side."
        extensions = {"code": RegularsError.code, "requestId": request_id}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = error.path
    return shown | {"extensions": extensions}


def codes(errors: Iterable[dict[str, Any]]) -> list[str]:
    """The codes of formatted errors, for the log."""
    return sorted({error["extensions"]["code"] for error in errors})
