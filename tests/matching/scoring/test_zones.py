"""Only records that share a token are scored, each pair once, and what comes of it follows the model's two cuts."""

from __future__ import annotations

from datetime import date

from matching.records import About, Record
from matching.scoring import default_model, score_pair
from matching.scoring.zones import Scored, scored

BORN = date(1980, 5, 1)
HOME = About(street="12 Main Street", postcode="02157", city="Boston")
MODEL = default_model()


def record(key: str, given: str = "", *tokens: str, born: date | None = None, about: About = HOME) -> Record:
    return Record(key, frozenset(), given, "Bell", "", born, about=about, tokens=frozenset(tokens))


def test_pairs_are_sorted_into_zones_by_their_score() -> None:
    records = [
        record("b", "Annabel", "t", "u", born=BORN),
        record("a", "Annabel", "t", "u", born=BORN),
        record("c", "Robert", "t", born=date(1951, 1, 9), about=About(postcode="99999")),
        record("d", "Annabel", "v", born=BORN),
    ]
    found = scored(records, MODEL)
    assert set(found.links) == {("a", "b")}
    assert found.links["a", "b"] == score_pair(records[1], records[0], MODEL).bits >= MODEL.link
    assert scored(list(reversed(records)), MODEL) == found


def test_what_is_only_alike_is_to_be_looked_at() -> None:
    one = record("a", "Annabel", "t", about=HOME)
    for other in (record("b", "Annabel", "t"), record("b", "Annabel", "t", about=About(city="Boston"))):
        bits = score_pair(one, other, MODEL).bits
        found = scored([one, other], MODEL)
        assert (("a", "b") in found.links) is (bits >= MODEL.link)
        assert (("a", "b") in found.reviews) is (MODEL.review <= bits < MODEL.link)


def test_without_a_model_nothing_is_scored() -> None:
    assert scored([record("a", "Ann", "t"), record("b", "Ann", "t")], None) == Scored()
