"""Only records that share a token are compared, each pair once, and only those that may be one person are alike."""

from __future__ import annotations

from datetime import date

from matching.records import About, Record
from matching.scoring import default_model, score_pair
from matching.scoring.zones import alike

BORN = date(1980, 5, 1)
HOME = About(street="12 Main Street", postcode="02157", city="Boston")
MODEL = default_model()


def record(key: str, given: str = "", *tokens: str, born: date | None = None, about: About = HOME) -> Record:
    return Record(key, frozenset(), given, "Bell", "", born, about=about, tokens=frozenset(tokens))


def test_pairs_with_a_token_are_alike_where_they_may_be_one_person() -> None:
    records = [
        record("b", "Annabel", "t", "u", born=BORN),
        record("a", "Annabel", "t", "u", born=BORN),
        record("c", "Robert", "t", born=date(1951, 1, 9), about=About(postcode="99999")),
        record("d", "Annabel", "v", born=BORN),
    ]
    assert alike(records, MODEL) == alike(list(reversed(records)), MODEL) == {("a", "b")}


def test_the_review_threshold_decides() -> None:
    one = record("a", "Annabel", "t", about=HOME)
    for other in (record("b", "Annabel", "t"), record("b", "Robert", "t"), record("b", "", "t", about=About())):
        assert bool(alike([one, other], MODEL)) is (score_pair(one, other, MODEL).bits >= MODEL.review)
