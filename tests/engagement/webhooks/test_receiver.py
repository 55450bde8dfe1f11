"""What a receiver is: which addresses and types it may have, which events it gets, which secrets sign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import InvalidInput, UnreadableValue
from domain.feed_event import FeedEvent
from engagement.webhooks.receiver import EVENT_TYPES, Receiver, Secret, check_address, check_types
from tests.kit.building import VAULT

NOW = datetime(2026, 4, 1, tzinfo=UTC)
URL = "https://shop.example/hooks?token=s3cret"


def receiver(**changes: object) -> Receiver:
    return Receiver(**{"id": "w", "url": URL, "secrets": [Secret("whsec_YQ==")]} | changes)  # pyright: ignore


def event(type_: str, brand: str | None = None) -> FeedEvent:
    return FeedEvent("e", type_, "2026-04-01T00:00:00Z", {}, brand=brand)


@pytest.mark.parametrize(
    "url", ["https://shop.example/hooks", "https://shop.example:8443/", "https://[2606:2800::1]/a"]
)
def test_an_address_that_will_do(url: str) -> None:
    assert check_address(f" {url} ", anywhere=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hooks",
        "ftp://shop.example/hooks",
        "https://ann:s3cret@shop.example/hooks",
        "https://ann@shop.example/hooks",
        "https:///hooks",
        "/hooks",
        "shop.example",
        "https://shop.example:x/",
        "https://shop.example/" + "x" * 2_000,
        "",
    ],
)
def test_an_address_that_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(url, anywhere=False)
    assert "s3cret" not in f"{refused.value.message} {refused.value.hint}"


def test_in_development_an_address_needs_no_tls() -> None:
    assert check_address("http://localhost:9000/hooks", anywhere=True) == "http://localhost:9000/hooks"


def test_types_are_those_that_there_are() -> None:
    assert check_types(None, None) is None
    assert check_types(["points.redeemed", "customer.merged", "points.redeemed"], None) == [
        "customer.merged",
        "points.redeemed",
    ]
    assert check_types(["points.redeemed"], ["pasta"]) == ["points.redeemed"]
    for types, brands in (([], None), (["points.lost"], None), (["customer.merged"], ["pasta"])):
        with pytest.raises(InvalidInput):
            check_types(types, brands)
    assert {"points.earned", "points.refunded", "points.redeemed", "customer.split"} <= set(EVENT_TYPES)


def test_who_sees_some_brands_gets_their_events_only() -> None:
    earned, other, merged = event("points.earned", "pasta"), event("points.earned", "burger"), event("customer.merged")
    assert all(receiver().wants(one) for one in (earned, other, merged))
    of_pasta = receiver(brands=frozenset({"pasta"}))
    assert [of_pasta.wants(one) for one in (earned, other, merged)] == [True, False, False]
    of_type = receiver(types=frozenset({"customer.merged"}))
    assert [of_type.wants(one) for one in (earned, other, merged)] == [False, False, True]


def test_the_secret_before_signs_until_its_time_is_over() -> None:
    one = receiver()
    rotated = receiver(secrets=one.rotated(NOW, timedelta(hours=24)))
    new = rotated.secrets[0].text
    assert rotated.live_secrets(NOW) == [new, "whsec_YQ=="]
    assert rotated.live_secrets(NOW + timedelta(hours=24)) == [new]
    again = receiver(secrets=rotated.rotated(NOW, timedelta(hours=24)))
    assert again.live_secrets(NOW)[1:] == [new]
    assert len(receiver(secrets=one.rotated(NOW, timedelta())).secrets) == 1


def test_address_and_secrets_are_sealed_for_this_webhook() -> None:
    one = receiver()
    sealed = one.sealed(VAULT)
    assert b"shop" not in sealed
    row = {"id": "w", "sealed": sealed, "types": ["a"], "brands": None, "active": False, "replay": "t|7"}
    found = Receiver.of_row(row, VAULT)
    assert (found.url, found.secrets, found.types, found.active, found.replay) == (
        URL, one.secrets, frozenset({"a"}), False, ("t", 7),
    )  # fmt: skip
    assert "s3cret" not in repr(found)
    assert "YQ" not in repr(found)
    with pytest.raises(UnreadableValue):
        Receiver.of_row(row | {"id": "x"}, VAULT)
