"""Everything the store says that must not depend on how the events arrived, as one comparable value."""

from __future__ import annotations

from typing import Any

import orjson

from graph.store.database import Database
from privacy.vault import Vault

Snapshot = dict[str, Any]
_FEED = ("segments", "segmentsDue", "segmentsPending", "bonusesPending", "tierBefore", "expiryNoticed")
"""What others have heard of a customer."""


async def snapshot(database: Database, vault: Vault) -> Snapshot:
    """The store's content, opened and named by keys: customers by their records, components likewise.

    Left out is what records history and not state: numbers, times of writing, the ledger's single entries (their sum is
    in), how many people used an identifier when it turned out to be shared, and whether a blocked one would be shared
    besides: that is found out when it links again.
    """
    members = await _members(database)
    return {
        "records": await _records(database, vault),
        "people": await _people(database, vault, members),
        "components": await _components(database),
        "identifiers": await _identifiers(database, vault),
        "match keys": await _match_keys(database),
        "kept apart": await _kept_apart(database, members),
        "transactions": await _transactions(database),
        "events": await _events(database, vault),
        "reference": await _reference(database),
    }


async def _members(database: Database) -> dict[str, frozenset[str]]:
    rows = await database.read_text(
        "MATCH (c:Customer)<-[:RESOLVED_TO]-(r:SourceRecord) RETURN c.number AS number, collect(r.key) AS keys",
        operation="snapshot",
    )
    return {row["number"]: frozenset(row["keys"]) for row in rows}


async def _records(database: Database, vault: Vault) -> Snapshot:
    rows = await database.read_text(
        """
        MATCH (r:SourceRecord)
        RETURN
          r.key AS key, r {.*, .key, firstSeen: toString(r.firstSeen), lastSeen: toString(r.lastSeen)} AS props,
          COLLECT {
            MATCH (r)-[h:HAS_IDENTIFIER]->(i)
            RETURN [i.key, toString(h.firstSeen), toString(h.lastSeen)] ORDER BY i.key
          } AS identifiers,
          COLLECT { MATCH (r)-[:HAS_MATCH_KEY]->(m) RETURN m.key ORDER BY m.key } AS match_keys,
          head([(r)-[now:RESOLVED_TO]->() | [now.rule, now.via]]) AS reason,
          COLLECT {
            MATCH (r)-[:BOOKED]->(l:LedgerEntry)
            WITH l.brand + '|' + coalesce(toString(l.expires), '') AS lot, l.account AS account, sum(l.points) AS points
            WHERE points <> 0
            RETURN [lot, account, points] ORDER BY lot, account
          } AS booked
        """,
        operation="snapshot",
    )
    return {
        row["key"]: {
            "props": _without(row["props"], "createdAt", "component", "sealed", "ownNumber"),
            "sealed": vault.open(row["key"], row["props"]["sealed"]),
            "identifiers": row["identifiers"],
            "match keys": row["match_keys"],
            "booked": {(lot, account): points for lot, account, points in row["booked"]},
            "reason": row["reason"],
        }
        for row in rows
    }


async def _people(database: Database, vault: Vault, members: dict[str, frozenset[str]]) -> Snapshot:
    rows = await database.read_text(
        """
        MATCH (c:Customer {status: 'active'})
        RETURN c {
          .*, joinedAt: toString(c.joinedAt),
          firstVisitAt: toString(c.firstVisitAt), lastVisitAt: toString(c.lastVisitAt)
        } AS props
        """,
        operation="snapshot",
    )
    return {
        members.get(props["number"], frozenset()): _without(props, "number", "createdAt", "sealed", *_FEED)
        | {"golden": vault.open(props["number"], props["sealed"])}
        for props in (row["props"] for row in rows)
    }


async def _components(database: Database) -> set[frozenset[str]]:
    rows = await database.read_text(
        "MATCH (r:SourceRecord) RETURN r.component AS component, collect(r.key) AS keys", operation="snapshot"
    )
    return {frozenset(row["keys"]) for row in rows}


async def _identifiers(database: Database, vault: Vault) -> Snapshot:
    rows = await database.read_text(
        "MATCH (i:Identifier) "
        "RETURN i.key AS key, labels(i) AS labels, i {.*, firstSeen: toString(i.firstSeen)} AS props",
        operation="snapshot",
    )
    return {
        row["key"]: _without(row["props"], "people", "sealed", *(["shared"] if row["props"]["blocked"] else []))
        | {"value": vault.open(row["key"], row["props"]["sealed"]), "labels": sorted(row["labels"])}
        for row in rows
    }


async def _match_keys(database: Database) -> Snapshot:
    rows = await database.read_text("MATCH (m:MatchKey) RETURN m {.*} AS props", operation="snapshot")
    return {row["props"]["key"]: row["props"] for row in rows}


async def _kept_apart(database: Database, members: dict[str, frozenset[str]]) -> set[Any]:
    rows = await database.read_text(
        "MATCH (a:Customer)-[k:KEPT_APART]->(b:Customer) RETURN a.number AS a, b.number AS b, k {.rule, .type} AS k",
        operation="snapshot",
    )
    nobody = frozenset[str]()
    return {
        (frozenset((members.get(row["a"], nobody), members.get(row["b"], nobody))), row["k"]["rule"], row["k"]["type"])
        for row in rows
    }


async def _transactions(database: Database) -> Snapshot:
    rows = await database.read_text(
        """
        MATCH (t:Transaction)
        RETURN
          t.key AS key, t {.*, at: toString(t.at), expires: toString(t.expires)} AS props,
          COLLECT { MATCH (t)<-[:MADE]-(r:SourceRecord) RETURN r.key } AS owners,
          COLLECT { MATCH (t)-[:AT]->(s:Store) RETURN s.id } AS stores,
          COLLECT {
            MATCH (t)-[line:CONTAINS]->(p:Product)
            RETURN line {.*, product: p.id} ORDER BY line.position
          } AS lines,
          reduce(
            sum = 0,
            points IN COLLECT { MATCH (t)<-[:FOR]-(l:LedgerEntry) WHERE l.account IS NULL RETURN l.points } |
              sum + points
          ) AS ledger
        """,
        operation="snapshot",
    )
    return {row["key"]: _without(row, "key") for row in rows}


async def _events(database: Database, vault: Vault) -> Snapshot:
    rows = await database.read_text(
        """
        MATCH (e:Event)
        RETURN
          e.key AS key, e {.*, at: toString(e.at)} AS props,
          COLLECT { MATCH (e)<-[:SENT]-(r:SourceRecord) RETURN r.key } AS senders
        """,
        operation="snapshot",
    )
    found: Snapshot = {}
    for row in rows:
        sealed = row["props"].get("sealed")
        content = vault.open(row["key"], sealed) if sealed else None
        found[row["key"]] = (_without(row["props"], "receivedAt", "sealed"), content, row["senders"])
    return found


async def _reference(database: Database) -> Snapshot:
    """Stores and products that reference data named. Others carry what the first order called them."""
    rows = await database.read_text(
        """
        MATCH (n:Store|Product) WHERE n.clock IS NOT NULL
        RETURN labels(n)[0] AS label, n.id AS id, properties(n) AS props,
          COLLECT { MATCH (n)-[:OF]->(b:Brand) RETURN properties(b) } AS brands
        """,
        operation="snapshot",
    )
    return {f"{row['label']} {row['id']}": (row["props"], row["brands"]) for row in rows}


def balances(found: Snapshot) -> dict[frozenset[str], int]:
    """Points by person, added up from the entries that are booked on their records."""
    return {
        members: sum(sum(found["records"][key]["booked"].values()) for key in members) for members in found["people"]
    }


def difference(one: Snapshot, other: Snapshot) -> list[str]:
    """Where two snapshots differ, in words short enough to read in a failed test."""
    found: list[str] = []
    for part in one:
        left, right = one[part], other[part]
        if isinstance(left, set):
            found += [f"{part}: only left {_short(x)}" for x in left - right]
            found += [f"{part}: only right {_short(x)}" for x in right - left]
            continue
        for key in left.keys() | right.keys():
            a, b = left.get(key), right.get(key)
            if a == b:
                continue
            if isinstance(a, dict) and isinstance(b, dict):
                fields = [name for name in a.keys() | b.keys() if a.get(name) != b.get(name)]
                found += [f"{part} {_short(key)} {name}: {a.get(name)!r} | {b.get(name)!r}" for name in fields]
            else:
                found.append(f"{part} {_short(key)}: {_short(a)} | {_short(b)}")
    return found


def _short(value: object) -> str:
    text = orjson.dumps(value, default=lambda v: sorted(map(str, v)) if isinstance(v, frozenset) else str(v)).decode()
    return text[:160]


def _without(props: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in props.items() if name not in names}
