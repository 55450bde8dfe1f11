"""A snapshot proves what a till was allowed, names no card, and nobody else can make one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import jwt
from jwt import PyJWK

from loyalty.offline.offline_snapshot import (
    OfflineAllowance,
    OfflineSnapshot,
    card_hash,
    offline_prices,
    public_keys,
)
from loyalty.programme.programme import parse_programme
from privacy.vault import Vault

KEY, OTHER = Vault(b"k" * 32).signer, Vault(b"o" * 32).signer
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CARD = card_hash("secret", " REG-1 ")
SNAPSHOT = OfflineSnapshot(
    "n-1", "s-1", NOW, NOW + timedelta(hours=48), {CARD: OfflineAllowance(120, "gold")}, {"coffee": {"default": 10}}
)


def test_what_is_signed_is_read_also_when_its_time_is_over() -> None:
    text = SNAPSHOT.signed(KEY)
    assert OfflineSnapshot.read(text, KEY) == SNAPSHOT
    assert SNAPSHOT.terms(CARD).allowance == 120
    assert SNAPSHOT.terms(card_hash("secret", "REG-2")).allowance is None
    assert card_hash("other", "REG-1") != CARD
    assert "REG" not in str(jwt.decode(text, options={"verify_signature": False}))


def test_nobody_else_signs_one() -> None:
    text = SNAPSHOT.signed(KEY)
    head, body, signature = text.split(".")
    for wrong in (SNAPSHOT.signed(OTHER), f"{head}.{body[:-4]}AAAA.{signature}", f"{head}.{body}.", "", "a.b.c"):
        assert OfflineSnapshot.read(wrong, KEY) is None
    foreign = jwt.encode({"aud": "else", "sub": "s-1"}, KEY, "EdDSA")
    assert OfflineSnapshot.read(foreign, KEY) is None


def test_a_till_checks_it_with_the_public_key_alone() -> None:
    [key] = public_keys(KEY)["keys"]
    text = SNAPSHOT.signed(KEY)
    assert jwt.get_unverified_header(text)["kid"] == key["kid"]
    checked = jwt.decode(
        text, PyJWK(key).key, algorithms=["EdDSA"], audience="regulars-offline", options={"verify_exp": False}
    )
    assert checked["cards"][CARD] == {"points": 120, "tier": "gold"}
    assert "d" not in key


def test_only_rewards_that_need_no_question_have_a_price() -> None:
    rules = parse_programme(
        """
      points_per_unit: 1
      tiers: [{name: member, from: 0}]
      rewards:
        - {id: coffee, name: Coffee, kind: product, price: 10}
        - {id: last, name: Last, kind: prize, price: 10, stock: 1}
        - {id: once, name: Once, kind: prize, price: 10, per_guest: {most: 1, every: ever}}
        - {id: there, name: There, kind: product, price: 10, brands: [burger]}
        - {id: later, name: Later, kind: product, price: 10, first_day: 2026-04-01}
        - {id: ends, name: Ends, kind: product, price: 10, last_day: 2026-03-02}
        - {id: cakes, name: Cakes, kind: discount, price: 10, discount: {percent: 50}}
      """.replace("points_per_unit: 1", "points_per_unit: {default: 1}")
    )
    assert offline_prices(rules, "pasta", "s-1", (date(2026, 3, 1), date(2026, 3, 3))) == {"coffee": {"default": 10}}
