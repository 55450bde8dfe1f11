"""Web shops: anonymous pages first, then an account that signs in, or a web guest who fills in the form each time."""

from __future__ import annotations

from typing import Any

from world.guest import Guest
from world.habits import poisson
from world.loyalty import ask_consent
from world.orders import complete, make_order


def visit_web(guest: Guest) -> None:
    """A web session that ends in an order, often after an earlier one that did not."""
    source = f"web-{guest.brand.id}"
    if guest.chance(guest.config.browsing):
        _browse(guest, source, -guest.rng.randrange(3_600, 70_000))
    cookie = _cookie(guest, source)
    _pages(guest, source, -900, cookie)
    office = guest.person.office
    # Lunch for the desk: the office's address is typed, whoever orders.
    at_work = office is not None and guest.chance(0.6)
    if at_work or not guest.opens_accounts:
        subject = _form(guest, cookie, at_work)
    else:
        subject = sign_in(guest, source, {"anonymous_id": cookie})
    subject = guest.paying(subject)
    order, total = make_order(guest, guest.rng.choice(guest.brand.kind.web))
    guest.send("order.placed", source, 0, subject, order=order)
    if not guest.chance(guest.config.cancelled):
        complete(guest, source, guest.rng.randrange(600, 4_000), dict(subject), order, total)


def sign_in(guest: Guest, source: str, anonymous: dict[str, str], *, separate: bool = False) -> dict[str, Any]:
    """The signed-in subject of `source`, after an `identify` or `alias` where something is new to it."""
    person, day = guest.person, guest.visit.day
    account = guest.account(separate)
    subject: dict[str, Any] = {"id": account, "identifiers": {"account_id": account}}
    line1, phone = person.address(day)["line1"], person.phone(day)
    registered = guest.registered_contacts.get((source, account))
    session = (source, next(iter(anonymous.values())))
    new_session = session not in guest.linked
    guest.linked.add(session)
    if registered is None or (registered != (line1, phone) and guest.chance(0.7)):
        guest.registered_contacts[source, account] = (line1, phone)
        _register(guest, source, account, anonymous, first=registered is None)
    elif new_session:
        _link(guest, source, subject, anonymous)
    return subject


def _register(guest: Guest, source: str, account: str, anonymous: dict[str, str], *, first: bool) -> None:
    web = source.startswith("web-")
    by_alias = guest.chance(guest.config.account_links)
    identifiers: dict[str, Any] = {"account_id": account}
    # A mistyped address stays in the account until the person comes back with other news.
    identifiers["email"] = guest.account_emails.setdefault(account, guest.email()) if first else guest.email()
    if not first or guest.chance(0.7 if web else 0.85):
        identifiers["phone"] = guest.phone()
    if not by_alias:
        identifiers |= anonymous
    traits = guest.traits(0.2 if web else 0.4, address=web or not first, birth=not web and guest.chance(0.2))
    subject: dict[str, Any] = {"id": account, "identifiers": identifiers, "traits": traits, "region": "US"}
    guest.send("identify", source, -240, subject)
    plain: dict[str, Any] = {"id": account, "identifiers": {"account_id": account}}
    if by_alias:
        _link(guest, source, plain, anonymous)
    if first and guest.chance(0.5):
        ask_consent(guest, source, -200, plain)


def _link(guest: Guest, source: str, subject: dict[str, Any], anonymous: dict[str, str]) -> None:
    guest.send("alias", source, -230, subject, previous={"identifiers": dict(anonymous)})


def _cookie(guest: Guest, source: str) -> str:
    cookie = guest.cookies.get(source)
    if cookie is None or guest.chance(guest.config.cookie_loss):
        cookie = guest.cookies[source] = f"anon-{guest.rng.getrandbits(80):020x}"
    return cookie


def _browse(guest: Guest, source: str, after: int) -> None:
    """A session without a sign-in; a product in the cart stays there."""
    cookie = _cookie(guest, source)
    _pages(guest, source, after, cookie)
    if guest.chance(0.4):
        product = guest.rng.choice(guest.brand.products)
        guest.send(
            "track",
            source,
            after + 400,
            {"identifiers": {"anonymous_id": cookie}},
            name="cart.product_added",
            channel="web",
            properties={"product": product.id, "quantity": 1},
        )


def _pages(guest: Guest, source: str, after: int, cookie: str) -> None:
    for n in range(min(8, poisson(guest.rng, guest.config.pages))):
        product = guest.rng.choice(guest.brand.products)
        guest.send(
            "page",
            source,
            after + 45 * n,
            {"identifiers": {"anonymous_id": cookie}},
            name="menu" if n == 0 else "product",
            channel="web",
            properties={"path": "/menu"} if n == 0 else {"path": f"/menu/{product.id}", "product": product.id},
        )


def _form(guest: Guest, cookie: str, at_work: bool) -> dict[str, Any]:
    """What a web guest types: always an e-mail address, a name and where to bring it."""
    office = guest.person.office
    identifiers: dict[str, Any] = {"anonymous_id": cookie}
    traits = guest.traits(0.2, address=True)
    if at_work and office is not None:
        identifiers["email"] = office.email
        traits["address"] = office.address
    else:
        identifiers["email"] = guest.email()
    if guest.chance(0.7):
        identifiers["phone"] = guest.phone()
    return {"identifiers": identifiers, "traits": traits, "region": "US"}
