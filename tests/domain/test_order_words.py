"""A word of an order is known in each of its usual spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order_words import Channel, Payment, channel_of, payment_of


@pytest.mark.parametrize(
    ("told", "channel"),
    [
        ("drive_through", Channel.DRIVE_THROUGH),
        ("Drive-Thru", Channel.DRIVE_THROUGH),
        ("DRIVETHRU", Channel.DRIVE_THROUGH),
        ("Kiosk", Channel.KIOSK),
        ("self-service kiosk", Channel.KIOSK),
        ("kerb side", Channel.CURBSIDE),
        ("Curbside Pickup", Channel.CURBSIDE),
        ("Catering", Channel.CATERING),
        ("banquet", Channel.CATERING),
        ("MARKETPLACE", Channel.MARKETPLACE),
        ("UberEats", Channel.MARKETPLACE),
        ("3rd-party", Channel.MARKETPLACE),
        ("Room Service", Channel.ROOM_SERVICE),
        ("in_room", Channel.ROOM_SERVICE),
        ("eat in", Channel.DINE_IN),
        ("For Here", Channel.DINE_IN),
        ("Take-Out", Channel.TAKEAWAY),
        ("to go", Channel.TAKEAWAY),
        ("Click & Collect", Channel.PICKUP),
        ("phone", Channel.PHONE),
        ("online", Channel.WEB),
        ("iOS", Channel.APP),
        ("retail", Channel.IN_STORE),
        ("zeppelin", Channel.OTHER),
        (17, Channel.OTHER),
        (None, None),
        ("", None),
    ],
)
def test_a_channel_is_known_in_its_usual_spellings(told: object, channel: Channel | None) -> None:
    assert channel_of(told) is channel


@pytest.mark.parametrize(
    ("told", "payment"),
    [
        ("Credit Card", Payment.CARD),
        ("visa", Payment.CARD),
        ("CASH", Payment.CASH),
        ("ApplePay", Payment.WALLET),
        ("gift-card", Payment.GIFT_CARD),
        ("Charge to Room", Payment.ROOM_CHARGE),
        ("house account", Payment.INVOICE),
        ("split tender", Payment.MIXED),
        ("shells", Payment.OTHER),
        ("", None),
    ],
)
def test_a_kind_of_payment_is_known_in_its_usual_spellings(told: object, payment: Payment | None) -> None:
    assert payment_of(told) is payment


@given(st.one_of(st.text(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text()), st.booleans()))
def test_anything_told_is_some_channel_and_payment(told: object) -> None:
    assert (channel_of(told) is None) is (told == "")
    assert (payment_of(told) is None) is (told == "")


@pytest.mark.parametrize("word", [*Channel, *Payment])
def test_every_word_means_itself(word: Channel | Payment) -> None:
    read = channel_of if isinstance(word, Channel) else payment_of
    assert read(word.value) is word
    assert read(word.value.upper().replace("_", " ")) is word
