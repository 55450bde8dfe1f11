"""Every error of Regulars, each with a stable code that docs, GraphQL and HTTP share.

    RegularsError
    ├── InvalidInput                400
    │   ├── EventRefused            (per event)
    │   └── Ambiguous               400
    ├── PersistedQueryNotFound      200
    ├── NotAuthenticated            401
    ├── NotAllowed                  403
    ├── NotFound                    404
    ├── MethodNotAllowed            405
    ├── NotAcceptable               406
    ├── TooSlow                     408
    ├── Conflict                    409
    │   ├── NotEnoughPoints         409
    │   ├── HoldIsOver              409
    │   ├── TooManyHolds            409
    │   ├── RewardNotAvailable      409
    │   ├── OutOfStock              409
    │   ├── BudgetSpent             409
    │   ├── GuestLimitReached       409
    │   ├── DayLimitReached         409
    │   ├── CouponNotValid          409
    │   ├── CouponUsed              409
    │   └── CardBlocked             409
    ├── TooLarge                    413
    ├── UnsupportedMediaType        415
    ├── Overloaded                  429
    │   └── Throttled               429
    ├── Unavailable                 503
    │   └── StoreFull               503
    ├── TimedOut                    504
    └── SetupError                  (command line)
        └── UnreadableValue         500

A class says first what its code means to a caller and, behind "What to do:", the caller's next step: docs/reference is
made of these two. `HTTP_STATUS` is the one table from code to status; GraphQL answers the same code in
`extensions.code`.
"""

from __future__ import annotations

from collections.abc import Collection


class RegularsError(Exception):
    """A fault of the service.

    What to do: report it with the request id.

    The base: `code` is stable, `message` is safe to show and holds no personal data, `hint` is the next step. `about`
    are those of the values named by the caller that it is about; they may be personal data.
    """

    code = "INTERNAL"

    def __init__(self, message: str, *, hint: str | None = None, about: Collection[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.about = frozenset(about)


class InvalidInput(RegularsError):
    """The request can never succeed.

    What to do: correct the request.
    """

    code = "INVALID_INPUT"


class EventRefused(InvalidInput):
    """One event can never be accepted. The pointer names the place in it.

    What to do: correct it with `regulars quarantine mend`.

    `pointer` is an RFC 6901 JSON pointer into the event.
    """

    code = "EVENT_REFUSED"

    def __init__(self, pointer: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.pointer = pointer


class Ambiguous(InvalidInput):
    """Several people share the identifier, so it names none of them.

    What to do: ask `customersBy` for all of them, or ask by customer number.
    """

    code = "AMBIGUOUS"


class PersistedQueryNotFound(RegularsError):
    """No document is registered under this hash.

    What to do: nothing. Clients then send the document with its hash.

    Not an error to these clients, and some of them read an answer only if it is 200.
    """

    code = "PERSISTED_QUERY_NOT_FOUND"


class NotAuthenticated(RegularsError):
    """No key, or an unknown one.

    What to do: send `Authorization: Bearer KEY`.
    """

    code = "NOT_AUTHENTICATED"


class NotAllowed(RegularsError):
    """The key may not do this.

    What to do: use another key.
    """

    code = "NOT_ALLOWED"


class NotFound(RegularsError):
    """Nothing has that id.

    What to do: check the id.
    """

    code = "NOT_FOUND"


class MethodNotAllowed(RegularsError):
    """Another HTTP method is needed.

    What to do: use a method that the header `Allow` names.

    `allow` are the methods that there are.
    """

    code = "METHOD_NOT_ALLOWED"

    def __init__(self, message: str, *, allow: tuple[str, ...], hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.allow = allow


class NotAcceptable(RegularsError):
    """`Accept` names no type that the service can send.

    What to do: name `application/json`.
    """

    code = "NOT_ACCEPTABLE"


class TooSlow(RegularsError):
    """The body did not arrive within `REGULARS_BODY_TIMEOUT_S`.

    What to do: send less at once.
    """

    code = "TOO_SLOW"


class Conflict(RegularsError):
    """The request contradicts what has happened since, or an earlier request with the same id. Nothing was done.

    What to do: look again, and decide anew under a new request id.
    """

    code = "CONFLICT"


class NotEnoughPoints(Conflict):
    """Fewer points are in hand than the request would use. Nothing was done.

    What to do: ask for fewer points, under a new request id.
    """

    code = "NOT_ENOUGH_POINTS"


class HoldIsOver(Conflict):
    """The points were set aside until a moment that has passed, so they are in hand again.

    What to do: redeem them anew, under a new request id.
    """

    code = "HOLD_IS_OVER"


class TooManyHolds(Conflict):
    """The guest has as many holds as there may be at a time. Nothing was done.

    What to do: capture or release one of them.
    """

    code = "TOO_MANY_HOLDS"


class RewardNotAvailable(Conflict):
    """The reward is not had at this place, on this day, without a coupon, or by this guest's tier. Nothing was done.

    What to do: read the message. `Customer.rewards` says what the guest can get.
    """

    code = "REWARD_NOT_AVAILABLE"


class OutOfStock(Conflict):
    """As many of the reward were given out, or are set aside, as there are. Nothing was done.

    What to do: offer another one. What is set aside may come back.
    """

    code = "OUT_OF_STOCK"


class BudgetSpent(Conflict):
    """The budget of the reward does not cover it any more. Nothing was done.

    What to do: offer another one.
    """

    code = "BUDGET_SPENT"


class GuestLimitReached(Conflict):
    """The guest got the reward as often as one guest may. Nothing was done.

    What to do: offer another one.
    """

    code = "GUEST_LIMIT_REACHED"


class DayLimitReached(Conflict):
    """The caller has given as many points today as it may give in a day. Nothing was done.

    What to do: wait until tomorrow (UTC). Agents can propose the points with `pointsGrantPropose`.
    """

    code = "DAY_LIMIT_REACHED"


class CouponNotValid(Conflict):
    """No coupon has this code, or not for this guest, or not on this day. Nothing was done.

    What to do: check the code.
    """

    code = "COUPON_NOT_VALID"


class CouponUsed(Conflict):
    """The coupon was used, or is set aside, as often as it may be. Nothing was done.

    What to do: nothing. If what it was used for is reversed, it can be used again.
    """

    code = "COUPON_USED"


class CardBlocked(Conflict):
    """The loyalty card is blocked, so it finds no guest and uses no points. Nothing was done.

    What to do: find the guest in another way. An agent can unblock or replace the card.
    """

    code = "CARD_BLOCKED"


class TooLarge(RegularsError):
    """A limit on size or number was exceeded.

    What to do: send or ask for less at once.
    """

    code = "TOO_LARGE"


class UnsupportedMediaType(RegularsError):
    """The request does not declare its body as JSON in UTF-8.

    What to do: send `Content-Type: application/json`.
    """

    code = "UNSUPPORTED_MEDIA_TYPE"


class Overloaded(RegularsError):
    """Too much waits already. Nothing was accepted.

    What to do: wait `Retry-After` seconds, then send the same again.

    `retry_after` is whole seconds.
    """

    code = "OVERLOADED"

    def __init__(self, message: str, *, retry_after: int = 1, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Throttled(Overloaded):
    """The caller has spent its budget. Others are served.

    What to do: wait `Retry-After` seconds, and ask for less.
    """

    code = "THROTTLED"


class Unavailable(RegularsError):
    """Neo4j does not answer, or too many requests run at once. Nothing is lost.

    What to do: send it again after `Retry-After`. If it lasts, look at Neo4j.
    """

    code = "UNAVAILABLE"


class StoreFull(Unavailable):
    """The store takes no writes, because its disk is nearly full. Reads go on, and nothing of the request was stored.

    What to do: send it again after `Retry-After`. Operators free space: docs/runbooks.md, 4.
    """

    code = "STORE_FULL"


class TimedOut(RegularsError):
    """The request took longer than `REGULARS_GRAPHQL_TIMEOUT_S`. A mutation may have been carried out.

    What to do: ask for less at once.
    """

    code = "TIMED_OUT"


class SetupError(RegularsError):
    """The machine or the configuration is wrong.

    What to do: do what the hint says.
    """

    code = "SETUP"


class UnreadableValue(SetupError):
    """A sealed value does not open: it was sealed with another key, or it is damaged.

    What to do: operators set the key that the store was written with (docs/runbooks.md, 5).
    """

    code = "UNREADABLE"


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
    Conflict.code: 409,
    **{kind.code: 409 for kind in Conflict.__subclasses__()},
    TooLarge.code: 413,
    UnsupportedMediaType.code: 415,
    Overloaded.code: 429,
    Throttled.code: 429,
    Unavailable.code: 503,
    StoreFull.code: 503,
    TimedOut.code: 504,
    SetupError.code: 500,
    UnreadableValue.code: 500,
}


def place(error: BaseException) -> str | None:
    """The file and line that raised it: what a log may tell of an unforeseen error beside its type, as its message and
    locals may hold contact data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
