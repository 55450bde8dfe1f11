"""docs/decisions.md shows what really happens: each mutation runs on the story, and the page has its real answer.

`WRITE_DOCS=1 pytest tests/resolvers/identity/test_decision_mutations_page.py` writes the page anew.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest

from resolvers.access.caller import ALL_SCOPES, PII_READ
from tests.kit.story import EMAIL, SHARED_PHONE, Story, order, person

pytestmark = pytest.mark.neo4j
PAGE = Path(__file__).parents[3] / "docs" / "decisions.md"
SCOPES = ALL_SCOPES - {PII_READ}
PAYLOAD = "decisionId customers { number recordIds } overruled userErrors { code message }"
LINKED = "query($n: String!) { customer(by: {customerNumber: $n}) { linkedIdentities { recordId source } } }"


@dataclass
class Told:
    """The page as it grows. Ids and numbers differ from store to store: they are told as record-1, customer-1, …"""

    story: Story
    lines: list[str] = field(default_factory=list[str])
    names: dict[str, str] = field(default_factory=dict[str, str])

    def say(self, text: str) -> None:
        self.lines += [*wrap(text, 120), ""]

    def head(self, text: str) -> None:
        self.lines += [f"## {text}", ""]

    async def ask(self, document: str, **variables: Any) -> Any:
        """Asks, and puts the document and its answer on the page."""
        found = await self.story.ask(document, scopes=SCOPES, **variables)
        shown = self._known(document)
        self.lines += [f"    {line}" for line in shown.splitlines()] + [""]
        answer = self._known(json.dumps(found, ensure_ascii=False))
        self.lines += [
            *wrap(answer, 120, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False),
            "",
        ]
        return found

    async def decide(self, call: str, reason: str, preview: str = "") -> dict[str, Any]:
        """A decision on the page; its payload."""
        name, _, arguments = call.partition("(")
        signed = f'signature: {{reason: "{reason}"{preview}}}'
        [found] = (await self.ask(f"mutation {{ {name}({arguments}\n  {signed}) {{\n  {PAYLOAD} }} }}")).values()
        return found

    async def back(self, payload: dict[str, Any]) -> None:
        """Takes it back, off the page."""
        undo = (
            f'mutation {{ decisionUndo(id: "{payload["decisionId"]}", signature: {{reason: "tidy"}}) {{ {PAYLOAD} }} }}'
        )
        assert not (await self.story.ask(undo))["decisionUndo"]["userErrors"]

    def name(self, id_: str, kind: str) -> None:
        self.names.setdefault(id_, f"{kind}-{sum(n.startswith(kind) for n in self.names.values()) + 1}")

    def _known(self, text: str) -> str:
        for kind, place in (("decision", r'"decisionId": "([^"]+)"'), ("finding", r'"id": "([^"]+)", "rule"')):
            for id_ in re.findall(place, text):
                self.name(id_, kind)
        for number in re.findall(r"CUST(?:-[0-9A-Z]{4}){3}", text):
            self.name(number, "customer")
        for id_, name in self.names.items():
            text = text.replace(id_, name)
        # What a document of the page asks for of the clock stands for any time.
        return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)", "2026-03-30T12:00:00Z", text)


async def told(story: Story) -> str:
    page = Told(story)
    page.lines = ["# Decisions, case by case", ""]
    page.say(
        "This page shows an example of each decision about identities, with its real answer. A test runs all examples "
        "and compares the answers. The store is small and made up. Ann Smith's web account and her app share an "
        "e-mail. Her app and her till receipts share a phone. Bob Jones and Carla Diaz use one phone. Names are masked "
        "because the caller has no `pii:read`."
    )
    page.say(
        "`customer-1` is Ann. Her records are `record-1` (the web account), `record-2` (the till) and `record-3` (the "
        "app). `customer-2` is Bob; his record is `record-4`. Such short names replace most real ids and customer "
        "numbers on this page. Each section starts from this same store, because the test undoes its decisions."
    )
    page.say("[GraphQL](graphql.md#decisions-about-identities) explains each mutation.")
    page.say(
        "[ADR 16](adr/0016-agents-decisions-are-evidence-and-the-newest-holds.md) explains why people, profiles and "
        "points are the same again after an undo."
    )
    for part in (_merge, _unmerge, _move, _bans, _lock, _block, _review, _log):
        await part(page, story)
    return "\n".join(page.lines).rstrip() + "\n"


async def _records(page: Told, number: str) -> dict[str, str]:
    """Source → id of the customer's first record there; the ids are named from now on."""
    rows = (await page.story.ask(LINKED, n=number))["customer"]["linkedIdentities"]
    found: dict[str, str] = {}
    for row in rows:
        page.name(row["recordId"], "record")
        found.setdefault(row["source"], row["recordId"])
    return found


async def _merge(page: Told, story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    await _records(page, ann)
    await _records(page, bob)
    page.head("Merge, preview and undo")
    page.say("A preview shows the result and writes nothing:")
    call = f'customerMerge(customers: ["{ann}", "{bob}"],'
    await page.decide(call, "the guest showed both cards", ", preview: true")
    page.say(
        "A preview has a `previewId`. If you sign with it as `previewed`, you get the outcome that you saw, or nothing"
        ": if more would change by now, the answer is a `CONFLICT` with the new preview."
    )
    page.say("Without `preview`, the merge is done. The older number survives, and the other one leads to it for ever:")
    merged = await page.decide(call, "the guest showed both cards")
    assert await story.number(card="B-55501") == ann
    page.say("The merge was a mistake. The undo gives both customers back, with their numbers:")
    undone = await page.decide(f'decisionUndo(id: "{merged["decisionId"]}",', "they are two guests after all")
    assert {customer["number"] for customer in undone["customers"]} == {ann, bob}


async def _unmerge(page: Told, story: Story) -> None:
    ann = await story.number(email=EMAIL)
    records = await _records(page, ann)
    page.head("Unmerge")
    page.say("By records. The named records become another customer. Later evidence does not join the two again:")
    out = await page.decide(f'customerUnmerge(customer: "{ann}", records: ["{records["till"]}"],', "not her receipts")
    await page.back(out)
    page.say(
        'A till\'s record without an id stands for "this phone at this till". If you unmerge it, this also settles '
        "where its next orders go: to the new customer, also with a payment token beside the phone. An order with the "
        "phone at another till, without a name, fits both and is [ambiguous](concepts.md#evidence-component-cluster)."
    )
    page.say("By identifier. Records that only this identifier connects become different customers:")
    email = f'identifier: {{type: "email", value: "{EMAIL}"}}'
    await page.back(await page.decide(f'customerUnmerge(customer: "{ann}", {email},', "an e-mail of the household"))


async def _move(page: Told, story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    records = await _records(page, ann)
    page.head("Move a source record")
    page.say("The record leaves Ann and joins Bob:")
    call = f'sourceRecordMove(record: "{records["till"]}", customer: "{bob}",'
    await page.back(await page.decide(call, "the waiter mixed up two receipts"))


async def _bans(page: Told, story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    web, till = (await _records(page, ann))["web"], (await _records(page, bob))["till"]
    page.head("Must match, never match")
    page.say("An agent knows that the two records are one person, whatever the evidence says:")
    match = await page.decide(f'mustMatch(records: ["{web}", "{till}"],', "one passport")
    page.say("A newer decision overrules an older one that it contradicts. `overruled` names the older one:")
    ban = await page.decide(f'neverMatch(records: ["{web}", "{till}"],', "two passports, on a second look")
    assert ban["overruled"] == [match["decisionId"]]
    await page.back(ban)
    await page.back(match)


async def _lock(page: Told, story: Story) -> None:
    ann, bob = await story.number(email=EMAIL), await story.number(card="B-55501")
    page.head("Lock")
    page.say("The lock keeps Ann's records together, and no other record joins her:")
    await page.decide(f'customerLock(customer: "{ann}",', "a dispute is open")
    page.say("While Ann is locked, the service refuses even an agent's merge:")
    refused = await page.decide(f'customerMerge(customers: ["{ann}", "{bob}"],', "looks alike")
    assert refused["decisionId"] is None
    page.say("After the unlock, evidence and agents can change her again:")
    await page.decide(f'customerUnlock(customer: "{ann}",', "the dispute is closed")


async def _block(page: Told, story: Story) -> None:
    page.head("Block an identifier")
    page.say("The e-mail links nobody from now on. Ann's web account becomes a customer of its own:")
    email = f'(identifier: {{type: "email", value: "{EMAIL}"}},'
    blocked = await page.decide(f"identifierBlock{email}", "the e-mail of an office")
    assert len(blocked["customers"]) == 2
    page.say("The e-mail links again:")
    await page.decide(f"identifierUnblock{email}", "it is hers after all")


async def _review(page: Told, story: Story) -> None:
    page.head("Review")
    page.say(
        "A till record has the phone of Bob and Carla, and no name. It fits both, and no rule can decide. So it waits "
        "for an agent:"
    )
    await story.take(order("22T12:00", "o-20", "pasta", "7.00", person(phone=SHARED_PHONE)))
    found = await page.ask(
        "query { reviewQueue(first: 1) { edges { node { id rule detail claimedBy\n"
        "  customers { number name records } } } } }"
    )
    finding = found["reviewQueue"]["edges"][0]["node"]["id"]
    page.say(
        "One agent claims the finding for five minutes. Then other agents get an error. `reviewSkip` would postpone "
        "the finding."
    )
    await page.ask(f'mutation {{ reviewClaim(id: "{finding}", minutes: 5) {{ id userErrors {{ message }} }} }}')
    page.say("The agent decides that the two customers are one person:")
    decided = await page.decide(f'reviewDecide(id: "{finding}", same: true,', "the guest named the table")
    await page.back(decided)


async def _log(page: Told, _: Story) -> None:
    page.head("The log and the feed")
    page.say("The log lists all decisions, the newest first. `reason` needs `pii:read`. The `UNDO` undid the `MERGE`:")
    found = await page.ask(
        "query { decisions(first: 2) { edges { node { kind actor active of\n  parts { recordId rule side } } } } }"
    )
    assert [edge["node"]["kind"] for edge in found["decisions"]["edges"]] == ["UNDO", "MERGE"]
    page.say(
        "The feed is for systems that store customer numbers. It shows merges and splits as such, and no number is "
        "ever deleted:"
    )
    await page.ask(
        "query { identityChanges(first: 3) { edges { node { kind fromNumber toNumber reason } } } }",
    )


async def test_the_page_tells_what_happens(story: Story) -> None:
    text = await told(story)
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text
