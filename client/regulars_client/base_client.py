"""How the generated client reaches the service: one key, one envelope of errors, event streams for subscriptions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic_core import to_jsonable_python

from .base_model import UNSET, BaseModel

ACCEPT = "application/graphql-response+json, application/json"


class RegularsError(Exception):
    """What the service refused. `code` is stable (docs/graphql.md, Errors); `errors` are all of the answer's.

    `data` is what came all the same; `retry_after` are the seconds to wait where the service asks for that.
    """

    def __init__(self, errors: list[dict[str, Any]], data: Any = None, retry_after: int | None = None) -> None:
        first = errors[0] if errors else {}
        self.message: str = first.get("message", "The answer is none of the service.")
        self.code: str = first.get("extensions", {}).get("code", "INTERNAL")
        self.errors, self.data, self.retry_after = errors, data, retry_after
        super().__init__(f"{self.code}: {self.message}")


class BaseClient:
    """One caller's connection. `url` is the address of `/graphql`; `purpose` goes into the audit log."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        purpose: str | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {key}", "Accept": ACCEPT, "Content-Type": "application/json"}
        if purpose is not None:
            self.headers["X-Purpose"] = purpose
        self.http_client = http_client or httpx.AsyncClient(timeout=70)  # the service itself ends a request at 60 s

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http_client.aclose()

    async def execute(
        self, query: str, operation_name: str | None = None, variables: Mapping[str, Any] | None = None, **options: Any
    ) -> httpx.Response:
        """The answer of a query or mutation."""
        content = _content(query, operation_name, variables)
        return await self.http_client.post(self.url, content=content, headers=self.headers, **options)

    def get_data(self, response: httpx.Response) -> dict[str, Any]:
        """The data of an answer. Raises RegularsError."""
        try:
            answer = response.json()
        except ValueError:
            answer = None
        return _data(answer, response.headers.get("Retry-After"))

    async def execute_ws(
        self, query: str, operation_name: str | None = None, variables: Mapping[str, Any] | None = None, **options: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Each answer of a subscription until it ends. An event stream, which needs no other package.

        Raises RegularsError, and httpx.TransportError where the connection ends: subscribe again with the last cursor.
        """
        headers = self.headers | {"Accept": "text/event-stream"}
        content = _content(query, operation_name, variables)
        timeout = httpx.Timeout(20, read=45)  # a silent service still sends a comment each 15 s
        async with self.http_client.stream(
            "POST", self.url, content=content, headers=headers, timeout=timeout, **options
        ) as response:
            if response.headers.get("Content-Type", "").partition(";")[0] != "text/event-stream":
                await response.aread()
                self.get_data(response)
                return
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    yield _data(json.loads(line.removeprefix("data: ")))
                elif line == "event: complete":
                    return


def _content(query: str, operation_name: str | None, variables: Mapping[str, Any] | None) -> bytes:
    given = {name: value for name, value in (variables or {}).items() if value is not UNSET}
    content = {"query": query, "operationName": operation_name, "variables": given}
    return json.dumps(content, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):  # what was never set is left out: null would say something
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return to_jsonable_python(value)


def _data(answer: Any, retry_after: str | None = None) -> dict[str, Any]:
    errors: list[dict[str, Any]] = answer.get("errors") or [] if isinstance(answer, dict) else []
    data: Any = answer.get("data") if isinstance(answer, dict) else None
    if errors or not isinstance(data, dict):
        raise RegularsError(errors, data, int(retry_after) if retry_after and retry_after.isdigit() else None)
    return data
