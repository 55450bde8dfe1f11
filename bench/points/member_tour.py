"""One guest's way through the loyalty programme, over GraphQL: the guest joins, gets a card and points, asks what a
basket costs, and gives points to a friend."""

from __future__ import annotations

from typing import Any

import httpx

_JOIN = """mutation($email: String!, $name: String!, $store: String!, $id: ID!) {
  done: memberEnrol(email: $email, givenName: $name, familyName: "Demo", store: $store, channel: IN_STORE,
                    requestId: $id) { customerNumber userErrors { message } } }"""
_CARD = """mutation($guest: CustomerBy!, $id: ID!) {
  done: cardIssue(customer: $guest, requestId: $id) { userErrors { message } } }"""
_GRANT = """mutation($guest: CustomerBy!, $points: Int!, $brand: String!, $id: ID!) {
  done: pointsGrant(customer: $guest, points: $points, brand: $brand, reason: CAMPAIGN, requestId: $id) {
    userErrors { message } } }"""
_GIVE = """mutation($guest: CustomerBy!, $to: CustomerBy!, $points: Int!, $brand: String!, $id: ID!) {
  done: pointsTransfer(customer: $guest, to: $to, points: $points, brand: $brand, requestId: $id) {
    userErrors { message } } }"""
_GUEST = """query($guest: CustomerBy!, $basket: BasketInput!, $rewards: [WantedRewardInput!]!) {
  done: customer(by: $guest) {
  basket(basket: $basket, rewards: $rewards) { subtotal { amount } total { amount } pointsUsed }
  cards { display } loyaltyMembership { store }
  loyaltyTier { name next { name missing { spend { amount } } } } loyaltyBalance { points } } }"""
GRANTED, GIVEN = 300, 100
"""Points that the guest gets, and gives away."""
_LINES = (
    {"product": "cake", "unitPrice": "4.99", "quantity": "2", "category": "bakery"},
    {"product": "latte", "unitPrice": "3.50"},
)


async def tour(url: str, key: str, store: str, brand: str, reward: str) -> dict[str, Any]:
    """What the guest has in the end, and what the basket costs with this reward. A further run finds the same guest,
    and changes nothing. Raises HTTPError, and RuntimeError where the service refuses something."""
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:

        async def ask(document: str, **variables: Any) -> Any:
            answer = await client.post("/graphql", json={"query": document, "variables": variables})
            found = answer.raise_for_status().json()
            done = (found.get("data") or {}).get("done")
            if found.get("errors") or not done or done.get("userErrors"):
                raise RuntimeError("The service refused a step of the tour.")
            return done

        async def join(name: str) -> dict[str, str]:
            email = f"{name.lower()}@tour.example"
            done = await ask(_JOIN, email=email, name=name, store=store, id=f"tour-join-{name}")
            return {"customerNumber": done["customerNumber"]}

        guest, friend = await join("Dora"), await join("Emil")
        await ask(_CARD, guest=guest, id="tour-card")
        await ask(_GRANT, guest=guest, points=GRANTED, brand=brand, id="tour-grant")
        await ask(_GIVE, guest=guest, to=friend, points=GIVEN, brand=brand, id="tour-give")
        basket = {"store": store, "brand": brand, "lines": list(_LINES)}
        return await ask(_GUEST, guest=guest, basket=basket, rewards=[{"reward": reward}])
