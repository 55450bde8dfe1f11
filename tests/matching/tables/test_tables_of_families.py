"""A small mixed table without labels: families, juniors, twins, one mailbox for all, native names, moved people."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from matching.tables import resolve_table
from matching.tables.proposal import propose

_COLUMNS = (
    *("last_name", "first_name", "full_name", "native_name", "birth_date"),
    *("phone", "email", "address", "passport_number", "status"),
)
# Who, then the columns; the order of rows says nothing.
_ROWS = """
bob     |Miller|Robert|||1961-04-12|212-555-0131|bob.miller@mail.example|12 Oak Street, Albany NY 12207||new
bob     |Miller|Bob|||12 Apr 1961|212-555-0131||12 Oak St, Albany||old
bob     |||Miller, Robert||1961-04-12||bob.miller@mail.example|||new
jane    |Miller|Jane|||1963-09-30|212-555-0131||12 Oak Street, Albany NY 12207||old
jane    |||Jane Miller||1963-09-30|(212) 555-0131||||new
tim     |Miller|Tim|||1990-02-17|212-555-0131||12 Oak Street, Albany NY 12207||new
tom     |Miller|Thomas|||1990-02-17|212-555-0131||12 Oak Street, Albany NY 12207||new
tom     |||Tom Miller||1990-02-17|||12 Oak St Albany||old
sr      |Dobbins Sr|David||||646-555-0177||9 Elm Road, Troy||new
sr      |||David Dobbins, Sr.|||646-555-0177||9 Elm Rd, Troy NY||old
jr      |Dobbins Jr|David||||646-555-0177||9 Elm Road, Troy||new
jr      |Dobbins|David Jr||||646-555-0177||9 Elm Road Troy NY||old
who     |Dobbins|David||||646-555-0177||9 Elm Road, Troy||old
wang    |Wang|Jie|||1993-09-14||jie.wang@mail.example|12 Constitution Street, Boston||old
wang    ||||王杰|9/14/93|||12 Constitution St, Boston||new
wang    |||Wang Jie||1993-09-14||jie.wang@mail.example|||new
petrov  |Petrov|Alexander|||1971-01-08|718-555-0142||||old
petrov  ||||Петров, Александр|1971-01-08|7185550142||||new
anna    |Lopez|Anna||||||3 Hill Drive, Reno|X1234567|new
anna    |Garcia|Ann||||||77 Lake Avenue, Sparks|X1234567|old
maria   |Lopez|Maria||||||3 Hill Drive, Reno|X7654321|new
maria   |||Maria Lopez Ruiz|||||3 Hill Dr, Reno||old
shaw    |Shaw|Daniela|||1991-08-20|202-555-0188||80 Delaware Avenue, Dover||new
shaw    |Daniela|Shaw|||1991-08-20|555-0188||80 Delaware Ave Dover||new
kim     |Kim|Sora|||1988-11-02||sora@kim.example|5 River Lane, Salem||old
kim     |Kim|Sora||||503-555-0111|sora@kim.example|||new
lee     |Lee|Grace|||1979-05-06|503-555-0122||6 River Lane, Salem||old
lee     |Lee|Gracie|||1979-06-05|503-555-0122||||new
""".strip().splitlines()
_STAFF = [
    ("Hanna", "Olsen"),
    ("Peter", "Quick"),
    ("Ivy", "Stone"),
    ("Omar", "Said"),
    ("Lena", "Vogt"),
    ("Karl", "Zimmer"),
]
_OTHERS = [("Paul", "Adler", 1950), ("Rita", "Bell", 1957), ("Sven", "Cole", 1966), ("Uma", "Dietz", 1972)]


def table() -> tuple[dict[str, list[str]], list[str]]:
    """The rows as a table, and who each is about."""
    rows = [[cell.strip() for cell in row.split("|")] for row in _ROWS]
    for given, family in _STAFF:  # one mailbox for a whole office says nothing
        rows.append([family, family, given, "", "", "", "", "info@office.example", "", "", "new"])
    rows += [
        [family, family, given, "", "", f"{year}-05-04", "", "", f"{year % 100} {street}", "", "old"]
        for given, family, year in _OTHERS
        for street in ("Long Road, Utica", "Long Rd, Utica NY")
    ]
    columns = list(zip(*rows, strict=True))
    return {name: list(cells) for name, cells in zip(_COLUMNS, columns[1:], strict=True)}, list(columns[0])


def people(table: dict[str, list[str]], order: list[int]) -> set[frozenset[int]]:
    """The partition of the rows, taken in this order."""
    shuffled = {name: [cells[row] for row in order] for name, cells in table.items()}
    found: dict[int, set[int]] = defaultdict(set)
    for row, label in zip(order, resolve_table(shuffled, propose(shuffled)).labels(), strict=True):
        found[label].add(row)
    return set(map(frozenset, found.values()))


def test_every_hard_case_comes_out_right() -> None:
    rows, truth = table()
    expected: dict[str, set[int]] = defaultdict(set)
    for row, who in enumerate(truth):
        expected[who].add(row)
    found = people(rows, list(range(len(truth))))
    assert {tuple(sorted(truth[row] for row in group)) for group in found} == {
        tuple(truth[row] for row in group) for group in expected.values()
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_leaves_no_trace(seed: int) -> None:
    rows, truth = table()
    order = random.Random(seed).sample(range(len(truth)), len(truth))
    assert people(rows, order) == people(rows, list(range(len(truth))))


def test_why_two_of_a_family_are_not_one() -> None:
    rows, truth = table()
    resolved = resolve_table(rows, propose(rows))
    tim, tom = truth.index("tim"), truth.index("tom")
    why = resolved.explain(tim, tom)
    assert why.contradicted
    assert why.columns["birth_date"] > 0 > why.columns["given_name"]
    assert why.doubt < 0
    assert resolved.model.relatives > 0
