"""What agents decide through GraphQL: previewed, signed, logged, taken back; and the queue of what waits for them.

Tests resolvers.identity.logged_decisions and resolvers.identity.signed_payload too.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from resolvers.access.caller import ALL_SCOPES, IDENTITY_WRITE, PII_READ
from resolvers.kit.global_ids import parsed
from tests.kit.story import EMAIL, Story, event, order, person
from tests.resolvers.identity.deciding import PAYLOAD, QUEUE, WHY, decide, refusal, told, undo

pytestmark = pytest.mark.neo4j

MERGE = f"mutation($c: [String!]!, $s: Signature!) {{ customerMerge(customers: $c, signature: $s) {PAYLOAD} }}"
LOG = """{ decisions(first: 100) { edges { node { id kind actor reason active of
  parts { recordId rule side } identifiers { type display } } } } }"""


async def records(story: Story, number: str) -> list[str]:
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { linkedIdentities { recordId } } }"
    return [row["recordId"] for row in (await story.ask(document, n=number))["customer"]["linkedIdentities"]]


async def test_a_merge_is_previewed_carried_out_logged_and_undone(story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    preview = (await story.ask(MERGE, c=[ann, bob], s=WHY | {"preview": True}))["customerMerge"]
    assert preview["decisionId"] is None
    assert [customer["number"] for customer in preview["customers"]] == [min((ann, bob), key=[ann, bob].index)]
    assert await story.number(card="B-55501") == bob
    merged = (await story.ask(MERGE, c=[ann, bob], s=WHY | {"requestId": "m1"}))["customerMerge"]
    assert merged["customers"] == preview["customers"]
    assert await story.number(card="B-55501") == await story.number(email=EMAIL)
    again = (await story.ask(MERGE, c=[ann, bob], s=WHY | {"requestId": "m1"}))["customerMerge"]
    assert again["decisionId"] == merged["decisionId"]
    log = [edge["node"] for edge in (await story.ask(LOG))["decisions"]["edges"]]
    assert (log[0]["kind"], log[0]["actor"], log[0]["reason"]) == ("MERGE", "test", WHY["reason"])
    assert {part["rule"] for part in log[0]["parts"]} == {"JOIN"}
    hidden = await story.ask(LOG, scopes=ALL_SCOPES - {PII_READ})
    assert hidden["decisions"]["edges"][0]["node"]["reason"] is None
    await undo(story, merged)
    assert (await story.number(email=EMAIL), await story.number(card="B-55501")) == (ann, bob)
    log = [edge["node"] for edge in (await story.ask(LOG))["decisions"]["edges"]]
    assert [(entry["kind"], entry["active"]) for entry in log[:2]] == [("UNDO", True), ("MERGE", False)]
    assert log[0]["of"] == log[1]["id"]


async def test_a_reason_that_cannot_be_read_hides_no_other_decision(story: Story) -> None:
    ann = await story.number(email=EMAIL)
    for request in ("broken", "whole"):
        await undo(story, await decide(story, f'customerLock(customer: "{ann}")', requestId=request))
    log = [edge["node"] for edge in (await story.ask(LOG))["decisions"]["edges"]]
    broken = parsed(log[1]["id"])[1]
    change = "MATCH (d:Decision {id: $id}) WITH d, d.sealed AS old SET d.sealed = $sealed RETURN old"
    [kept] = await story.database.run_schema(change, id=broken, sealed=b"\x01 broken")
    try:
        result = await story.result(LOG, ALL_SCOPES, None)
    finally:
        await story.database.run_schema(change, id=broken, sealed=kept["old"])
    assert result.data is not None
    shown = [edge["node"] for edge in result.data["decisions"]["edges"]]
    assert [one | {"reason": None} for one in shown] == [one | {"reason": None} for one in log]
    assert [one["id"] for one in shown if one["reason"] is None] == [log[1]["id"]]
    assert [(e["extensions"]["code"], e["path"][-1]) for e in story.shown(result)] == [("UNREADABLE", "reason")]


async def test_who_is_unmerged_as_a_phone_at_a_till_has_its_next_orders(story: Story) -> None:
    phone, email = "+12125550321", "zita@ambros.example"
    for source in ("web", "app"):
        zita = person("Zita", "Ambros", id_="zita", phone=phone, email=email)
        await story.take(event("identify", source, "01T09:00", subject=zita))
    await story.take(order("02T12:00", "zita-1", "pasta", "10.00", person(phone=phone)))
    ours = "query($by: CustomerBy!) { customer(by: $by) { number linkedIdentities { source recordId } } }"
    found = (await story.ask(ours, by={"email": email}))["customer"]
    [till] = [one["recordId"] for one in found["linkedIdentities"] if one["source"] == "till"]
    done = await decide(story, f'customerUnmerge(customer: "{found["number"]}", records: ["{till}"])')
    whose = "query($p: String!) { customersBy(by: {phone: $p}) { number rfm { visits } } }"

    async def visits() -> list[int]:
        return sorted(one["rfm"]["visits"] for one in (await story.ask(whose, p=phone))["customersBy"])

    assert await visits() == [0, 1]
    await story.take(order("12T12:00", "zita-2", "pasta", "1.00", person(phone=phone)))
    await story.take(order("13T12:00", "zita-3", "pasta", "1.00", person(phone=phone, payment_token="token-of-zita")))
    assert await visits() == [0, 3]
    elsewhere = order("14T12:00", "zita-4", "pasta", "1.00", person(phone=phone)) | {"source": "another-till"}
    await story.take(elsewhere)
    assert await visits() == [0, 1, 3], "no rule can decide whose it is"
    await undo(story, done)
    assert await visits() == [4]


async def test_a_request_id_stands_for_one_decision(story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    first = await decide(story, f'customerMerge(customers: ["{ann}", "{bob}"])', requestId="c1")
    await undo(story, first)
    mine = await records(story, ann)
    for call in (
        f'customerMerge(customers: ["{ann}", "{ann}"])',
        f'customerUnmerge(customer: "{ann}", records: ["{mine[0]}"])',
        f'customerUnmerge(customer: "{ann}", identifier: {{type: "email", value: "{EMAIL}"}})',
        f'neverMatch(customers: ["{ann}", "{bob}"])',
        f'customerLock(customer: "{ann}")',
        f'identifierBlock(identifier: {{type: "email", value: "{EMAIL}"}})',
        f'decisionUndo(id: "{first["decisionId"]}")',
    ):
        assert "used for another decision" in await refusal(story, call, requestId="c1")
    again = await decide(
        story, f'customerMerge(customers: ["{ann}", "{bob}"])', requestId="c1", reason="in other words, the same"
    )
    assert again["decisionId"] == first["decisionId"]
    assert await records(story, ann) == mine
    log = (await story.ask(LOG))["decisions"]["edges"]
    assert [edge["node"]["kind"] for edge in log[:2]] == ["UNDO", "MERGE"]


async def test_a_decision_does_what_was_previewed_or_nothing(story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    call = f'customerMerge(customers: ["{ann}", "{bob}"])'
    seen = (await decide(story, call, preview=True))["previewId"]
    await story.take(event("identify", "crm", "16T10:00", subject=person("Bob", "Jones", loyalty_card="B-55501")))
    [(_, stale)] = (await told(story, call, previewed=seen)).items()
    assert [error["code"] for error in stale["userErrors"]] == ["CONFLICT"]
    assert stale["decisionId"] is None
    assert await story.number(card="B-55501") == bob
    assert stale["previewId"] == (await decide(story, call, preview=True))["previewId"] != seen
    merged = await decide(story, call, previewed=stale["previewId"])
    assert merged["customers"] == stale["customers"]
    assert merged["previewId"] is None
    await undo(story, merged)


async def test_records_are_taken_out_moved_and_brought_together(story: Story) -> None:
    ann = await story.number(email=EMAIL)
    mine = await records(story, ann)
    out = await decide(story, f'customerUnmerge(customer: "{ann}", records: ["{mine[0]}"])')
    assert sorted(len(customer["recordIds"]) for customer in out["customers"]) == [1, len(mine) - 1]
    [new] = [c["number"] for c in out["customers"] if c["recordIds"] == [mine[0]]]
    assert new != ann
    both = await decide(story, f'mustMatch(records: ["{mine[0]}", "{mine[1]}"])')
    assert both["overruled"] == [out["decisionId"]]
    assert len(await records(story, ann)) == len(mine)
    await undo(story, both)
    moved = await decide(story, f'sourceRecordMove(record: "{mine[0]}", customer: "{ann}")')
    assert len(await records(story, ann)) == len(mine)
    await undo(story, moved)
    await undo(story, out)
    assert await records(story, ann) == mine


async def test_a_customer_is_parted_along_an_identifier(story: Story) -> None:
    ann = await story.number(email=EMAIL)
    out = await decide(story, f'customerUnmerge(customer: "{ann}", identifier: {{type: "email", value: "{EMAIL}"}})')
    assert len(out["customers"]) == 2
    await undo(story, out)
    message = await refusal(
        story, f'customerUnmerge(customer: "{ann}", identifier: {{type: "phone", value: "+12125550199"}})'
    )
    assert "No record of this customer" in message
    assert "one of the two" in await refusal(story, f'customerUnmerge(customer: "{ann}")')


async def test_a_blocked_identifier_and_a_locked_customer(story: Story) -> None:
    ann = await story.number(email=EMAIL)
    email = f'identifier: {{type: "email", value: " {EMAIL.upper()} "}}'
    blocked = await decide(story, f"identifierBlock({email})")
    assert len(blocked["customers"]) == 2
    [entry] = [
        e["node"] for e in (await story.ask(LOG))["decisions"]["edges"] if e["node"]["kind"] == "BLOCK_IDENTIFIER"
    ]
    assert entry["identifiers"][0]["type"] == "email"
    assert EMAIL not in entry["identifiers"][0]["display"]
    lifted = await decide(story, f"identifierUnblock({email})")
    assert len(lifted["customers"]) >= 1
    await decide(story, f'customerLock(customer: "{ann}")')
    bob = await story.number(card="B-55501")
    assert "is locked" in await refusal(story, f'customerMerge(customers: ["{ann}", "{bob}"])')
    await decide(story, f'customerUnlock(customer: "{ann}")')
    assert "not locked" in await refusal(story, f'customerUnlock(customer: "{ann}")')


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('customerMerge(customers: ["CUST-0000-0000-0000", "CUST-0000-0000-0001"])', "do not exist"),
        ('decisionUndo(id: "RGVjaXNpb246eA")', "no such decision"),
        ('identifierUnblock(identifier: {type: "email", value: "nobody.knows@example.org"})', "Nobody carries"),
        ("neverMatch(customers: [])", "two sides"),
        ("mustMatch(records: [])", "two source records"),
    ],
)
async def test_what_cannot_be_is_told(story: Story, call: str, message: str) -> None:
    assert message in await refusal(story, call)


async def test_who_may_not_decide_is_refused(story: Story) -> None:
    for scopes in (ALL_SCOPES - {IDENTITY_WRITE}, frozenset[str]()):
        assert (await story.refused(MERGE, scopes=scopes, c=["a", "b"], s=WHY))[0] == "NOT_ALLOWED"
        assert (await story.refused(QUEUE, scopes=scopes))[0] == "NOT_ALLOWED"
    assert "reason" in await refusal(story, 'customerLock(customer: "x")', reason=" ")
    assert "100 characters" in await refusal(story, 'customerLock(customer: "x")', requestId="")


RECORD = "U291cmNlUmVjb3JkOnRpbGx8bm9ib2R5"


@pytest.mark.parametrize(
    ("call", "changes", "fields"),
    [
        ('customerMerge(customers: ["%s", "CUST-0000-0000-0000"])', {}, [["customers", "1"]]),
        (
            'customerMerge(customers: ["CUST-0000-0000-0000", "%s", " CUST-0000-0000-0001"])',
            {},
            [["customers", "0"], ["customers", "2"]],
        ),
        ('customerMerge(customers: ["%s"])', {}, [["customers"]]),
        ('customerLock(customer: "CUST-0000-0000-0000")', {}, [["customer"]]),
        ('customerUnlock(customer: "%s")', {}, [["customer"]]),
        ('customerUnmerge(customer: "%s", records: ["' + RECORD + '"])', {}, [["records", "0"]]),
        ('sourceRecordMove(record: "' + RECORD + '", customer: "%s")', {}, [["record"]]),
        ('mustMatch(records: ["' + RECORD + '"])', {}, [["records", "0"]]),
        ('neverMatch(customers: ["%s", "CUST-0000-0000-0000"])', {}, [["customers", "1"]]),
        ('decisionUndo(id: "RGVjaXNpb246eA")', {}, [["id"]]),
        ('identifierBlock(identifier: {type: "email", value: "no@body.example"})', {}, [["identifier"]]),
        ('customerLock(customer: "%s")', {"reason": " "}, [["signature", "reason"]]),
        ('customerLock(customer: "%s")', {"requestId": ""}, [["signature", "requestId"]]),
    ],
)
async def test_an_error_names_the_argument_that_it_is_about(
    story: Story, call: str, changes: dict[str, Any], fields: list[list[str]]
) -> None:
    bob = await story.number(card="B-55501")
    written = (call % bob if "%s" in call else call)[:-1]
    document = f"mutation($s: Signature!) {{ done: {written}, signature: $s) {{ userErrors {{ message field }} }} }}"
    found = (await story.ask(document, s=WHY | changes))["done"]["userErrors"]
    assert [error["field"] for error in found] == fields
    for number in re.findall("CUST-0000-0000-000[0-9]", call):
        assert number in found[0]["message"]


async def test_a_name_that_is_none_of_ours_is_not_repeated(story: Story) -> None:
    assert "JANE" not in (await refusal(story, 'customerLock(customer: "jane@example.org")')).upper()
