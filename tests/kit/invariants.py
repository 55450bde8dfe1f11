"""What holds in every store at every moment between two commits. Each query gives a row per violation."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from domain.stats import Stats
from graph.store.database import Database
from identity import blocking_tokens
from identity.record_state import RecordState
from loyalty.ledger.ledger import Account
from matching.policy import default
from matching.scoring.zones import alike
from privacy.vault import Vault
from tests.kit.snapshot import Snapshot, balances, snapshot

_FORBIDDEN = {
    "a record has exactly one customer": """
        MATCH (r:SourceRecord) WHERE count { (r)-[:RESOLVED_TO]->() } <> 1 RETURN r.key AS culprit""",
    "a record stands in a component that exists": """
        MATCH (r:SourceRecord) WHERE NOT EXISTS { MATCH (k:Component {id: coalesce(r.component, '')}) }
        RETURN r.key AS culprit""",
    "a component has records": """
        MATCH (k:Component) WHERE NOT EXISTS { MATCH (:SourceRecord {component: k.id}) } RETURN k.id AS culprit""",
    "the records of a linking identifier are in one component": """
        MATCH (i:Identifier)<-[:HAS_IDENTIFIER]-(r) WHERE NOT i.shared AND NOT i.blocked AND i.type IN $linking
        WITH i, count(DISTINCT r.component) AS n WHERE n > 1 RETURN i.key AS culprit""",
    "a customer's records are in one component": """
        MATCH (c:Customer)<-[:RESOLVED_TO]-(r) WITH c, count(DISTINCT r.component) AS n WHERE n > 1
        RETURN c.number AS culprit""",
    "a retired customer has no records": """
        MATCH (c:Customer {status: 'retired'})<-[:RESOLVED_TO]-() RETURN c.number AS culprit""",
    "an active customer has as many records as it says": """
        MATCH (c:Customer {status: 'active'}) WITH c, count { (c)<-[:RESOLVED_TO]-() } AS n
        WHERE n = 0 OR n <> c.records RETURN c.number AS culprit""",
    "a retired customer answers through exactly one active one": """
        MATCH (c:Customer {status: 'retired'})
        WITH c, COLLECT {
          MATCH (c)-[:MERGED_INTO]->*(e:Customer) WHERE NOT (e)-[:MERGED_INTO]->() RETURN e.status
        } AS ends
        WHERE ends <> ['active'] RETURN c.number AS culprit""",
    "an active customer answers for itself": """
        MATCH (c:Customer {status: 'active'})-[:MERGED_INTO]->() RETURN c.number AS culprit""",
    "who is kept apart is two active customers of one component": """
        MATCH (a:Customer)-[:KEPT_APART]->(b:Customer)
        WHERE a = b OR NOT EXISTS {
          MATCH (a)<-[:RESOLVED_TO]-(r:SourceRecord), (b)<-[:RESOLVED_TO]-(s:SourceRecord)
          WHERE r.component = s.component
        } RETURN a.number AS culprit""",
    "a transaction has one owner, store and status": """
        MATCH (t:Transaction)
        WHERE count { (t)<-[:MADE]-() } > 1 OR count { (t)-[:AT]->() } > 1
          OR (t.status <> 'unknown' AND count { (t)-[:AT]->() } <> 1)
        RETURN t.key AS culprit""",
    "a store has one brand at most, by its reference data": """
        MATCH (s:Store) WHERE count { (s)-[:OF]->() } <> CASE WHEN s.clock IS NULL THEN 0 ELSE 1 END
        RETURN s.id AS culprit""",
    "the brand of an order is known": """
        MATCH (t:Transaction) WHERE t.brand IS NOT NULL AND NOT EXISTS { MATCH (:Brand {id: t.brand}) }
        RETURN t.key AS culprit""",
    "an event has one sender at most": """
        MATCH (e:Event) WHERE count { (e)<-[:SENT]-() } > 1 RETURN e.key AS culprit""",
    "a record carries an identifier once": """
        MATCH (r:SourceRecord)-[h:HAS_IDENTIFIER]->(i) WITH r, i, count(h) AS n WHERE n > 1 RETURN r.key AS culprit""",
    "an identifier that nobody has any more is not shared": """
        MATCH (i:Identifier) WHERE i.shared AND NOT EXISTS { (i)<-[:HAS_IDENTIFIER]-() } RETURN i.key AS culprit""",
    "a token is hot while too many records carry it, and somebody carries it": """
        MATCH (m:MatchKey) WITH m, count { (m)<-[:HAS_MATCH_KEY]-() } AS n
        WHERE n = 0 OR m.hot <> (n > $most) RETURN m.key AS culprit""",
    "a record carries a token once": """
        MATCH (r:SourceRecord)-[h:HAS_MATCH_KEY]->(m) WITH r, m, count(h) AS n WHERE n > 1 RETURN r.key AS culprit""",
    "an entry is booked on one record and is for one thing at most": """
        MATCH (l:LedgerEntry) WHERE count { (l)<-[:BOOKED]-() } <> 1 OR count { (l)-[:FOR]->() } > 1
        RETURN l.key AS culprit""",
    "what the release before reads of the ledger is what this one reads": """
        MATCH (l:LedgerEntry)
        WHERE
          l.account IS NULL AND
          COLLECT { MATCH (l)-[:FOR]->(t:Transaction) RETURN t.key } <>
          COLLECT { MATCH (l)<-[:EARNED]-(t) RETURN t.key }
        RETURN l.key AS culprit""",
    "a lock leaves nothing behind": """
        MATCH (n) WHERE n._lock IS NOT NULL AND NOT n:Migrations RETURN labels(n)[0] AS culprit""",
}


async def invariants(database: Database, vault: Vault) -> Snapshot:
    """Fails with the names of all that are broken; gives the snapshot it read for them."""
    linking = [policy.type for policy in default().values() if policy.links]
    broken = {
        name: [row["culprit"] for row in rows][:5]
        for name, query in _FORBIDDEN.items()
        if (
            rows := await database.read_text(
                query, operation="invariant", linking=linking, most=blocking_tokens.MAX_CARRIERS
            )
        )
    }
    assert not broken, broken
    await _alike_are_together(database, vault)
    found = await snapshot(database, vault)
    _sums_add_up(found)
    return found


async def _alike_are_together(database: Database, vault: Vault) -> None:
    [known] = await database.read_text("MATCH (k:Component) RETURN collect(k.id) AS ids", operation="invariant")
    [answer] = await database.read("identity/read_records", batch={"records": [], "components": known["ids"]})
    states = {row["key"]: RecordState.from_row(row, vault) for row in answer["states"]}
    for one, other in alike([state.evidence() for state in states.values()], default().model):
        assert states[one].component == states[other].component, "who is alike is in one component"


def _sums_add_up(found: Snapshot) -> None:
    records, people = found["records"], found["people"]
    assert sorted(key for members in people for key in members) == sorted(records), "people are a partition of records"
    ledger = balances(found)
    for members, person in people.items():
        stats = Stats.total(Stats.from_json(records[key]["props"]["stats"]) for key in members)
        assert person["stats"] == stats.to_json(), "a customer's stats are the sum of its records'"
        assert person["points"] == ledger[members] == stats.unspent, "a balance is the sum of the ledger"
        assert person["visits"] == stats.visits
        assert person["spendMinor"] == stats.spend.get(person["currency"], 0)
    for record in records.values():
        stats, booked = Stats.from_json(record["props"]["stats"]), record["booked"]
        lots, earned = Counter[str](), Counter[str]()
        for (lot, account), points in booked.items():
            lots[lot] += points
            if account is None:
                earned[lot.partition("|")[0]] += points
        held = -sum(points for (_, account), points in booked.items() if account == Account.HELD)
        assert stats.lots == {lot: points for lot, points in lots.items() if points}, "a lot is the sum of its entries"
        assert sum(stats.holds.values()) == held, "what is held is the sum of its entries"
        assert {brand: tally.points for brand, tally in stats.brands.items() if tally.points} == {
            brand: points for brand, points in earned.items() if points
        }, "a record's points are the sum of its entries, for every brand"
    for key, stats in _stats_of_transactions(found).items():
        said = Stats.from_json(records[key]["props"]["stats"])
        spans = {brand: (tally.first, tally.last) for brand, tally in said.brands.items()} | {
            None: (said.first, said.last)
        }
        assert spans == _spans(found, key), "first and last visits are those of the completed transactions"
        assert (said.visits, said.points, said.spend, said.channels) == stats, "stats follow from the transactions"


def _spans(found: Snapshot, key: str) -> dict[str | None, tuple[str | None, str | None]]:
    """First and last completed transaction of a record, by brand and in all (None)."""
    times: dict[str | None, list[str]] = {None: []}
    for transaction in found["transactions"].values():
        props = transaction["props"]
        if key in transaction["owners"] and props["status"] in ("completed", "refunded"):
            at = f"{datetime.fromisoformat(props['at']).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
            times[None].append(at)
            times.setdefault(props["brand"], []).append(at)
    return {brand: (min(of, default=None), max(of, default=None)) for brand, of in times.items()}


def _stats_of_transactions(found: Snapshot) -> dict[str, tuple[int, int, dict[str, int], dict[str, int]]]:
    visits, points = Counter[str](), Counter[str]()
    spend: dict[str, Counter[str]] = {key: Counter() for key in found["records"]}
    channels: dict[str, Counter[str]] = {key: Counter() for key in found["records"]}
    for transaction in found["transactions"].values():
        props: dict[str, Any] = transaction["props"]
        assert props.get("points", 0) == transaction["ledger"], "a transaction's points are the sum of its ledger"
        for owner in transaction["owners"]:
            if props["status"] in ("completed", "refunded"):
                visits[owner] += 1
                points[owner] += props["points"]
                spend[owner][props["currency"]] += props["totalMinor"] - props["refundedMinor"]
                channels[owner][props["channel"]] += 1
    return {
        key: (visits[key], points[key], {c: m for c, m in spend[key].items() if m}, dict(channels[key]))
        for key in found["records"]
    }
