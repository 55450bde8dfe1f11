"""Ids keep every sign of theirs, and lose what spreadsheets, data frames and copying add."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.source_ids import postcode, source_id, visible


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("4711.0", "4711"),
        ("60010012345.000", "60010012345"),
        ("4.3664123456E+10", "43664123456"),
        ("4.36641234560e+10", "43664123456"),
        ("5E+0", "5"),
        ('="0060010012345"', "0060010012345"),
        ("'0060010012345", "0060010012345"),
        ("\u200b4711\ufeff", "4711"),
        ("47\u00ad11", "4711"),
        ("47\ufe0f11", "4711"),
        ("\u00a04711\t", "4711"),
    ],
)
def test_what_machines_add_is_taken_away(sent: str, meant: str) -> None:
    assert source_id(sent) == meant
    assert source_id(meant) == meant


@pytest.mark.parametrize(
    "id_",
    [
        "0035g00000AbCdE",
        "0035g00000aBcDe",
        "12.50",
        "1.0.0",
        "1e5",
        "4711.",
        ".0",
        "0x1F",
        "O'Neil",
        "ﬁ",
        "①",
        "-7",
        "1,0",
    ],
)
def test_an_id_keeps_every_sign(id_: str) -> None:
    assert source_id(id_) == id_


@pytest.mark.parametrize("text", ["4.36641E+10", "4.366E+10", "1.2345678901234568e+22", "9007199254740993.0", "1E+15"])
def test_a_rounded_number_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="rounded") as refused:
        source_id(text)
    assert text not in str(refused.value)


@given(st.integers(0, 2**53 - 1))
def test_a_whole_number_survives_a_data_frame(number: int) -> None:
    assert source_id(str(float(number))) == str(number)


@given(st.text(max_size=30))
def test_doing_it_again_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    try:
        once = source_id(text)
    except ValueError:
        return
    assert visible(once) == once


@pytest.mark.parametrize(
    ("text", "country", "meant"),
    [
        ("2138.0", "US", "02138"), ("2138", "US", "02138"), ("02138", "US", "02138"), ("1067.0", "DE", "01067"),
        ("800", "AU", "0800"), ("2138.0", None, "2138"), ("SW1A 1AA", "GB", "SW1A 1AA"),
        ("02138-1234", "US", "02138-1234"), ("2.1E+4", "US", ""),
    ],
)  # fmt: skip
def test_a_postcode_gets_its_zeros_back(text: str, country: str | None, meant: str) -> None:
    assert postcode(text, country) == meant
