"""A query about now becomes one about a moment: each record counts where it stood then."""

from __future__ import annotations

from cypher import load
from graph.query.as_of import at_moment


def test_every_place_where_a_record_stands_is_replaced() -> None:
    found = at_moment("MATCH (c)<-[:RESOLVED_TO]-(r) MATCH (c)<-[now:RESOLVED_TO]-(s)")
    assert "[:RESOLVED_TO]" not in found
    assert "[now:RESOLVED_TO]" not in found
    assert found.count("$asOf") == 2 * load("templates/as_of").count("$asOf")
    assert "stay0" in found
    assert "now" in found


def test_names_of_its_own_do_not_meet() -> None:
    found = at_moment("(a)-[:RESOLVED_TO]->(b)-[:RESOLVED_TO]->(c)")
    assert {"stay0", "stay1"} <= set(found.replace("[", " ").replace(":", " ").replace(".", " ").split())


def test_a_query_about_nobodys_place_stays_as_it_is() -> None:
    text = "MATCH (r:SourceRecord)-[:HAS_IDENTIFIER]->(i) RETURN i"
    assert at_moment(text) == text
