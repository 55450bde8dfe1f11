"""A real Chromium whose only way out of this machine is a proxy that refuses, and notes the hosts it was asked for."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, async_playwright

from tests.peers import node

_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True, slots=True)
class Chromium:
    """`asked`: the foreign hosts that any of its pages asked for, as `host:port`."""

    browser: Browser
    asked: list[str] = field(default_factory=list[str])


@asynccontextmanager
async def chromium() -> AsyncGenerator[Chromium]:
    """A Chromium of the system where there is one (`REGULARS_CHROMIUM` names it), or that of the locked packages."""
    asked: list[str] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            asked.append(line.split()[1].decode() if line.split()[1:] else "?")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        finally:  # a browser opens connections that it may never use
            writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    executable = os.environ.get("REGULARS_CHROMIUM") or shutil.which("chromium") or node.run("chromium.mjs")["path"]
    async with proxy, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=_OPTIONS,
            proxy={"server": f"http://127.0.0.1:{port}", "bypass": "127.0.0.1,localhost"},
        )
        yield Chromium(browser, asked)
        await browser.close()
