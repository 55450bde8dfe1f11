"""Events made by hand, of the kinds whose order of arrival is most likely to matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

Raw = dict[str, Any]
_START = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Teller:
    """Writes events with ids and times of their own; `at` (minutes from the start) fixes a time."""

    def __init__(self, prefix: str = "hard") -> None:
        self.events: list[Raw] = []
        self._prefix = prefix
        self._next = count(1)

    def tell(self, kind: str, source: str, at: int | None = None, **content: Any) -> Raw:
        number = next(self._next)
        time = _START + timedelta(minutes=number * 7 if at is None else at)
        event = {
            "type": kind,
            "version": 1,
            "messageId": f"{self._prefix}-{number}",
            "source": source,
            "at": time.isoformat(),
        } | content
        self.events.append(event)
        return event

    def identify(self, source: str, id: str | None, at: int | None = None, **known: Any) -> Raw:
        return self.tell("identify", source, at, subject=subject(id, **known))

    def order(self, kind: str, source: str, id: str, who: Raw | None, total: str, **changes: Any) -> Raw:
        at = changes.pop("at", None)
        brand = changes.pop("brand", "grill")
        order = {
            "id": id,
            "store": "store-1",
            "channel": "dine_in",
            "currency": "USD",
            "total": total,
            "lines": [{"product": "soup", "name": "Soup", "amount": total}],
        } | changes
        person = {} if who is None else {"subject": who}
        return self.tell(f"order.{kind}", source, at, brand=brand, order=order, **person)

    def refund(self, source: str, id: str, order: str, amount: str | None, currency: str = "USD") -> Raw:
        refund = {"id": id, "order": order, "currency": currency, "amount": amount}
        if amount is None:  # the whole order
            del refund["amount"]
        return self.tell("order.refunded", source, refund=refund)

    def cancel(self, source: str, order: str, at: int | None = None) -> Raw:
        return self.tell("order.cancelled", source, at, cancellation={"order": order})

    def consent(self, source: str, who: Raw, purpose: str, granted: bool, at: int | None = None) -> Raw:
        return self.tell("consent.changed", source, at, subject=who, consent={"purpose": purpose, "granted": granted})

    def store(self, id: str, brand: str, name: str) -> Raw:
        about = {"id": id, "name": name, "brand": {"id": brand, "name": brand.title()}, "city": "Springfield"}
        return self.tell("store.upserted", "erp", store=about)


def subject(id: str | None = None, given: str = "", family: str = "", **identifiers: Any) -> Raw:
    traits = identifiers.pop("traits", {})
    names = {"givenName": given, "familyName": family}
    found: Raw = {"identifiers": identifiers, "traits": traits | {name: text for name, text in names.items() if text}}
    return found if id is None else found | {"id": id}


def phone(number: int) -> str:
    return f"+1312{6010000 + number * 137}"


def hard_events() -> list[Raw]:
    """All cases, in the order that a textbook would tell them."""
    teller = Teller()
    for case in _CASES:
        case(teller)
    return teller.events


def _family_phone(teller: Teller) -> None:
    home = phone(1)
    for number, given in enumerate(("Miriam", "Oswald", "Tabitha")):
        teller.identify("crm", f"family-{number}", given=given, family="Quillfeather", phone=home)
        teller.identify("shop", f"w-family-{number}", email=f"{given.lower()}@quill.example", phone=home)
        teller.identify(
            "app", f"a-family-{number}", given=given, family="Quillfeather", email=f"{given.lower()}@quill.example"
        )
    teller.order("completed", "till", "F-1", subject(phone=home), "21.50")


def _dummy_phone(teller: Teller) -> None:
    """The seventh name makes the number shared, and what it joined comes apart."""
    dummy = phone(2)
    names = ("Ada", "Bruno", "Clementine", "Dmitri", "Eleanor", "Ferdinand", "Gwendolyn", "Hector")
    for number, given in enumerate(names):
        teller.identify(
            "till", f"dummy-{number}", given=given, family=f"Zz{given}son", phone=dummy, email=f"{given}@dummy.example"
        )
        teller.order("completed", "shop", f"D-{number}", subject(email=f"{given}@dummy.example"), f"{number + 5}.00")
    teller.order("completed", "till", "D-n", subject(phone=dummy), "3.00")
    teller.identify("shop", "d-nameless", phone=dummy, payment_token="tok-dummy-1")
    teller.identify("app", "d-token", payment_token="tok-dummy-1", device_id="device-dummy")


def _renamed_record(teller: Teller) -> None:
    """A till that keeps one guest id for everybody who says no: one record alone makes its number shared."""
    for given in ("Ines", "Jonas", "Kamila", "Lorenz", "Marguerite", "Norbert", "Ottilie"):
        teller.identify("till", "no-guest", given=given, phone=phone(3))
    teller.identify("shop", "real-guest", given="Ines", family="Ullstein", phone=phone(3))


def _one_id_for_everybody(teller: Teller) -> None:
    """Two people under one id of the till, who are guests of their own elsewhere: the till's record is nobody."""
    for given, born in (("Wilhelmina", "1970-05-05"), ("Zacharias", "1990-09-09")):
        email = f"{given.lower()}@everybody.example"
        who = subject("walk-ins", given=given, family=f"{given}son", email=email, traits={"birthDate": born})
        teller.tell("identify", "till", subject=who)
        teller.order("completed", "till", f"E-{given}", who, "12.00")
        teller.identify("crm", f"e-{given}", given=given, family=f"{given}son", email=email)
        teller.order("completed", "shop", f"E-{given}", subject(email=email), "30.00")
    teller.order("completed", "till", "E-3", subject("walk-ins"), "4.00")


def _refund_first(teller: Teller) -> None:
    guest = subject("refunded", given="Rupert", family="Vandermeer", email="rupert@vander.example")
    teller.refund("till", "R-1", "ORDER-1", "4.25")
    teller.refund("till", "R-1", "ORDER-1", "5.25")  # the same refund, corrected
    teller.refund("till", "R-2", "ORDER-1", "1.00")
    teller.refund("till", "R-3", "ORDER-1", "2.00", "EUR")
    teller.order("placed", "till", "ORDER-1", guest, "30.00")
    teller.order("completed", "till", "ORDER-1", guest, "32.75")
    teller.order("completed", "till", "ORDER-2", guest, "10.00")
    teller.refund("till", "R-4", "ORDER-2", "99.00")  # more than was paid
    teller.refund("till", "R-5", "NEVER-SEEN", "1.00")
    teller.refund("till", "R-6", "ORDER-3", None, "EUR")
    teller.order("completed", "till", "ORDER-3", guest, "30.00")


def _cancelled(teller: Teller) -> None:
    """Before, between and after what it cancels; and an order that is completed after all."""
    guest = subject("cancelled", given="Ulrike", family="Vossberg", email="ulrike@voss.example")
    teller.order("placed", "till", "X-1", guest, "10.00", tip="1.00", covers=2, payment="cash")
    teller.cancel("till", "X-1")
    teller.cancel("till", "X-2")
    teller.order("completed", "till", "X-2", guest, "20.00", channel="drive-thru")
    teller.order("completed", "till", "X-3", guest, "30.00")
    teller.cancel("till", "X-3")
    teller.refund("till", "R-6", "X-3", "5.00")
    teller.cancel("till", "NEVER-PLACED")


def _resent_order(teller: Teller) -> None:
    one = subject("resent-1", given="Sidonie", family="Wolkenstein", phone=phone(4))
    two = subject("resent-2", given="Theodor", family="Xanthopoulos", phone=phone(5))
    teller.order("placed", "till", "S-1", one, "11.00")
    teller.order("completed", "till", "S-1", two, "12.00", store="store-2", brand="cafe", channel="takeaway")
    teller.order("completed", "till", "S-1", one, "13.00", store="store-3", brand="grill", lines=[])
    teller.order("placed", "till", "S-2", one, "40.00")
    teller.order("completed", "till", "S-2", None, "41.00")
    teller.order("completed", "till", "S-3", None, "17.00", brand="cafe")
    teller.order("placed", "till", "S-3", two, "16.00", brand="cafe")
    # Nobody's completed order is first the one's who placed it, and then another's: nothing of it may stay behind.
    teller.order("placed", "till", "S-4", one, "50.00", brand="kiosk")
    teller.order("completed", "till", "S-4", None, "51.00", brand="kiosk")
    teller.order("completed", "till", "S-4", two, "52.00", brand="kiosk", currency="EUR")
    lines = [{"product": f"p-{n}", "quantity": "2", "amount": f"{n}.10"} for n in range(1, 5)]
    teller.order("completed", "till", "S-5", two, "10.40", lines=lines)
    teller.order("completed", "till", "S-5", two, "3.10", lines=lines[1:2])


def _alias_first(teller: Teller) -> None:
    teller.tell("page", "web", subject=subject("anon-1", anonymous_id="cookie-1"), name="Menu")
    teller.tell(
        "alias",
        "web",
        subject=subject("account-1", account_id="grill/77", email="yolanda@alias.example"),
        previous=subject("anon-1", anonymous_id="cookie-1"),
    )
    teller.identify("web", "account-1", given="Yolanda", family="Zimmermann", email="yolanda@alias.example")
    teller.tell("track", "web", subject=subject("anon-1", anonymous_id="cookie-1"), name="Cart Viewed", channel="web")
    teller.tell("alias", "web", subject=subject("account-2", account_id="grill/78"), previous=subject("anon-2"))
    teller.tell("page", "web", subject=subject("anon-2", device_id="device-2"), name="Home")
    teller.identify("app", "install-1", device_id="device-2")


def _kiosk(teller: Teller) -> None:
    """An id that two strangers had, by aliases; and an alias of a known account, which contradicts."""
    for given, born in (("Leopoldine", "1971-03-04"), ("Maximilian", "1995-10-11")):
        email = f"{given.lower()}@kiosk.example"
        who = subject(given, given=given, family=f"{given}sen", email=email, traits={"birthDate": born})
        former = {"account_id": "web:kiosk-1", "anonymous_id": "kiosk-1"}
        teller.tell("alias", "web", subject=subject(given, account_id=f"web:{given}"), previous=subject(**former))
        teller.tell("identify", "web", subject=who)
        teller.order("completed", "web", f"K-{given}", subject(given), "8.00")
    teller.tell("page", "web", subject=subject("anon:kiosk-1", anonymous_id="kiosk-1"), name="Menu")
    teller.tell("alias", "web", subject=subject("Leopoldine"), previous=subject("Nikodemus", account_id="web:Niko"))
    teller.identify("web", "Nikodemus", given="Nikodemus", family="Niko", traits={"birthDate": "1960-12-24"})
    teller.tell(
        "alias", "web", subject=subject("older", email="older@kiosk.example"), previous=subject(account_id="web:O")
    )
    teller.identify("web", "oldest", account_id="web:O", phone=phone(20))
    teller.identify("web", "older", account_id="web:O")


def _corrected_traits(teller: Teller) -> None:
    """The correction decides whether two records that share a number are one person."""
    both = phone(6)
    teller.identify("crm", "typo-1", given="Balthasar", family="Aarons", phone=both, traits={"birthDate": "1980-02-11"})
    teller.identify("shop", "typo-2", given="Cordula", family="Aarons", phone=both, traits={"birthDate": "1991-07-30"})
    teller.identify("shop", "typo-2", given="Balthasar", family="Aarons", traits={"birthDate": "1980-02-11"})
    home = {"address": {"line1": "12 Cobbler Row", "city": "Utrecht"}, "language": "nl"}
    teller.identify("crm", "typo-1", traits=home | {"extra": {"table": "window"}})
    teller.identify("shop", "typo-2", traits={"address": {"line1": "98 Harbour Mews"}, "extra": {"table": "garden"}})
    teller.identify("crm", "typo-1", at=5_000, traits={"language": "fr"})
    teller.identify("crm", "typo-1", at=5_000, traits={"language": "it"})  # the same moment


def _bridge(teller: Teller) -> None:
    """Three guests with a past of their own turn out to be one."""
    for number, source in enumerate(("till", "shop", "app")):
        who = subject(f"bridge-{number}", loyalty_card=f"88110{number}44{number}2", phone=phone(10 + number))
        teller.identify(source, f"bridge-{number}", loyalty_card=f"88110{number}44{number}2", phone=phone(10 + number))
        teller.order("completed", source, f"B-{number}", who, f"{number + 20}.99", channel="web")
        teller.consent(source, who, "marketing_email", number != 1)
    teller.identify("crm", "bridge", given="Desideria", family="Bellweather", phone=[phone(10), phone(11), phone(12)])


def _consent_flips(teller: Teller) -> None:
    one = subject("consent-1", email="consent@flip.example")
    two = subject("consent-2", email="consent@flip.example")
    for granted in (True, False, True):
        teller.consent("crm", one, "marketing_email", granted)
        teller.consent("shop", two, "cross_brand_profile", not granted)
    teller.consent("crm", one, "marketing_sms", True, at=6_000)
    teller.consent("crm", one, "marketing_sms", False, at=6_000)


def _tablet(teller: Teller) -> None:
    """A device never joins two who are known, and attaches who is unknown to one of them at most."""
    teller.identify(
        "app", "tablet-1", given="Esmeralda", family="Cartwright", email="esme@tab.example", device_id="tab"
    )
    teller.identify(
        "app", "tablet-2", given="Fridolin", family="Cartwright", email="frido@tab.example", device_id="tab"
    )
    teller.tell("page", "app", subject=subject("tablet-3", device_id="tab"), name="Offers")
    teller.tell("page", "app", subject=subject(device_id="tab", anonymous_id="cookie-9"), name="Offers")


def _bad_values(teller: Teller) -> None:
    teller.order("completed", "till", "X-1", subject(phone="12"), "9.00")
    teller.order("completed", "till", "X-2", subject(phone="555 5555 5555", given="Gottfried"), "9.00")
    teller.identify("crm", "bad-1", phone="+13125555555", email=["none@none.com", "greta@bad.example"])
    teller.order("completed", "till", "X-3", subject(email="GRETA@bad.example"), "800", currency="JPY")


def _mistyped_import(teller: Teller) -> None:
    """Seven guests were loaded with another guest's phone, and then again with their own."""
    anna = ("Annegret", "Olbermann")
    for source in ("web", "app"):
        teller.identify(source, f"mistyped-{source}", given=anna[0], family=anna[1], phone=phone(30))
    teller.order("completed", "till", "M-1", subject(phone=phone(30)), "18.00")
    for round_ in (0, 1):
        for number, given in enumerate(("Bastian", "Corinna", "Detlef", "Edeltraud", "Frieder", "Gesine", "Hartmut")):
            own = phone(31 + number) if round_ else phone(30)
            email = f"{given.lower()}@mistyped.example"
            teller.identify("import", f"row-{number}", given=given, family=f"{given}ke", phone=own, email=email)
    teller.identify(
        "crm", "no-phone", given="Irmtraud", family="Jelinek", phone=phone(40), email="irm@mistyped.example"
    )
    teller.order("completed", "crm", "M-2", subject("no-phone", phone=phone(40)), "3.00")
    teller.identify("crm", "no-phone", phone=None)
    teller.identify("crm", "no-phone", phone=phone(41))


def _references_last(teller: Teller) -> None:
    teller.store("store-1", "cafe", "Old name")
    teller.store("store-1", "grill", "Main Street")
    teller.store("store-2", "cafe", "Station")
    teller.store("store-3", "grill", "Market")
    teller.store("store-4", "grill", "Pier")["store"]["brand"]["name"] = "Grill & Sons"
    teller.store("store-0", "cafe", "Lane")["store"]["brand"]["name"] = "Café"
    for name in ("Broth", "Soup of the day"):
        teller.tell("product.upserted", "erp", product={"id": "soup", "name": name, "category": "starter"})


_CASES = (
    _family_phone,
    _dummy_phone,
    _renamed_record,
    _one_id_for_everybody,
    _refund_first,
    _cancelled,
    _resent_order,
    _alias_first,
    _kiosk,
    _corrected_traits,
    _bridge,
    _consent_flips,
    _tablet,
    _bad_values,
    _mistyped_import,
    _references_last,
)


def guests(people: int, orders: int, *, prefix: str) -> Iterator[Raw]:
    """Plain guests with some orders each, two to a phone number: for tests where only the numbers matter."""
    teller = Teller(prefix)
    for number in range(people):
        given = f"Guest{chr(97 + number % 26)}{chr(97 + number // 26)}"
        who = subject(f"{prefix}-{number}", given=given, family="Overlook", phone=phone(500 + number // 2))
        teller.tell("identify", "crm", subject=who)
        for order in range(orders):
            teller.order("completed", "till", f"{prefix}-{number}-{order}", who, f"{order + 3}.40")
    yield from teller.events
