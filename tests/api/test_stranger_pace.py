"""Whose failed requests wait, and how long."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.stranger_pace import MAX_WAIT_S, StrangerPace
from domain.errors import Unavailable
from tests.api.serving import KEY, SlowStore, service

QUICK = 0.0001
NOBODY_ASKS_WHO = ("/nowhere", "/metrics")
"""At no address, or with a method that the address does not have."""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_few_failures_do_not_wait() -> None:
    pace = StrangerPace(Clock())
    assert [pace.wait_s(QUICK) for _ in range(40)] == [0.0] * 40


def test_more_of_them_wait_until_fifty_a_second_are_answered() -> None:
    clock, answered = Clock(), 0
    pace = StrangerPace(clock)
    # Each of six senders waits for its answer before it sends again.
    free = [clock.now] * 6
    while min(free) < 160.0:
        sender = free.index(min(free))
        clock.now = free[sender]
        free[sender] += pace.wait_s(QUICK) + QUICK
        answered += 1
    assert answered <= 50 * 60 + 100


def test_what_costs_more_waits_longer() -> None:
    cheap, dear = StrangerPace(Clock()), StrangerPace(Clock())
    assert [cheap.wait_s(QUICK) for _ in range(10)][-1] == 0.0
    assert [dear.wait_s(0.05) for _ in range(10)][-1] == MAX_WAIT_S


def test_the_account_runs_down() -> None:
    clock = Clock()
    pace = StrangerPace(clock)
    for _ in range(1_000):
        pace.wait_s(QUICK)
    clock.now += 60.0
    assert pace.wait_s(QUICK) == 0.0


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1_000)), max_size=50))
def test_a_wait_is_bounded(requests: list[tuple[float, float]]) -> None:
    clock = Clock()
    pace = StrangerPace(clock)
    for took, later in requests:
        clock.now += later
        assert 0.0 <= pace.wait_s(took) <= MAX_WAIT_S


def noted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each request that is counted from now on; none waits."""
    counted = list[float]()

    def count(_: StrangerPace, took: float) -> float:
        counted.append(took)
        return 0.0

    monkeypatch.setattr(StrangerPace, "wait_s", count)
    return counted


async def test_a_fault_of_the_service_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise Unavailable("The store is away.")

    counted = noted(monkeypatch)
    store = SlowStore()
    monkeypatch.setattr(store, "read", fails)
    async with service(store) as client:
        answer = await client.get("/health/ready", headers={"x-api-key": ""})
    assert (answer.status_code, counted) == (503, [])


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/graphql", b"{", {}),
        ("/v1/events", b"{", {}),
        ("/v1/batch", b"{", {}),
        ("/metrics", b"", {}),
        ("/nowhere", b"", {}),
        ("/graphql", b"{", {"authorization": "Bearer wrong"}),
    ],
)
async def test_only_failures_of_strangers_are_counted(
    monkeypatch: pytest.MonkeyPatch, path: str, body: bytes, headers: dict[str, str]
) -> None:
    counted = noted(monkeypatch)
    async with service(SlowStore()) as client:
        del client.headers["x-api-key"]
        answer = await client.post(path, content=body, headers=headers)
        assert answer.status_code >= 400
        assert len(counted) == 1
        known = {"authorization": f"Basic {b64encode(f'{KEY}:'.encode()).decode()}"} if path == "/v1/batch" else {}
        await client.post(path, content=body, headers={"x-api-key": KEY} | known)
        assert len(counted) == (2 if path in NOBODY_ASKS_WHO else 1)
