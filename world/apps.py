"""Apps: a device is seen first, then an account signs in on it; families may share the device."""

from __future__ import annotations

from typing import Any

from world.guest import Guest
from world.orders import complete, make_order
from world.web import sign_in


def visit_app(guest: Guest) -> None:
    """A launch, a sign-in where it is needed, and an order."""
    source = f"app-{guest.brand.id}"
    device = guest.person.device
    if (source, device) not in guest.linked or guest.chance(0.3):
        _launch(guest, source, -600, {"identifiers": {"device_id": device}})
    if guest.chance(guest.config.browsing / 2):
        _launch(guest, source, -guest.rng.randrange(3_600, 70_000), {"identifiers": {"device_id": device}})
    subject = sign_in(guest, source, {"device_id": device}, separate=guest.separate_app)
    subject_with_device: dict[str, Any] = {**subject, "identifiers": {**subject["identifiers"], "device_id": device}}
    order, total = make_order(guest, guest.rng.choice(guest.brand.kind.mobile))
    guest.send("order.placed", source, 0, subject_with_device, order=order)
    if not guest.chance(guest.config.cancelled):
        complete(guest, source, guest.rng.randrange(300, 3_000), guest.paying(subject), order, total)


def _launch(guest: Guest, source: str, after: int, subject: dict[str, Any]) -> None:
    guest.send("track", source, after, subject, name="app.launched", channel="app")
