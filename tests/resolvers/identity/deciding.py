"""Decisions made through GraphQL, with a reason."""

from __future__ import annotations

from typing import Any

from tests.kit.story import Story

PAYLOAD = "{ decisionId previewId customers { number name recordIds } overruled userErrors { code message } }"
UNDO = f"mutation($id: ID!, $s: Signature!) {{ decisionUndo(id: $id, signature: $s) {PAYLOAD} }}"
QUEUE = """{ reviewQueue { edges { node { id rule detail claimedBy claimedUntil
  customers { number name records } } } } }"""
WHY = {"reason": "the guest said so at the desk"}


async def decide(story: Story, call: str, **signature: Any) -> dict[str, Any]:
    """The payload of a mutation without errors."""
    [(_, found)] = (await told(story, call, **signature)).items()
    assert found["userErrors"] == []
    return found


async def told(story: Story, call: str, **signature: Any) -> dict[str, Any]:
    head, _, tail = call.partition("(")
    return await story.ask(f"mutation($s: Signature!) {{ {head}(signature: $s, {tail} {PAYLOAD} }}", s=WHY | signature)


async def refusal(story: Story, call: str, **signature: Any) -> str:
    [(_, found)] = (await told(story, call, **signature)).items()
    assert found["decisionId"] is None
    return found["userErrors"][0]["message"]


async def undo(story: Story, payload: dict[str, Any]) -> dict[str, Any]:
    found = (await story.ask(UNDO, id=payload["decisionId"], s=WHY))["decisionUndo"]
    assert found["userErrors"] == []
    return found
