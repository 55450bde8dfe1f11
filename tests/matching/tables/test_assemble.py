"""Columns become fields: names in their parts, several columns of one kind, addresses told whole and in parts."""

from __future__ import annotations

import numpy as np

from matching.tables.assemble import assemble
from matching.tables.kinds import Kind
from matching.tables.levels import compare
from matching.tables.proposal import propose


def test_names_of_all_columns_are_one_given_and_one_family_name() -> None:
    table = {
        "full_name": ["Wang Jie", "", "Susan Meyer Thomas"],
        "native_name": ["", "王杰", ""],
        "last_name": ["", "Wang", ""],
        "first_name": ["", "Jie", ""],
    }
    kinds = dict(zip(table, (Kind.FULL, Kind.FULL, Kind.FAMILY, Kind.GIVEN), strict=True))
    fields = {field.kind: field.cells for field in assemble(table, kinds)}
    assert fields[Kind.GIVEN][:2] == [("Jie",), ("Jie", "杰")]
    assert fields[Kind.FAMILY][0][0] == "Wang"
    assert set(fields[Kind.FAMILY][2]) == {"Thomas", "Meyer Thomas"}


def test_a_suffix_is_found_wherever_it_is_told() -> None:
    table = {"first_name": ["Morris I", "Morris II", "Ann"], "last_name": ["Klein", "Klein", "Smith Sr"]}
    [suffix] = [field for field in assemble(table, propose(table)) if field.kind is Kind.SUFFIX]
    assert suffix.cells == [("I",), ("II",), ("Sr",)]
    [level] = compare([suffix.column()], np.array([0, 0, 1]), np.array([1, 2, 2]))
    assert level.tolist() == [0, 1, 0]


def test_several_columns_of_a_kind_are_one_field_of_several_values() -> None:
    table = {"home_phone": ["5550100; 5550188", ""], "mobile_phone": ["5550199", "5550100"]}
    [phone] = assemble(table, dict.fromkeys(table, Kind.PHONE))
    assert phone.cells == [("5550100", "5550188", "5550199"), ("5550100",)]
    assert compare([phone.column()], np.array([0]), np.array([1]))[0].tolist() == [2]


def test_addresses_told_whole_and_in_parts_are_one_field() -> None:
    table = {
        "addr_full": ["123 Main Street, Las Vegas NV 89132", ""],
        "addr_line1": ["", "123 Main St"],
        "addr_city": ["", "Las Vegas"],
        "addr_state": ["", "NV"],
        "addr_zip": ["", "89132"],
    }
    [address] = assemble(table, dict(zip(table, _ADDRESS, strict=True)))
    assert compare([address.column()], np.array([0]), np.array([1]))[0].tolist() == [3]


_ADDRESS = (Kind.ADDRESS, Kind.STREET, Kind.CITY, Kind.STATE, Kind.POSTCODE)
