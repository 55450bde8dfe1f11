"""Sends one event to one receiver, signed by the Standard Webhooks specification, and says what came of it.

Of the answer only the status counts. Its body may hold anything: it is read up to a limit, and goes nowhere.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import httpx
import orjson
from standardwebhooks import Webhook

from engagement.webhooks.public_address import NotPublic, address_of
from engagement.webhooks.receiver import Receiver

ANSWER_WITHIN_S = 15.0
"""Seconds until a receiver's answer has arrived."""
MAX_ANSWER = 64 * 1024
"""Bytes of a receiver's answer that are read; its connection is closed behind them."""
_REFUSES = frozenset((400, 413, 415, 422))
_GONE = 410


class DeliveryOutcome(StrEnum):
    """What came of a delivery."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """REFUSED: the receiver does not want this event; GONE: it wants none any more; FAILED: it may take it later. `why`
    is for people: a status or a kind of failure, and nothing that the receiver wrote."""

    outcome: DeliveryOutcome
    why: str


def message_id(event: str) -> str:
    """The `webhook-id` of an event: always the same for it, and safe in a header and in what is signed."""
    return f"evt_{sha256(event.encode()).hexdigest()[:32]}"


def signed_headers(receiver: Receiver, id_: str, body: str, now: datetime) -> dict[str, str]:
    """The headers by which the receiver knows the sender: a signature for each secret that is live."""
    signatures = [Webhook(secret).sign(id_, now, body) for secret in receiver.live_secrets(now)]
    return {
        "content-type": "application/cloudevents+json",
        "user-agent": "Regulars-Webhooks/1",
        "webhook-id": id_,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@dataclass(slots=True)
class EventSender:
    """Sends to one receiver over a client of its own: a kept connection must not serve another host of that address.
    `anywhere`: also to addresses that are not public, for development."""

    client: httpx.AsyncClient
    anywhere: bool

    async def send(self, receiver: Receiver, event: dict[str, Any]) -> Answer:
        """Sends an event (as `cloud_event` gives it) once."""
        body = orjson.dumps(event).decode()
        headers = signed_headers(receiver, message_id(event["id"]), body, datetime.now(UTC))
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return _judged(await self._post(httpx.URL(receiver.url), headers, body))
        except NotPublic:
            return Answer(DeliveryOutcome.FAILED, "the address is not public")
        except TimeoutError:
            return Answer(DeliveryOutcome.FAILED, f"no answer within {ANSWER_WITHIN_S:.0f} s")
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return Answer(DeliveryOutcome.FAILED, f"no connection ({type(error).__name__})")

    async def _post(self, url: httpx.URL, headers: dict[str, str], body: str) -> int:
        address = await address_of(url.host, url.port or (443 if url.scheme == "https" else 80), anywhere=self.anywhere)
        # To the address that was checked, in the name of the host: for TLS, and for the receiver's own proxy.
        request = self.client.build_request(
            "POST",
            url.copy_with(host=address),
            headers=headers | {"host": url.netloc.decode("ascii")},
            content=body,
            extensions={"sni_hostname": url.host},
        )
        answer = await self.client.send(request, stream=True)
        try:
            size = 0
            async for chunk in answer.aiter_raw():
                size += len(chunk)
                if size > MAX_ANSWER:
                    break
            return answer.status_code
        finally:
            await answer.aclose()


@asynccontextmanager
async def opened_sender(tls: ssl.SSLContext, *, anywhere: bool) -> AsyncGenerator[EventSender]:
    """A sender for one receiver, closed at the end. It obeys no proxy of the environment and follows no redirect."""
    async with httpx.AsyncClient(
        verify=tls, trust_env=False, follow_redirects=False, timeout=ANSWER_WITHIN_S
    ) as client:
        yield EventSender(client, anywhere)


def _judged(status: int) -> Answer:
    why = f"status {status}"
    if 200 <= status < 300:
        return Answer(DeliveryOutcome.DELIVERED, why)
    if status == _GONE:
        return Answer(DeliveryOutcome.GONE, why)
    return Answer(DeliveryOutcome.REFUSED if status in _REFUSES else DeliveryOutcome.FAILED, why)
