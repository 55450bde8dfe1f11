"""The GraphQL over HTTP specification, by the audits of the package `graphql-http`, over real HTTP."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette

from api.auth.authenticate import authenticator
from api.graphql.endpoint import graphql_routes
from domain.settings import Settings
from tests.api.serving import KEY, NoStore, served
from tests.kit.building import parts_of
from tests.peers import node

AUDITS = 61


async def test_every_audit_is_ok() -> None:
    settings = Settings(environment="development")  # pyright: ignore[reportCallIssue]
    app = Starlette(routes=graphql_routes(settings, parts_of(NoStore()), authenticator(KEY)))
    async with served(app) as url:
        results = await asyncio.to_thread(node.run, "audits.mjs", f"{url}/graphql", KEY)
    assert len({audit["id"] for audit in results}) == AUDITS
    assert [audit for audit in results if audit["status"] != "ok"] == []
