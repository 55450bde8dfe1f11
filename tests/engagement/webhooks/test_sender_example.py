"""The receiver that docs/webhooks.md shows takes what the service sends, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from standardwebhooks import WebhookVerificationError

from engagement.webhooks.receiver import Receiver, Secret
from engagement.webhooks.sender import message_id, signed_headers
from tests.lint.project import ROOT

[EXAMPLE] = re.findall(r"```python\n(.+?)```", (ROOT / "docs" / "webhooks.md").read_text("utf-8"), re.DOTALL)


async def test_the_example_takes_a_signed_event_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret.new()
    monkeypatch.setenv("WEBHOOK_SECRET", secret.text)
    names: dict[str, Any] = {}
    exec(EXAMPLE, names)
    body = orjson.dumps({"id": "e"}).decode()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(names["app"]), base_url="http://crm.example") as client:

        async def send(known: Secret) -> int:
            receiver = Receiver("w", "https://crm.example/hooks/regulars", [known])
            headers = signed_headers(receiver, message_id("e"), body, datetime.now(UTC))
            return (await client.post("/hooks/regulars", content=body, headers=headers)).status_code

        assert await send(secret) == 204
        with pytest.raises(WebhookVerificationError):
            await send(Secret.new())
    assert names["seen"] == {"e"}
