"""The audit log as it is shown: filtered by what its chain covers, and with a changed entry that hides no other."""

from __future__ import annotations

from typing import Any

import pytest

from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import ALL_SCOPES, Caller
from resolvers.kit.global_ids import global_id
from tests.kit.story import Story

pytestmark = pytest.mark.neo4j
LOG = """query($actor: String) { auditLog(actor: $actor) { edges { node {
    sequence at actor kind action what why customers count request } } } }"""
BROKEN = ["{", "[]", '"text"', '{"actor": "desk"}', ""]


async def noted(story: Story) -> AuditLog:
    await story.database.run_schema("MATCH (a:AuditEntry) DELETE a")
    await story.database.run_schema("MATCH (h:AuditChain) DELETE h")
    log = AuditLog(story.database, story.vault)
    for number in range(3):
        customers = (f"CUST-0000-0000-000{number}",)
        await log.add(Entry("2026-03-01T00:00:00+00:00", "desk", "staff", "read", ("emails",), "t-1", customers, "r-1"))
    return log


async def shown(story: Story, **variables: Any) -> tuple[list[Any], list[Any]]:
    result = await story.run(LOG, Caller("officer", ALL_SCOPES), variables)
    assert result.data is not None
    return [edge["node"] for edge in result.data["auditLog"]["edges"]], story.shown(result)


async def test_what_was_noted_is_shown(story: Story) -> None:
    await noted(story)
    [last, *_], errors = await shown(story)
    assert errors == []
    assert last == {
        "sequence": 3, "at": "2026-03-01T00:00:00+00:00", "actor": "desk", "kind": "staff", "action": "read",
        "what": ["emails"], "why": "t-1", "customers": ["CUST-0000-0000-0002"], "count": 1, "request": "r-1",
    }  # fmt: skip


@pytest.mark.parametrize("content", BROKEN)
async def test_an_entry_that_cannot_be_read_hides_no_other(story: Story, content: str) -> None:
    log = await noted(story)
    change = "MATCH (a:AuditEntry {sequence: 2}) SET a.content = $content"
    await story.database.run_schema(change, content=content)
    entries, errors = await shown(story)
    assert [entry["sequence"] for entry in entries] == [3, 2, 1]
    assert (entries[0]["what"], entries[1]["what"], entries[2]["what"]) == (["emails"], None, ["emails"])
    assert {error["extensions"]["code"] for error in errors} == {"UNREADABLE"}
    assert {tuple(error["path"][:4]) for error in errors} == {("auditLog", "edges", 1, "node")}
    node = f'{{ node(id: "{global_id("AuditEntry", "2")}") {{ ... on AuditEntry {{ sequence what }} }} }}'
    result = await story.run(node, Caller("officer", ALL_SCOPES))
    assert result.data == {"node": {"sequence": 2, "what": None}}
    assert (await log.verify()).broken_at == 2


async def test_who_is_named_in_clear_beside_an_entry_filters_nothing(story: Story) -> None:
    await noted(story)
    await story.database.run_schema("MATCH (a:AuditEntry) SET a.actor = 'somebody else'")
    assert len((await shown(story, actor="desk"))[0]) == 3
    assert (await shown(story, actor="somebody else"))[0] == []
