"""Requests of Toast's loyalty integration: the parts that are used, bounded. Whatever else a till sends is left aside.

The field names are those of https://doc.toasttab.com/openapi/loyalty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from connectors.toast.till_status import TillRefused, TillStatus, wrong_input
from ingest.parse import words_of
from loyalty.commands.command import MAX_POINTS

MAX_REDEMPTIONS = 20
"""Redemptions of one request of a till."""
MAX_CHECK_PARTS = 500
"""Selections, payments, discounts and service charges of a till's check: of each so many."""
_MOST = Decimal(10**10)
_GUID = re.compile(r"[!-~]{1,100}")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class TillVerb(StrEnum):
    """`toastTransactionType`: what a till asks for."""

    SEARCH = "LOYALTY_SEARCH"
    INQUIRE = "LOYALTY_INQUIRE"
    REDEEM = "LOYALTY_REDEEM"
    ACCRUE = "LOYALTY_ACCRUE"
    REVERSE = "LOYALTY_REVERSE"
    TRANSFER = "LOYALTY_TRANSFER"
    SIGNUP = "LOYALTY_SIGNUP"


def _text_or_none(value: Any) -> Any:
    return (_CONTROL.sub(" ", value).strip() or None) if isinstance(value, str) else value


def _decimal(value: Any) -> Any:
    """A JSON number by its shortest digits, not by its binary value."""
    return str(value) if isinstance(value, float) else value


def _moment(value: Any) -> datetime | None:
    """A time of Toast's: ISO 8601 with a zone. One that cannot be read, and 1970 where nothing happened, is none."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None and 1970 < at.astimezone(UTC).year <= 2200 else None


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _list(value: Any) -> Any:
    return () if value is None else value


def _at_most(most: int) -> Any:
    return Field(max_length=most)


_Text = Annotated[str | None, Field(max_length=200), BeforeValidator(_text_or_none)]
_Guid = Annotated[str | None, Field(max_length=100), BeforeValidator(_text_or_none)]
# No limit on digits: a sum of binary fractions such as 0.1 + 0.2 has seventeen.
_Amount = Annotated[Decimal | None, Field(ge=-_MOST, le=_MOST, allow_inf_nan=False), BeforeValidator(_decimal)]
_Moment = Annotated[datetime | None, BeforeValidator(_moment)]


# What a check can do without is left out where it cannot be read: a guest loses no points by it.
_Loose = WrapValidator(_or_none)


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )


Part = TypeVar("Part", bound=_Part)


class SearchCriteria(_Part):
    """Whom a till looks for. `card` is no field of Toast's: other tills may look for a loyalty card by it."""

    first_name: _Text = None
    last_name: _Text = None
    email: _Text = None
    phone: _Text = None
    card: _Text = None


class TillCustomer(_Part):
    """The guest whom a check names without an account."""

    first_name: _Text = None
    last_name: _Text = None
    email: _Text = None
    phone: _Text = None


class PaymentRefund(_Part):
    refund_amount: _Amount = None
    tip_refund_amount: _Amount = None


class TillPayment(_Part):
    type: _Text = None
    payment_status: _Text = None
    tip_amount: _Amount = None
    refund: PaymentRefund | None = None


class ServiceCharge(_Part):
    charge_amount: _Amount = None


class TillDiscount(_Part):
    discount_amount: _Amount = None


class MenuItem(_Part):
    guid: _Guid = None


class TillDevice(_Part):
    id: _Text = None


class Selection(_Part):
    guid: _Guid = None
    item: MenuItem | None = None
    display_name: _Text = None
    quantity: _Amount = None
    price: _Amount = None
    pre_discount_price: Annotated[_Amount, _Loose] = None
    sales_category: Annotated[MenuItem | None, _Loose] = None
    voided: bool | None = None
    applied_discounts: Annotated[tuple[TillDiscount, ...], _at_most(MAX_CHECK_PARTS), BeforeValidator(_list)] = ()


class Check(_Part):
    """The check of one guest. Amounts are in the group's currency; `total_amount` has taxes and service charges in it,
    and no tips."""

    guid: Annotated[str, Field(min_length=1, max_length=100)]
    amount: _Amount = None
    tax_amount: _Amount = None
    total_amount: _Amount = None
    voided: bool | None = None
    deleted: bool | None = None
    paid_date: _Moment = None
    closed_date: _Moment = None
    opened_date: _Moment = None
    customer: TillCustomer | None = None
    created_device: Annotated[TillDevice | None, _Loose] = None
    delivery_info: Annotated[dict[str, Any] | None, _Loose] = None
    payments: Annotated[tuple[TillPayment, ...], _at_most(MAX_CHECK_PARTS), BeforeValidator(_list)] = ()
    applied_service_charges: Annotated[
        tuple[ServiceCharge, ...], _at_most(MAX_CHECK_PARTS), BeforeValidator(_list)
    ] = ()
    applied_discounts: Annotated[tuple[TillDiscount, ...], _at_most(MAX_CHECK_PARTS), BeforeValidator(_list)] = ()
    selections: Annotated[
        tuple[Annotated[Selection | None, _Loose], ...], _at_most(MAX_CHECK_PARTS), BeforeValidator(_list)
    ] = ()


class TillRedemption(_Part):
    """An offer that is applied to a check, `quantity` times."""

    model_config = ConfigDict(extra="allow")  # what else is said of it is said again in the answer

    identifier: Annotated[str, Field(min_length=1, max_length=200)]
    applied_discount_guid: _Guid = None
    multi_item_discount_guid: _Guid = None
    quantity: Annotated[
        int, Field(ge=1, le=MAX_REDEMPTIONS), BeforeValidator(lambda one: 1 if one is None else one)
    ] = 1

    @property
    def discount(self) -> str | None:
        """What tells it from another redemption of the same offer."""
        return self.applied_discount_guid or self.multi_item_discount_guid

    def row(self) -> dict[str, Any]:
        """As the till said it."""
        return self.model_dump(by_alias=True, exclude_unset=True)


_Redemptions = Annotated[tuple[TillRedemption, ...], _at_most(MAX_REDEMPTIONS), BeforeValidator(_list)]
_Account = Annotated[str | None, Field(max_length=200), BeforeValidator(_text_or_none)]


class _Search(_Part):
    search_criteria: SearchCriteria


class CheckInformation(_Part):
    """What a till asks about a check: `loyalty_identifier` names the account, and an accrual may have none."""

    loyalty_identifier: _Account = None
    order_guid: _Guid = None
    check: Check
    redemptions: _Redemptions = ()


class ReverseInformation(_Part):
    """The transaction that is taken back, by its GUID. Without `redemptions` all of them are."""

    loyalty_identifier: _Account = None
    transaction_id: Annotated[str, Field(pattern=f"^{_GUID.pattern}$")]
    redemptions: _Redemptions = ()


class TransferInformation(_Part):
    """The account that all points leave, and the one that gets them. `points` is no field of Toast's: other tills may
    move a part."""

    from_loyalty_identifier: Annotated[str, Field(min_length=1, max_length=200)]
    to_loyalty_identifier: Annotated[str, Field(min_length=1, max_length=200)]
    points: Annotated[int | None, Field(ge=1, le=MAX_POINTS, strict=True)] = None


class SignupInformation(_Part):
    """A guest who joins the loyalty programme, named by one of e-mail and phone. The names are no fields of Toast's."""

    email: _Text = None
    phone: _Text = None
    first_name: _Text = None
    last_name: _Text = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise ValueError("names the guest by one of email and phone")
        return self


@dataclass(frozen=True, slots=True)
class TillHeaders:
    """`Toast-Transaction-Type`, `-GUID` and `Toast-Restaurant-External-ID`."""

    verb: TillVerb
    guid: str
    restaurant: str

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> TillHeaders:
        """Raises TillRefused."""
        try:
            verb = TillVerb(headers.get("toast-transaction-type", ""))
        except ValueError:
            raise TillRefused(TillStatus.WRONG_TYPE, f"This is none of {', '.join(TillVerb)}.") from None
        guid, restaurant = (
            headers.get(f"toast-{name}", "").strip() for name in ("transaction-guid", "restaurant-external-id")
        )
        if not _GUID.fullmatch(guid):
            raise wrong_input("Toast-Transaction-GUID is 1 to 100 characters without spaces.")
        if not 1 <= len(restaurant) <= 200:
            raise TillRefused(TillStatus.WRONG_RESTAURANT, "Toast-Restaurant-External-ID is missing.")
        return cls(verb, guid, restaurant)


def search_criteria(body: Any) -> SearchCriteria:
    """Raises TillRefused."""
    return _read(body, TillVerb.SEARCH, "searchTransactionInformation", _Search).search_criteria


def check_information(body: Any, verb: TillVerb) -> CheckInformation:
    """Raises TillRefused."""
    return _read(body, verb, "checkTransactionInformation", CheckInformation)


def check_quantities(redemptions: Sequence[TillRedemption]) -> None:
    """Raises TillRefused where there are too many."""
    if sum(one.quantity for one in redemptions) > MAX_REDEMPTIONS:
        raise wrong_input(f"A request redeems {MAX_REDEMPTIONS} offers at most, a quantity of 2 as two.")


def reverse_information(body: Any) -> ReverseInformation:
    """Raises TillRefused."""
    return _read(body, TillVerb.REVERSE, "reverseTransactionInformation", ReverseInformation)


def transfer_information(body: Any) -> TransferInformation:
    """Raises TillRefused."""
    return _read(body, TillVerb.TRANSFER, "transferTransactionInformation", TransferInformation)


def signup_information(body: Any) -> SignupInformation:
    """Raises TillRefused."""
    return _read(body, TillVerb.SIGNUP, "signupTransactionInformation", SignupInformation)


def _read(body: Any, verb: TillVerb, name: str, model: type[Part]) -> Part:
    if not isinstance(body, Mapping):
        raise wrong_input("The body is not a JSON object.")
    said = cast(Mapping[str, Any], body)
    if said.get("toastTransactionType") != verb:
        raise TillRefused(TillStatus.WRONG_TYPE, "toastTransactionType is not what the header says.")
    try:
        return model.model_validate(said.get(name))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        # The names are those of fields above: nothing of what was sent is among them.
        place = "/".join(to_camel(part) if isinstance(part, str) else str(part) for part in (name, *first["loc"]))
        raise wrong_input(f"/{place} {words_of(first)}.") from None
