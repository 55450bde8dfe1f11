"""Records and orders merge claims like sets: order, repeats and stops on the way leave no trace. No store needed."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from identity.claims import Claims
from identity.record_state import RecordState
from identity.sender_rights import SenderRights
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Raw, Teller, phone, subject


def said() -> st.SearchStrategy[Raw]:
    """What one event may say about the one record."""
    return st.fixed_dictionaries(
        {
            "at": st.integers(0, 3) | st.integers(0, 9000),
            "given": st.sampled_from(("", "Anna", "Bob", "Carol", "Dora")),
            "phone": st.none()
            | st.lists(st.sampled_from([phone(n) for n in range(4)] + ["nonsense"]), min_size=1, max_size=2),
            "city": st.sampled_from((None, "Rome", "Oslo")),
            "proven": st.booleans(),
            "consent": st.none() | st.tuples(st.sampled_from(("a", "b")), st.booleans()),
        }
    )


def claims_of(all_said: list[Raw]) -> list[Claims]:
    teller = Teller("state")
    for index, one in enumerate(all_said):
        traits = {} if one["city"] is None else {"address": {"city": one["city"]}}
        who = subject("r", given=one["given"], phone=one["phone"], traits=traits)
        if one["consent"] is None:
            # No two at one time: of two words of an account at one time, the later receipt holds.
            teller.tell("identify", "till", one["at"] * 20 + index + 1, subject=who)
        else:
            teller.consent("till", who, *one["consent"], at=one["at"] * 20)
    rights = [SenderRights(identity=one["proven"]) for one in all_said]
    return [READER.claims(event, right) for event, right in zip(read(teller.events), rights, strict=True)]


def record_after(arrived: list[Claims], stop_at: int = -1) -> RecordState:
    """The state after these; at `stop_at` it goes to the store and comes back."""
    state = RecordState(arrived[0].subjects[0].record, "till")
    for index, claims in enumerate(arrived):
        if index == stop_at:
            state = reread(state)
        state.merge(claims, claims.subjects[0], {})
    return state


def reread(state: RecordState) -> RecordState:
    written = state.row(VAULT)
    identifiers = [[key, c.type, c.shared, c.blocked, c.first, c.last] for key, c in state.identifiers.items()]
    row = {"key": state.key, "first": state.first, "last": state.last, "identifiers": identifiers}
    row |= {"customer": None, "rulings": []}
    return RecordState.from_row(row | written["props"], VAULT)


def test_of_two_answers_in_one_second_the_refusal_holds() -> None:
    for answers in ((True, False), (False, True)):
        for tenths in product((1, 9), (1, 9)):
            teller = Teller("consent")
            for granted, tenth in zip(answers, tenths, strict=True):
                event = teller.consent("app", subject("r"), "sms", granted)
                event["at"] = f"2026-03-01T20:10:00.{tenth}Z"
            assert record_after([READER.claims(event) for event in read(teller.events)]).consents["sms"][0] is False
    teller = Teller("later")
    for granted, second in ((False, 0), (True, 1)):
        teller.consent("app", subject("r"), "sms", granted)["at"] = f"2026-03-01T20:10:0{second}Z"
    assert record_after([READER.claims(event) for event in read(teller.events)]).consents["sms"][0] is True


def content(state: RecordState) -> Any:
    carried = {key: (c.type, c.blocked, c.first, c.last) for key, c in state.identifiers.items()}
    return (
        (state.known, state.subject_id, state.traits, state.signatures, state.first, state.last, state.consents),
        (carried, state.evidence(), state.unproven, state.likeness(), state.said, state.contacts),
    )


@given(st.data(), st.lists(said(), min_size=1, max_size=8))
def test_a_record_is_a_function_of_the_set_of_its_claims(data: st.DataObject, all_said: list[Raw]) -> None:
    claims = claims_of(all_said)
    arrived = data.draw(st.permutations(claims + data.draw(st.lists(st.sampled_from(claims), max_size=3))))
    stop = data.draw(st.integers(1, len(arrived)))
    assert content(record_after(claims)) == content(record_after(arrived, stop))


@given(st.lists(said(), min_size=1, max_size=8))
def test_the_same_claims_again_have_nothing_to_write(all_said: list[Raw]) -> None:
    claims = claims_of(all_said)
    state = reread(record_after(claims))
    for one in claims:
        state.merge(one, one.subjects[0], {})
    assert not state.rewritten
    assert not state.widened


def test_which_names_are_remembered_does_not_depend_on_who_came_first() -> None:
    teller = Teller("many")
    for first, second, third in product("BDFKLMNRST", "KLMR", "BDNT"):
        teller.identify("till", "r", given=f"{first}a{second}o{third}a", phone=phone(1))
    claims = [READER.claims(event) for event in read(teller.events)]
    assert len({one.subjects[0].signature for one in claims}) > 64
    assert record_after(claims).signatures == record_after(claims[::-1]).signatures


def test_an_identifier_is_a_former_one_until_the_record_claims_it_itself() -> None:
    teller = Teller("former")
    teller.tell(
        "alias", "till", 1, subject=subject("r", email="ann@x.example"), previous=subject("p", account_id="x:1")
    )
    teller.tell("alias", "till", 2, subject=subject("r"), previous=subject(account_id=["x:2", "x:3"]))
    teller.identify("till", "r", 3, account_id="x:1")
    teller.tell("alias", "till", 4, subject=subject("r", account_id="x:3"), previous=subject(account_id="x:1"))
    said = [READER.claims(event) for event in read(teller.events)]
    states = [record_after(list(order), stop_at=2) for order in permutations(said)]
    former = {tuple(sorted(i.type for i in state.evidence().former)) for state in states}
    assert former == {("account_id", "external_id")}
    assert len({tuple(sorted(state.former)) for state in states}) == 1


def _named(given: str, at: int, *, proven: bool) -> Claims:
    said = {"at": at, "given": given, "phone": phone(1), "city": "Rome", "consent": None, "proven": proven}
    [claims] = claims_of([said])
    return claims


def test_traits_of_who_may_not_claim_identities_are_said_and_make_nobody_alike() -> None:
    state = record_after([_named("Anna", 1, proven=False)])
    assert (state.evidence().given, state.evidence().about.city) == ("Anna", "Rome")
    assert (state.likeness().given, state.likeness().about.city) == ("", "")
    assert state.likeness().identifiers == state.evidence().identifiers
    assert reread(state).likeness() == state.likeness()


def test_a_proven_trait_is_not_replaced_by_an_unproven_one() -> None:
    state = record_after([_named("Anna", 1, proven=True), _named("Bob", 2, proven=False)])
    assert state.evidence().given == state.likeness().given == "Anna"
    state = record_after([_named("Bob", 2, proven=False), _named("Anna", 1, proven=True)])
    assert state.evidence().given == state.likeness().given == "Anna"


def test_an_id_that_its_source_uses_again_is_nobody_and_a_guests_own_edit_is_not() -> None:
    for rights, several in ((SenderRights(), True), (SenderRights(identity=False, own=True), False)):
        teller = Teller("again")
        ann = subject(
            "7", given="Anna", family="Ahlers", email="anna@again.example", traits={"birthDate": "1970-05-05"}
        )
        teller.tell("identify", "crm", 0, subject=ann)
        ben = subject("7", given="Benedikt", family="Brandt", traits={"birthDate": "1990-09-09"})
        teller.tell("identify", "crm", 500_000, subject=ben)
        said = [
            READER.claims(event, right)
            for event, right in zip(read(teller.events), (SenderRights(), rights), strict=True)
        ]
        assert [record_after(order).names_several for order in (said, said[::-1])] == [several, several]
