"""A path leads to a field of the event, or says what may be meant."""

from __future__ import annotations

import pytest

from domain.events import Line
from ingest.files.event_paths import check_path
from ingest.parse import event_model


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("identify", "subject.id"),
        ("identify", "subject.traits.sex"),
        ("identify", "subject.traits.address.postcode"),
        ("identify", "subject.traits.extra.favourite_table"),
        ("identify", "subject.identifiers.email"),
        ("identify", "at"),
        ("identify", "brand"),
        ("track", "properties.anything.at.all"),
        ("order.completed", "order.serviceCharge"),
        ("order.completed", "order.lines"),
        ("order.refunded", "refund.amount"),
        ("store.upserted", "store.brand.id"),
    ],
)
def test_a_path_of_an_event(kind: str, path: str) -> None:
    check_path(event_model(kind), path, what=kind)


@pytest.mark.parametrize(
    ("kind", "path", "meant"),
    [
        ("identify", "subject.traits.gender", "did you mean subject.traits.sex?"),
        ("identify", "subject.traits.givenname", "did you mean subject.traits.givenName?"),
        ("identify", "subject.traits.address.zip", "did you mean subject.traits.address.postcode?"),
        ("identify", "subjct.id", "did you mean subject?"),
        ("identify", "subject.id.value", "subject.id has no fields"),
        ("identify", "order.total", "there are"),
        ("order.completed", "order.tips", "did you mean order.tip?"),
        ("order.completed", "order.lines.amount", "order.lines has no fields"),
        ("consent.changed", "consent.given", "there are granted, purpose"),
    ],
)
def test_a_path_that_no_event_has(kind: str, path: str, meant: str) -> None:
    with pytest.raises(ValueError, match="is no field of") as caught:
        check_path(event_model(kind), path, what=kind)
    assert meant in str(caught.value)


def test_a_path_of_a_line() -> None:
    check_path(Line, "amount", what="a line")
    with pytest.raises(ValueError, match="did you mean amount"):
        check_path(Line, "price", what="a line")
