"""What a column of a table can hold, and which kinds distinguish the members of a family."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a column holds. The kind decides how values are spelt, compared and blocked."""

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


FAMILIES = (Kind.GIVEN, Kind.CODE, Kind.ORGANISATION)
"""Kinds that distinguish the members of a family, the models of a line or the organisations of a city. Without such a
column a table shows families only if a text is its title."""
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
"""Kinds that members of a family do not share, nor models of a product line."""
CONTACTS = {Kind.ID: 20.0, Kind.EMAIL: 13.0, Kind.PHONE: 11.0}
"""Kinds whose values belong to one person, with the bits of an agreement, as in the live policies."""
