"""One event sent to a real server: signed so that the specification's own verifier says yes, and bounded."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks import Webhook, WebhookVerificationError

from domain.feed_event import FeedEvent, cloud_event
from engagement.webhooks.receiver import Receiver, Secret
from engagement.webhooks.sender import DeliveryOutcome, EventSender, message_id, opened_sender, signed_headers
from tests.kit.hook_receiver import Hooks, hook_receiver
from tests.kit.ports import free_ports

EVENT = cloud_event(FeedEvent("till|a.b:c", "points.earned", "2026-04-01T00:00:00+02:00", {"points": 5}), "CUST-1")


@pytest.fixture(scope="module")
def hooks() -> Iterator[Hooks]:
    with hook_receiver() as hooks:
        yield hooks


@pytest_asyncio.fixture(loop_scope="session")
async def sender() -> AsyncGenerator[EventSender]:
    async with opened_sender(ssl.create_default_context(), anywhere=True) as sender:
        yield sender


def receiver(url: str, *secrets: Secret) -> Receiver:
    return Receiver("w", url, secrets or (Secret.new(),))


async def test_what_arrives_is_signed_and_a_cloud_event(hooks: Hooks, sender: EventSender) -> None:
    one = receiver(hooks.url)
    answer = await sender.send(one, EVENT)
    assert (answer.outcome, answer.why) == (DeliveryOutcome.DELIVERED, "status 204")
    headers, body = hooks.requests[-1]
    assert Webhook(one.secrets[0].text).verify(body, headers) == EVENT
    with pytest.raises(WebhookVerificationError):
        Webhook(Secret.new().text).verify(body, headers)
    assert headers["host"] == f"localhost:{hooks.port}"
    assert (headers["content-type"], headers["webhook-id"]) == ("application/cloudevents+json", message_id(EVENT["id"]))
    read = JSONFormat().read(CloudEvent, body)
    assert (read.get_id(), read.get_type(), read.get_subject(), read.get_source()) == (
        EVENT["id"], "points.earned", "CUST-1", "/regulars",
    )  # fmt: skip
    assert read.get_time() == datetime.fromisoformat(EVENT["time"])
    assert read.get_data() == {"points": 5}


async def test_while_a_secret_is_replaced_both_are_right(hooks: Hooks, sender: EventSender) -> None:
    one = receiver(hooks.url)
    rotated = receiver(hooks.url, *one.rotated(datetime.now(UTC), timedelta(hours=1)))
    await sender.send(rotated, EVENT)
    headers, body = hooks.requests[-1]
    for secret in (one.secrets[0], rotated.secrets[0]):
        assert Webhook(secret.text).verify(body, headers) == EVENT


def test_an_id_is_the_same_each_time_and_safe_to_sign() -> None:
    assert message_id("a") == message_id("a") != message_id("b")
    headers = signed_headers(receiver("https://x.example"), message_id("a.b"), "{}", datetime(2026, 4, 1, tzinfo=UTC))
    assert "." not in headers["webhook-id"]
    assert headers["webhook-timestamp"] == "1775001600"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((200, "delivered"), (302, "failed"), (404, "failed"), (503, "failed")),
        *((400, "refused"), (422, "refused"), (410, "gone")),
    ],
)  # fmt: skip
async def test_the_status_decides_and_a_redirect_leads_nowhere(
    hooks: Hooks, sender: EventSender, status: int, outcome: str
) -> None:
    before, hooks.answer = len(hooks.requests), lambda _: status
    answer = await sender.send(receiver(hooks.url), EVENT)
    hooks.answer = lambda _: 204
    assert (answer.outcome.value, answer.why) == (outcome, f"status {status}")
    assert len(hooks.requests) == before + 1


async def test_who_does_not_answer_has_failed(sender: EventSender) -> None:
    answer = await sender.send(receiver(f"http://localhost:{free_ports()}/hooks"), EVENT)
    assert (answer.outcome, answer.why) == (DeliveryOutcome.FAILED, "no connection (ConnectError)")
    answer = await sender.send(receiver("https://nobody.invalid/hooks"), EVENT)
    assert answer.outcome is DeliveryOutcome.FAILED


async def test_outside_development_this_machine_is_no_receiver(hooks: Hooks) -> None:
    before = len(hooks.requests)
    async with opened_sender(ssl.create_default_context(), anywhere=False) as sender:
        answer = await sender.send(receiver(hooks.url), EVENT)
    assert (answer.outcome, answer.why) == (DeliveryOutcome.FAILED, "the address is not public")
    assert len(hooks.requests) == before


async def test_the_address_that_was_checked_is_the_one_that_is_asked(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def resolved(host: str, port: int, *, anywhere: bool) -> str:
        asked.append(host)
        return "127.0.0.1"

    monkeypatch.setattr("engagement.webhooks.sender.address_of", resolved)
    async with opened_sender(ssl.create_default_context(), anywhere=False) as sender:
        answer = await sender.send(receiver(f"http://hooks.invalid:{hooks.port}/hooks"), EVENT)
    assert answer.outcome is DeliveryOutcome.DELIVERED
    assert (asked, hooks.requests[-1][0]["host"]) == (["hooks.invalid"], f"hooks.invalid:{hooks.port}")
