"""Every error of Regulars, each with a stable code that docs, GraphQL and HTTP share.

    RegularsError
    ├── InvalidInput            the caller sent something that can never succeed      400
    │   ├── EventRefused        one event of a batch, with a pointer into it          (per event)
    │   └── Ambiguous           an identifier that several people share names nobody  400
    ├── PersistedQueryNotFound  send the document with its hash, as the protocol says 200
    ├── NotAuthenticated        no key, or a key nobody knows                         401
    ├── NotAllowed              the key lacks the scope                               403
    ├── NotFound                nothing stands under that id                          404
    ├── MethodNotAllowed        another HTTP method is needed                         405
    ├── NotAcceptable           no media type that the caller takes can be given      406
    ├── TooSlow                 the body did not arrive in time                       408
    ├── TooLarge                a bound on size or count was passed                   413
    ├── UnsupportedMediaType    the body is of a type that is not read                415
    ├── Overloaded              try again after a pause; nothing was taken            429
    │   └── Throttled           the caller's budget is spent for now                  429
    ├── Unavailable             our own fault or the store's; nothing was taken       503
    ├── TimedOut                the caller asked for more than fits into the time     504
    └── SetupError              the machine or the configuration has to be mended     (command line)

`HTTP_STATUS` is the one table from code to status; GraphQL answers the same code in `extensions.code`.
"""

from __future__ import annotations


class RegularsError(Exception):
    """The base: `code` is stable, `message` is safe to show and holds no personal data, `hint` is the next step."""

    code = "INTERNAL"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(RegularsError):
    code = "INVALID_INPUT"


class EventRefused(InvalidInput):
    """One event that can never be taken. `pointer` is an RFC 6901 JSON pointer into the event."""

    code = "EVENT_REFUSED"

    def __init__(self, pointer: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer


class Ambiguous(InvalidInput):
    """An identifier is shared by several people, so it names none of them."""

    code = "AMBIGUOUS"


class PersistedQueryNotFound(RegularsError):
    """Not an error to its clients, which send the document next; some of them read an answer only if it is 200."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class NotAuthenticated(RegularsError):
    code = "NOT_AUTHENTICATED"


class NotAllowed(RegularsError):
    code = "NOT_ALLOWED"


class NotFound(RegularsError):
    code = "NOT_FOUND"


class MethodNotAllowed(RegularsError):
    """`allow` are the methods that there are."""

    code = "METHOD_NOT_ALLOWED"

    def __init__(self, message: str, *, allow: tuple[str, ...], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.allow = allow


class NotAcceptable(RegularsError):
    code = "NOT_ACCEPTABLE"


class TooSlow(RegularsError):
    code = "TOO_SLOW"


class TooLarge(RegularsError):
    code = "TOO_LARGE"


class UnsupportedMediaType(RegularsError):
    code = "UNSUPPORTED_MEDIA_TYPE"


class Overloaded(RegularsError):
    """`retry_after` is whole seconds."""

    code = "OVERLOADED"

    def __init__(self, message: str, *, retry_after: int = 1, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Throttled(Overloaded):
    """One caller has spent its budget; others are served."""

    code = "THROTTLED"


class Unavailable(RegularsError):
    code = "UNAVAILABLE"


class TimedOut(RegularsError):
    code = "TIMED_OUT"


class SetupError(RegularsError):
    code = "SETUP"


HTTP_STATUS: dict[str, int] = {
    RegularsError.code: 500,
    InvalidInput.code: 400,
    EventRefused.code: 400,
    Ambiguous.code: 400,
    PersistedQueryNotFound.code: 200,
    NotAuthenticated.code: 401,
    NotAllowed.code: 403,
    NotFound.code: 404,
    MethodNotAllowed.code: 405,
    NotAcceptable.code: 406,
    TooSlow.code: 408,
    TooLarge.code: 413,
    UnsupportedMediaType.code: 415,
    Overloaded.code: 429,
    Throttled.code: 429,
    Unavailable.code: 503,
    TimedOut.code: 504,
    SetupError.code: 500,
}


def place(error: BaseException) -> str | None:
    """The file and line that raised it: what a log may tell of an unforeseen error beside its type, as its message and
    locals may hold contact data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
