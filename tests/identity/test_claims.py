"""Events as claims: keyed, so that nothing of a person stands in a key, and the same ones each time.

Tests identity.card_claim too.
"""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EventRefused
from domain.events import AccountOrder, CardChanged, Subject
from identity.claims import Claims
from tests.kit.building import READER, read
from tests.kit.hard_cases import Teller, subject


def claims(source: str, id: str | None, **known: Any) -> Claims:
    teller = Teller("claims")
    teller.identify(source, id, at=0, **known)
    [event] = read(teller.events)
    return READER.claims(event)


def test_keys_show_nothing_of_a_person() -> None:
    said = claims("web", "ann.smith", email="ann.smith@x.example", phone="+12125550142")
    [subject] = said.subjects
    for text in (said.event, subject.record, *(identifier.key for identifier in subject.identifiers)):
        assert not any(word in text for word in ("ann", "smith", "12125550142"))
    assert {identifier.type for identifier in subject.identifiers} >= {"email", "phone"}


def test_equal_values_have_one_key_whoever_sends_them() -> None:
    one, other = claims("web", "a", email="Ann@X.example"), claims("till", "b", email="ann@x.example")
    [email], [same] = ([i for i in c.subjects[0].identifiers if i.type == "email"] for c in (one, other))
    assert (email.key, email.value) == (same.key, same.value)
    assert one.subjects[0].record != other.subjects[0].record


def test_who_has_no_id_is_a_record_of_what_is_known() -> None:
    one, same, other = (claims("till", None, phone=f"+1212555014{digit}") for digit in (2, 2, 3))
    assert one.subjects[0].record == same.subjects[0].record != other.subjects[0].record


PLACEHOLDERS = ("null", "undefined", "0", "-1", "(None)", "{{user.id}}", "00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("id_", PLACEHOLDERS)
def test_a_placeholder_is_no_record_and_the_mail_decides(id_: str) -> None:
    alice, boris, again = (
        claims("web", id_, email=email) for email in ("ann@x.example", "bob@x.example", "ann@x.example")
    )
    assert alice.subjects[0].record == again.subjects[0].record != boris.subjects[0].record
    assert alice.subjects[0].subject_id is None
    assert alice.warnings == ("/subject/id: is a placeholder that names nobody; left out",)


@pytest.mark.parametrize("type_", ["account_id", "loyalty_card", "external_id", "government_id", "device_id"])
@pytest.mark.parametrize("value", ["null", "web:undefined", "shop2:guest", "0"])
def test_a_placeholder_is_no_identifier(type_: str, value: str) -> None:
    said = claims("web", "a", **{type_: [value, "A-7001"]})
    assert [(i.type, i.value) for i in said.subjects[0].identifiers] == [(type_, said.subjects[0].identifiers[0].value)]
    assert said.warnings == (f"/subject/identifiers/{type_}/0: is a placeholder that names nobody; left out",)


def test_a_placeholder_behind_the_name_of_its_source_is_none() -> None:
    assert not claims("shop2", "a", account_id="shop2:0").subjects[0].identifiers
    assert claims("web", "a", account_id="shop2:0").subjects[0].identifiers


def test_an_alias_of_a_placeholder_ties_nobody() -> None:
    teller = Teller("claims")
    teller.tell(
        "alias", "web", subject=subject("a", email="ann@x.example"), previous=subject("null", anonymous_id="nil")
    )
    said = READER.claims(read(teller.events)[0])
    assert [[i.type for i in of.identifiers] for of in said.subjects] == [["email"]]
    assert [warning.partition(":")[0] for warning in said.warnings] == [
        "/previous/id",
        "/previous/identifiers/anonymous_id/0",
    ]


@pytest.mark.parametrize("id_", PLACEHOLDERS)
def test_an_event_or_order_whose_id_is_a_placeholder_is_refused(id_: str) -> None:
    teller = Teller("claims")
    told = [
        teller.order("completed", "till", id_, subject(phone="+12125550142"), "9.00"),
        teller.refund("till", "r-1", id_, "1.00"),
        teller.refund("till", id_, "o-1", "1.00"),
        teller.identify("till", "a") | {"messageId": id_},
    ]
    pointers: list[str] = []
    for event in read(told):
        with pytest.raises(EventRefused) as refused:
            READER.claims(event)
        pointers.append(refused.value.pointer)
    assert pointers == ["/order/id", "/refund/order", "/refund/id", "/messageId"]


def test_an_unknown_type_is_refused_without_its_value() -> None:
    with pytest.raises(EventRefused) as refused:
        claims("web", "a", shoe_size="secret-44")
    assert "secret-44" not in str(refused.value)


def test_a_postcode_that_was_a_number_is_a_postcode_again() -> None:
    address = {"city": "Boston", "postcode": "2138.0", "country": "US"}
    assert claims("web", "a", traits={"address": address}).subjects[0].traits["address"]["postcode"] == "02138"


def test_an_id_that_was_a_number_is_the_same_record_order_and_account() -> None:
    one, other = (claims("web", id_, account_id=f"{id_}") for id_ in ("20931.0", "20931"))
    assert one.subjects[0] == other.subjects[0]
    assert READER.transaction_key("till", "8841.0") == READER.transaction_key("till", "8841")
    rounded = claims("web", "4.36641E+10", account_id="4.36641E+10", email="ann@x.example")
    assert [i.type for i in rounded.subjects[0].identifiers] == ["email"]
    assert rounded.subjects[0].subject_id is None
    assert len(rounded.warnings) == 2


def test_an_order_of_an_account_is_its_records_and_says_nothing_else_of_it() -> None:
    teller = Teller("claims")
    order = teller.order(
        "completed", "toast", "o-1", subject(None, email="ann@x.example"), "12.00", brand="grill", at=0
    )
    [event] = read([order])
    said = READER.claims(AccountOrder.model_validate(event.model_dump() | {"record": "web|abc"}))
    [claim] = said.subjects
    assert (claim.record, claim.source, claim.subject_id, claim.known) == ("web|abc", "web", None, False)
    assert (claim.identifiers, claim.traits, claim.signature) == ((), {}, None)
    assert said.transaction == READER.transaction_key("toast", "o-1")


def test_a_change_of_a_card_is_its_records_and_names_the_cards_in_their_order() -> None:
    said = {"type": "identify", "messageId": "c-1", "source": "loyalty", "at": "2026-03-01T12:00:00Z"}
    said |= {"record": "web|abc", "change": {"action": "replace", "asked": "hash", "reason": "lost"}}
    changed = CardChanged.model_validate(said | {"subject": {"identifiers": {"loyalty_card": ["P 2", "P-1"]}}})
    claims = READER.claims(changed)
    [claim] = claims.subjects
    assert (claim.record, claim.source, claim.subject_id, claim.known) == ("web|abc", "web", None, True)
    assert claims.card is not None
    assert {one.key: one.value for one in claim.identifiers} == {claims.card.card: "p2", claims.card.replaced: "p1"}
    with pytest.raises(EventRefused):  # a card cannot replace itself
        READER.claims(changed.model_copy(update={"subject": Subject(identifiers={"loyalty_card": ["P-1", "p1"]})}))
