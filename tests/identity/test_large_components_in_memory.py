"""What a process remembers of large components, and which events of a batch meet one. No store needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from identity import large_components
from identity.claims import Claims
from identity.large_components import LargeComponents, named, reached
from tests.kit.building import READER, read
from tests.kit.hard_cases import Teller


def claims_of(*people: tuple[str, str]) -> list[Claims]:
    """An event for each (record, e-mail address)."""
    teller = Teller("large")
    for record, email in people:
        teller.identify("web", record, email=f"{email}@large.example")
    return [READER.claims(event) for event in read(teller.events)]


def test_a_component_is_told_at_first_and_at_every_doubling() -> None:
    large = LargeComponents()
    with capture_logs() as logs:
        for records in (1000, 1500, 2000, 3999, 4000):
            large.learn({"c": records})
    assert [entry["records"] for entry in logs] == [1000, 2000, 4000]
    assert "c" in large
    large.learn({"c": None})
    assert "c" not in large


def test_so_many_are_remembered_and_the_oldest_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(large_components, "_MAX_REMEMBERED", 2)
    large = LargeComponents()
    large.learn({"a": 1000, "b": 1000})
    large.learn({"a": 1001, "c": 1000})
    assert ("a" in large, "b" in large, "c" in large) == (True, False, True)


@given(st.lists(st.tuples(st.sampled_from("pqrstu"), st.sampled_from("vwxyz")), max_size=8), st.randoms())
def test_events_that_meet_through_what_they_name_are_reached(people, random) -> None:
    """Against a fixed point over all events: whoever names a reached key is reached."""
    batch = claims_of(*people)
    start = set(list(named(batch[0]))[:1]) if batch else set()
    keys, found = set(start), set()
    for _ in batch:
        for claims in batch:
            if keys & set(named(claims)):
                found.add(claims.event)
                keys |= set(named(claims))
    random.shuffle(batch)
    assert {claims.event for claims in reached(batch, start, set())} == found


def test_nobody_meets_on_a_key_that_stopped_linking() -> None:
    one, other = claims_of(("p", "shared"), ("q", "shared"))
    [record, email] = named(one)
    assert {claims.event for claims in reached([one, other], [record], set())} == {one.event, other.event}
    assert {claims.event for claims in reached([one, other], [record], {email})} == {one.event}
