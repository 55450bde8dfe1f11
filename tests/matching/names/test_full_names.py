"""A full name in one field: its parts in many languages, and what in it is no name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.names.full_names import generation, given_names_in, split_full_name, split_suffix


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("John Smith", ("John", "Smith", "")),
        ("Smith, John Jr.", ("John", "Smith", "Jr")),
        ("Smith Sr, John", ("John", "Smith", "Sr")),
        ("Madonna", ("Madonna", "", "")),
        ("Mr. Smith", ("", "Smith", "")),
        ("Dr. Ludwig van der Berg", ("Ludwig", "van der Berg", "")),
        ("Prof. Dr. Anna Weber", ("Anna", "Weber", "")),
        ("Weber, Dr. Anna", ("Anna", "Weber", "")),
        ("Herr Karl Maier", ("Karl", "Maier", "")),
        ("Sra. Ana Ruiz", ("Ana", "Ruiz", "")),
        ("Mme Claire Dubois", ("Claire", "Dubois", "")),
        ("Г-н Иван Петров", ("Иван", "Петров", "")),
        ("Dr Dre", ("", "Dre", "")),
        ("García López, José", ("José", "García López", "")),
        ("María de la Cruz", ("María", "de la Cruz", "")),
        ("Ahmed bin Khalid", ("Ahmed", "bin Khalid", "")),
        ("Иванова Анна Петровна", ("Анна Петровна", "Иванова", "")),
        ("Анна Петровна Иванова", ("Анна Петровна", "Иванова", "")),
        ("Ivanov Ivan Petrovich", ("Ivan Petrovich", "Ivanov", "")),
        ("Nguyễn Văn An", ("Văn An", "Nguyễn", "")),
        ("Wang Fang", ("Fang", "Wang", "")),
        ("Lee Johnson", ("Lee", "Johnson", "")),
        ("Anh Nguyen", ("Anh", "Nguyen", "")),
        ("Prince Harris", ("Prince", "Harris", "")),
        ("Jen Smith", ("Jen", "Smith", "")),
        ("Иванов Иван Ильич", ("Иван Ильич", "Иванов", "")),
        ("Петренко Олена Іванівна", ("Олена Іванівна", "Петренко", "")),
        ("Мамедов Али Гасан оглы", ("Али Гасан оглы", "Мамедов", "")),
        ("John Paul Goodrich", ("John Paul", "Goodrich", "")),
        ("王杰", ("杰", "王", "")),
        ("김민수", ("민수", "김", "")),
        ("Ann Smith (work)", ("Ann", "Smith", "")),
        ("", ("", "", "")),
    ],
)
def test_a_full_name_has_parts(text: str, parts: tuple[str, str, str]) -> None:
    assert split_full_name(text) == parts


@given(st.text(max_size=40))
def test_no_letter_is_invented(text: str) -> None:
    assert {c for part in split_full_name(text) for c in part if not c.isspace()} <= set(text)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("mr karl", "karl"),
        ("dr", "dr"),
        ("jan van den", "jan"),
        ("anna", "anna"),
        ("maria de la", "maria"),
        ("thi van", "thi van"),
        ("da eun", "daeun"),
        ("abu bakr", "abubakr"),
        ("sr luis", "luis"),
    ],
)
def test_titles_and_particles_are_no_given_names(words: str, names: str) -> None:
    assert given_names_in(tuple(words.split())) == tuple(names.split())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Smith Jr", ("Smith", "Jr")),
        ("Smith, Jr.", ("Smith", "Jr")),
        ("Smith III", ("Smith", "III")),
        ("Smith", ("Smith", "")),
        ("Robert V", ("Robert V", "")),
        ("Jr", ("Jr", "")),
        ("", ("", "")),
    ],
)
def test_suffixes_are_split_off(name: str, parts: tuple[str, str]) -> None:
    assert split_suffix(name) == parts


def test_suffixes_name_generations() -> None:
    assert [generation(s) for s in ("Sr.", "senior", "JR", "II", "iii", "", "PhD")] == [1, 1, 2, 2, 3, None, None]
