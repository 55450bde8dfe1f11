"""Every node of a query is seen, and a text in which one might be missed is refused."""

from __future__ import annotations

import pytest

from graph.query.brand_view import columns_within, finder_within
from graph.query.node_patterns import node_patterns


def labels(text: str, *bound: str) -> list[tuple[str, str]]:
    return [(node.name, node.label) for node in node_patterns(text, bound)]


def test_nodes_are_found_in_order_with_their_names() -> None:
    text = "MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord {key: $k})-[m:MADE|SENT]->(t:Transaction) WHERE (t.a OR (t.b = 1))"
    assert labels(text, "c") == [("", "SourceRecord"), ("t", "Transaction")]
    assert [text[node.start : node.end] for node in node_patterns(text, ["c"])] == [
        "(:SourceRecord {key: $k})",
        "(t:Transaction)",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (t:Transaction) WITH t, t.at AS at RETURN [(t)-[:AT]->(s:Store) | s.id]",
        "MATCH (t:Transaction) RETURN COLLECT { WITH 1 AS one MATCH (t)-[:AT]->(s:Store) RETURN s.id }",
        "CALL (c) { MATCH (c)<-[:RESOLVED_TO]-(r:SourceRecord) RETURN r.key AS key } RETURN key",
        "MATCH (a:Customer)-[:MERGED_INTO*0..64]->(c) RETURN coalesce(a.x, c.x), count(*), a.x * (a.y + 1)",
        "MATCH (r:SourceRecord) WHERE r.name STARTS WITH 'x' MATCH (r)-[:MADE]->(t:Transaction) RETURN t",
        "MATCH (r:SourceRecord) WITH * MATCH (r)-[:MADE]->(t:Transaction) RETURN t",
        "MATCH (r:SourceRecord) RETURN CASE WHEN (r.a > 1) THEN [1, 2][0] END, NOT (r.b IN [1])",
    ],
)
def test_what_is_seen_is_taken(text: str) -> None:
    assert list(node_patterns(text, ["c"]))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("MATCH (x) RETURN x", "no label"),
        ("match (x) RETURN x", "no label"),
        ("MATCH (c)--(x:Brand) RETURN x", "no type"),
        ("MATCH (c)-[r]-(x:Brand) RETURN x", "has its types"),
        ("MATCH (c)-[:MADE WHERE true]-(x:Brand) RETURN x", "has its types"),
        ("MATCH (c)-[:MADE]-() RETURN c", "no label"),
        ("MATCH (c)-[:MADE]-(x) RETURN x", "no label"),
        ("MATCH (x)-[:MADE]-(c) RETURN x", "no label"),
        ("MATCH (c), (x) RETURN x", "no label"),
        ("MATCH p = (x) RETURN p", "no label"),
        ("RETURN COUNT { (x) }", "no label"),
        ("RETURN [(c)-[:MADE]->(x) | x.key]", "no label"),
        ("RETURN EXISTS { (c)-[:MADE]->(x) }", "no label"),
        ("MATCH (x:Brand WHERE x.id = 1) RETURN x", "one label"),
        ("MATCH (x:Brand|Store) RETURN x", "one label"),
        ("MATCH (x:Brand:Store) RETURN x", "one label"),
        ("MATCH (x:!Brand) RETURN x", "one label"),
        ("MATCH (x:$(label)) RETURN x", "one label"),
        ("MATCH (x IS Brand) RETURN x", "one label"),
        ("MATCH (c)-[:MADE]->(x IS Brand) RETURN x", "one label"),
        ("MATCH (x {id: 1}) RETURN x", "one label"),
        ("MATCH ((c)-[:MADE]->(x:Brand)){1,3} RETURN x", "one label"),
        ("MATCH (c)-[:MADE*1..3]->(x:Brand) RETURN x", "a chain leads over"),
        ("MATCH (c)-[:MERGED_INTO*]->(x:Customer) RETURN x", "has its types"),
        ("MATCH (c)-[:MERGED_INTO|MADE*1..2]->(x:Customer) RETURN x", "a chain leads over"),
        ("MATCH (c)-[:MADE]->+(x:Brand) RETURN x", "repeated"),
        ("MATCH (c)-[:MADE]->{1,3}(x:Brand) RETURN x", "repeated"),
        ("MATCH (c)-[:MADE]-*(x:Brand) RETURN x", "repeated"),
        ("WITH 1 AS one MATCH (c)-[:MADE]->(x:Brand) RETURN x", "no label"),
        ("MATCH (x:Brand) CALL { MATCH (x) RETURN x.id AS id } RETURN id", "no label"),
        ("MATCH (x:Brand) CALL { WITH x MATCH (x) RETURN x.id AS id } RETURN id", "no label"),
        ("MATCH (x:Brand) CALL (*) { MATCH (x) RETURN x.id AS id } RETURN id", "no label"),
        ("MATCH (x:Brand)] RETURN x", "never opened"),
        ("MATCH ANY SHORTEST (c)-[:MADE]->(x) RETURN x", "no label"),
        ("MATCH p = shortestPath((c)-[:MADE]->(x:Brand)) RETURN p", "may reach any node"),
        ("MATCH (c)-[r:MADE]->(x:Brand) RETURN endNode(r)", "may reach any node"),
        ("CALL db.labels() YIELD label RETURN label", "may reach any node"),
        ("MATCH (x:Brand) WITH x.id AS id MATCH (c)-[:MADE]->(x) RETURN x", "no label"),
        ("MATCH (x:Brand) WITH count(x) AS n MATCH (c)-[:MADE]->(x) RETURN x", "no label"),
        ("MATCH (x:Brand) WITH [x] AS all UNWIND all AS y MATCH (y)-[:MADE]->(c) RETURN y", "no label"),
        ("RETURN COLLECT { MATCH (x:Brand) RETURN x }, [(c)-[:MADE]->(x) | x.key]", "no label"),
        (
            "CALL (c) { MATCH (x:Brand) RETURN 1 AS one UNION MATCH (c)-[:MADE]->(x) RETURN 1 AS one } RETURN 1",
            "no label",
        ),
        ("MATCH (x:Brand) CALL (c) { MATCH (c)-[:MADE]->(x) RETURN 1 AS one } RETURN one", "no label"),
        ("MATCH (x:`Brand`) RETURN x", "would hide"),
        ('MATCH (x:Brand {id: ")("}) RETURN x', "would hide"),
        (r"RETURN 'it\\'s' MATCH (x) RETURN 'x'", "would hide"),
        ("RETURN 1 /* don't */ MATCH (x) RETURN 'x'", "would hide"),
        ("RETURN 1 // don't\nMATCH (x) RETURN 'x'", "would hide"),
        ("MATCH (x:Brand RETURN x", "never closed"),
    ],
)
def test_what_might_be_missed_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        list(node_patterns(text, ["c"]))


@pytest.mark.parametrize("build", [finder_within, columns_within])
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("COLLECT { MATCH (c)<-[:RESOLVED_TO]-(:SourceRecord)-[:HAS]->(k:Coupon) RETURN k }", "Coupon has no rule"),
        ("COLLECT { MATCH (:SourceRecord)-[:BOOKED]->(l) RETURN l }", "no label"),
    ],
)
def test_a_fragment_with_an_unknown_label_or_an_unseen_node_is_refused(build: object, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        build(text.replace("(c)", "(c:Customer)"))  # pyright: ignore
