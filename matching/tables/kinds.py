"""What a column of a table can hold, and which kinds tell one member of a family from another."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a column holds. It decides how values are spelt, compared and blocked."""

    GIVEN = "given_name"
    MIDDLE = "middle_name"
    FAMILY = "family_name"
    FULL = "full_name"
    SUFFIX = "suffix"
    PEOPLE = "people"
    BIRTH = "birth_date"
    SEX = "sex"
    DATE = "date"
    ID = "identifier"
    EMAIL = "email"
    PHONE = "phone"
    ORGANISATION = "organisation"
    EMPLOYER = "employer"
    ADDRESS = "address"
    STREET = "street"
    CITY = "city"
    STATE = "state"
    COUNTRY = "country"
    POSTCODE = "postcode"
    AMOUNT = "amount"
    CODE = "code"
    NUMBER = "number"
    TEXT = "text"


FAMILIES = (Kind.GIVEN, Kind.CODE)
"""What tells one of a family from the next: without it a table cannot show families."""
NAMES = (Kind.GIVEN, Kind.FAMILY)
PERSONAL = (
    Kind.GIVEN,
    Kind.BIRTH,
    Kind.SEX,
    Kind.ID,
    Kind.SUFFIX,
    Kind.ORGANISATION,
    Kind.CODE,
)
"""What one member of a family does not share with the next, nor one model of a product line."""
CONTACTS = {Kind.ID: 20.0, Kind.EMAIL: 13.0, Kind.PHONE: 11.0}
"""Values that are made for one person: the bits that agreement says, as in the live policies."""
