"""The event by which a guest joins the loyalty programme. It is made here, and never read from a sender."""

from __future__ import annotations

from pydantic import Field

from domain.events import Contract, Identify, Key, Slug
from domain.order_words import Channel

MAX_PURPOSES = 10
"""Purposes to which a guest agrees at an enrolment."""


class Enrolment(Contract):
    """Where a guest joined, and to which `purposes` the guest agreed. `asked` is a hash of the request."""

    asked: Key
    store: Key | None = None
    channel: Channel | None = None
    purposes: list[Slug] = Field(default_factory=list[Slug], max_length=MAX_PURPOSES)


class MemberEnrolled(Identify):
    """A guest joined the loyalty programme. `subject` says who it is. With `record` it is the guest of the source
    record with this key, whichever source that is of, and `subject` names a card at most."""

    record: Key | None = Field(default=None, exclude=True)
    enrolment: Enrolment = Field(exclude=True)
