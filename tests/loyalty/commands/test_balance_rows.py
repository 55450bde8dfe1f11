"""Rows of balances: what they mean, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import InvalidInput
from loyalty.commands import balance_rows
from loyalty.commands.balance_rows import BalanceReader, BalanceRow, RowFault
from loyalty.ledger.lots import Lot
from tests.kit.building import READER

HEADER = "reference,source,id,card,customer_number,brand,points,last_day"
BALANCES = BalanceReader(READER, "old")


def rows(
    folder: Path, *lines: str, header: str = HEADER, reader: BalanceReader = BALANCES
) -> list[BalanceRow | RowFault]:
    file = folder / "balances.csv"
    file.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return list(reader.read(file))


def test_a_row_names_its_member_in_one_of_three_ways(tmp_path: Path) -> None:
    by_id, by_card, by_number = rows(
        tmp_path,
        "B1,crm,ann,,,grill,40,2027-01-15",
        "B2,,,REG-4000 7788,,cafe,-5,",
        "B3,,,,cust-0000-0000-0001,cafe,0,",
    )
    assert isinstance(by_id, BalanceRow)
    assert isinstance(by_card, BalanceRow)
    assert isinstance(by_number, BalanceRow)
    assert (by_id.line, by_id.column, by_id.lot, by_id.points) == (2, "id", Lot("grill", "2027-01-15"), 40)
    assert by_id.command.record == READER.record_key("crm", "ann")
    assert (by_card.line, by_card.column, by_card.lot, by_card.points) == (3, "card", Lot("cafe", ""), -5)
    assert by_card.command.identifier == READER.identifier_key("loyalty_card", "reg40007788")
    assert (by_number.column, by_number.command.number) == ("customer_number", "CUST-0000-0000-0001")


def test_a_row_is_known_by_its_reference_and_its_system_whatever_else_it_says(tmp_path: Path) -> None:
    one, other = rows(tmp_path, "B1,crm,ann,,,grill,40,", "B1,crm,ann,,,grill,41,")
    [elsewhere] = rows(tmp_path, "B1,crm,ann,,,grill,40,", reader=BalanceReader(READER, "other"))
    [spread] = rows(tmp_path, '="B1",crm,ann.0,,,grill,40,')
    assert isinstance(one, BalanceRow)
    assert isinstance(other, BalanceRow)
    assert isinstance(elsewhere, BalanceRow)
    assert isinstance(spread, BalanceRow)
    assert one.command.key == other.command.key == spread.command.key != elsewhere.command.key
    assert one.command.asked != other.command.asked


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("B1,crm,ann,,,grill,many,", "points", "is no whole number"),
        ("B1,crm,ann,,,grill,12.5,", "points", "is no whole number"),
        ("B1,crm,ann,,,grill,10000001,", "points", "is no whole number"),
        ("B1,crm,ann,,,grill,,", "points", "is no whole number"),
        ("B1,crm,ann,,,grill,5,31.01.2027", "last_day", "is no day"),
        ("B1,crm,ann,,,grill,5,20270131", "last_day", "is no day"),
        ("B1,crm,ann,,,grill,5,2027-02-30", "last_day", "is no day"),
        ("B1,crm,ann,,,,5,", "brand", "is empty"),
        (",crm,ann,,,grill,5,", "reference", "is empty or a placeholder"),
        ("null,crm,ann,,,grill,5,", "reference", "is empty or a placeholder"),
        ("4.36641E+10,crm,ann,,,grill,5,", "reference", "is a rounded number"),
        (f"{'9' * 101},crm,ann,,,grill,5,", "reference", "has more than 100 characters"),
        ("B1,,,,,grill,5,", "", "names no member"),
        ("B1,crm,,,,grill,5,", "source", "does not name the member in one way"),
        ("B1,crm,ann,4000,,grill,5,", "source", "does not name the member in one way"),
        ("B1,crm,unknown,,,grill,5,", "id", "is empty or a placeholder"),
        ("B1,crm,ann,grill,5,", "", "has 6 columns, not 8"),
    ],
)
def test_a_wrong_row_says_what_and_where_and_never_what_it_holds(
    tmp_path: Path, line: str, column: str, message: str
) -> None:
    wrong, right = rows(tmp_path, line, "B2,crm,eve,,,grill,5,")
    assert isinstance(wrong, RowFault)
    assert isinstance(right, BalanceRow)
    assert (wrong.line, wrong.column, wrong.message.startswith(message)) == (2, column, True), wrong
    assert wrong.hint
    assert "ann" not in f"{wrong.message} {wrong.hint}"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("reference,source,id,brand,points", "has no column last_day"),
        ("reference,source,brand,points,last_day", "has no column source and id, card or customer_number"),
        ("reference,card,brand,points,last_day,pending", "has columns that mean nothing: pending"),
        ("reference,card,card,brand,points,last_day", "has two columns of one name"),
        ("reference;card;brand;points;last_day", "has no column"),
    ],
)
def test_a_file_without_the_columns_is_refused_whole(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        rows(tmp_path, header=header)


def test_a_file_that_is_no_csv_says_from_which_line_on(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not CSV from line 3 on"):
        rows(tmp_path, "B1,crm,ann,,,grill,5,", 'B2,crm,"ann,,,grill,5,')
    (tmp_path / "latin.csv").write_bytes(f"{HEADER}\nB1,crm,Zo\xeb,,,grill,5,\n".encode("latin-1"))
    with pytest.raises(InvalidInput, match="is not UTF-8"):
        list(BALANCES.read(tmp_path / "latin.csv"))


def test_lines_are_those_of_the_file_where_a_cell_has_a_line_break(tmp_path: Path) -> None:
    found = rows(tmp_path, '"B\n1",crm,ann,,,grill,5,', "", "B2,crm,ann,,,grill,x,")
    assert [row.line for row in found] == [2, 5]


def test_a_file_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance_rows, "MAX_ROWS", 1)
    with pytest.raises(InvalidInput, match="more than 1 rows"):
        rows(tmp_path, "B1,crm,ann,,,grill,5,", "B2,crm,ann,,,grill,5,")


@pytest.mark.parametrize("system", ["", "Old", "the old one", "x" * 33])
def test_a_system_has_a_name_that_can_stand_in_the_ledger(system: str) -> None:
    with pytest.raises(InvalidInput, match="name of the system"):
        BalanceReader(READER, system)
