"""What a request leaves in the audit log: whose contact data it showed, what it changed and sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from domain.errors import InvalidInput
from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import Caller
from resolvers.kit.global_ids import key_of

PURPOSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,63}")
_LONG_NUMBER = re.compile(r"\d(?:[_./-]?\d){8}")  # a telephone number or a card, and hardly a ticket
_NUMBER = re.compile(r"CUST(-[0-9A-Z]{4}){3}")


@dataclass(slots=True)
class AuditTrail:
    """One request's trail. Without a log it notes nothing: for tests below the HTTP edge.

    `why` is the caller's own word, such as the number of a ticket.
    """

    log: AuditLog | None = None
    request: str = ""
    why: str | None = None
    revealed: bool = False
    fields: set[str] = field(default_factory=set[str])
    customers: set[str] = field(default_factory=set[str])

    async def reads(self, caller: Caller) -> None:
        """Notes whose contact data is about to be shown, where any is. Raises Unavailable: then nothing is shown."""
        if self.revealed and self.log is not None:
            await self.log.add(self._entry(caller, "read", sorted(self.fields), self.customers))
        self.revealed = False
        self.customers.clear()

    async def writes(self, caller: Caller, name: str, arguments: dict[str, Any]) -> None:
        """Notes a write before it is carried out, with the customers whom its arguments name: by number, or by a
        redemption or proposal of theirs. Raises Unavailable: then nothing is written."""
        if self.log is not None:
            customers = set(_numbers(arguments))
            if keys := set(_redemptions(arguments)):
                customers.update(await self.log.customers_of_redemptions(keys))
            await self.log.add(self._entry(caller, "write", [name], customers))

    async def wrote(self, caller: Caller, name: str, record: str) -> None:
        """Notes whose source record a write was about, where only its end says that. Raises Unavailable."""
        if self.log is not None:
            customers = set(await self.log.customers_of([record]))
            await self.log.add(self._entry(caller, "write", [name], customers))

    async def sends(self, caller: Caller, type_: str, customers: set[str]) -> None:
        """Notes an event that the caller sends of these customers. Raises Unavailable."""
        if self.log is not None:
            await self.log.add(replace(self._entry(caller, "send", [type_], customers), events=1))

    def _entry(self, caller: Caller, action: str, what: list[str], customers: set[str]) -> Entry:
        return Entry(
            at=datetime.now(UTC).isoformat(timespec="microseconds"),
            actor=caller.name,
            kind=caller.kind.value,
            action=action,
            what=tuple(what),
            why=self.why,
            customers=tuple(sorted(customers)),
            request=self.request,
        )


def purpose(stated: str | None) -> str | None:
    """The purpose that a caller states. Raises InvalidInput on what may be more than a word or a number."""
    if stated is None or (PURPOSE.fullmatch(stated) and not _LONG_NUMBER.search(stated)):
        return stated
    raise InvalidInput("X-Purpose is one word or number, such as ticket-4711.", hint="Name nobody in it.")


def _redemptions(arguments: dict[str, Any]) -> Iterator[str]:
    """The keys of the redemptions and proposals that a field's arguments name."""
    for name, type_name in (("redemption", "Redemption"), ("proposal", "GrantProposal")):
        if isinstance(text := arguments.get(name), str):
            with suppress(InvalidInput):  # the field refuses it
                yield key_of(type_name, text)


def _numbers(value: Any) -> Iterator[str]:
    """The customer numbers among a field's arguments."""
    match value:
        case str():
            if _NUMBER.fullmatch(value.strip().upper()):
                yield value.strip().upper()
        case dict():
            for inner in value.values():
                yield from _numbers(inner)
        case list():
            for inner in value:
                yield from _numbers(inner)
        case _:
            if hasattr(value, "__dict__"):
                yield from _numbers(vars(value))
