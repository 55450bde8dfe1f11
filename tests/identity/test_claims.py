"""Events as claims: keyed, so that nothing of a person stands in a key, and the same ones each time."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EventRefused
from identity.claims import Claims
from tests.kit.building import READER, read
from tests.kit.hard_cases import Teller


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


def test_an_unknown_type_is_refused_without_its_value() -> None:
    with pytest.raises(EventRefused) as refused:
        claims("web", "a", shoe_size="secret-44")
    assert "secret-44" not in str(refused.value)
