"""What a request leaves in the audit log: reads that showed contact data, writes before they are carried out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from domain.errors import InvalidInput, Unavailable
from privacy.audit_log import AuditLog, Entry
from resolvers.access.audit_trail import AuditTrail, purpose
from resolvers.access.caller import ALL_SCOPES, Caller
from resolvers.kit.global_ids import global_id

ANN, BOB = "CUST-0000-0000-000A", "CUST-0000-0000-000B"
CALLER = Caller("desk", ALL_SCOPES)


@dataclass
class Log:
    """A log in memory; `away`: it cannot be written."""

    entries: list[Entry] = field(default_factory=list[Entry])
    away: bool = False

    async def customers_of(self, records: Collection[str]) -> tuple[str, ...]:
        return tuple(f"customer of {key}" for key in records)

    async def customers_of_redemptions(self, keys: Collection[str]) -> tuple[str, ...]:
        return tuple(f"guest of {key}" for key in keys)

    async def add(self, entry: Entry) -> None:
        if self.away:
            raise Unavailable("The store is away.")
        self.entries.append(entry)


def trail(log: Log, **changes: Any) -> AuditTrail:
    return AuditTrail(cast("AuditLog", log), "r-1", "ticket-4711", **changes)


async def test_a_read_is_noted_once_and_only_where_something_was_shown() -> None:
    log = Log()
    seen = trail(log, fields={"phones", "emails"}, customers={BOB, ANN})
    await seen.reads(CALLER)
    assert log.entries == []
    seen.customers |= {ANN, BOB}
    seen.revealed = True
    await seen.reads(CALLER)
    await seen.reads(CALLER)
    [entry] = log.entries
    assert (entry.actor, entry.action, entry.what, entry.why) == ("desk", "read", ("emails", "phones"), "ticket-4711")
    assert (entry.customers, entry.request) == ((ANN, BOB), "r-1")


async def test_a_write_is_noted_with_every_customer_that_it_names() -> None:
    @dataclass
    class Signature:
        reason: str

    log = Log()
    arguments = {
        "customers": [ANN, {"other": f" {BOB.lower()} "}],
        "signature": Signature(ANN),
        "text": "CUST-1",
        "n": 1,
    }
    await trail(log).writes(CALLER, "customerMerge", arguments)
    [entry] = log.entries
    assert (entry.action, entry.what, entry.customers) == ("write", ("customerMerge",), (ANN, BOB))


async def test_a_write_names_the_guest_of_the_redemption_or_proposal_that_it_is_about() -> None:
    log = Log()
    for arguments in (
        {"redemption": global_id("Redemption", "r-1")},
        {"proposal": global_id("GrantProposal", "p-1"), "requestId": global_id("Redemption", "r-2")},
        {"redemption": global_id("GrantProposal", "p-1"), "proposal": "?"},
    ):
        await trail(log).writes(CALLER, "x", arguments)
    assert [entry.customers for entry in log.entries] == [("guest of r-1",), ("guest of p-1",), ()]


async def test_a_write_that_finds_or_makes_its_guest_is_noted_with_the_guest_afterwards() -> None:
    log = Log()
    await trail(log).wrote(CALLER, "memberEnrol", "record-1")
    [entry] = log.entries
    assert (entry.action, entry.what, entry.customers) == ("write", ("memberEnrol",), ("customer of record-1",))


async def test_what_cannot_be_noted_is_not_done() -> None:
    log = Log(away=True)
    with pytest.raises(Unavailable):
        await trail(log).writes(CALLER, "customerMerge", {})
    with pytest.raises(Unavailable):
        await trail(log, revealed=True).reads(CALLER)
    with pytest.raises(Unavailable):
        await trail(log).sends(CALLER, "consent.changed", {ANN})


@pytest.mark.parametrize("given", [None, "ticket-4711", "ops/2026.1_b", "2026-03-01"])
def test_a_purpose_is_one_word(given: str | None) -> None:
    assert purpose(given) == given


@pytest.mark.parametrize(
    "given",
    ["", "two words", "-x", "a" * 65, "ann@x.example", "a\n", "12125550188", "t-212-555-0188", "4111-1111-1111-1111"],
)
def test_what_may_name_somebody_is_no_purpose(given: str) -> None:
    with pytest.raises(InvalidInput):
        purpose(given)
