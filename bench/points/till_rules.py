"""The programme of a simulated day of tills."""

from __future__ import annotations

import httpx

RULES = """\
points_per_unit: {default: 1}
points_expire_after_months: 24
tiers:
  - {name: member, from: 0}
  - {name: silver, from: 500}
  - {name: gold, from: 1500}
  - {name: vip, from: 4000}
offline: {points: 120, hours: 48}
bonuses:
  - {id: welcome, name: First visit, points: 50, first: group}
  - {id: faithful, name: Each third order, points: 20, every: {orders: 3}}
rewards:
  - {id: coffee, name: Free coffee, kind: product, price: 40, value: 3.50 USD}
  - {id: dessert, name: Free dessert, kind: product, price: 90, value: 8.00 USD, stock: 200}
  - {id: tenth, name: A tenth off, kind: discount, price: 60, discount: {percent: 10}}
"""
PRICES = {"coffee": 40, "dessert": 90}
"""Prices of the rewards that simulated tills use."""


async def publish_rules(url: str, key: str) -> None:
    """Publishes rules with bonuses and rewards from long ago: for a store without orders. Raises HTTPError."""
    save = "mutation($rules: String!) { done: loyaltyProgrammeDraftSave(rules: $rules) { draft { id } } }"
    publish = (
        'mutation($id: ID!) { done: loyaltyProgrammePublish(draft: $id, starts: "2000-01-01T00:00:00Z") '
        "{ programme { version } userErrors { message } } }"
    )
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        answer = await client.post("/graphql", json={"query": save, "variables": {"rules": RULES}})
        draft = answer.raise_for_status().json()["data"]["done"]["draft"]["id"]
        answer = await client.post("/graphql", json={"query": publish, "variables": {"id": draft}})
        answer.raise_for_status()
