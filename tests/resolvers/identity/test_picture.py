"""Paths and pictures of the graph: right on random graphs, bounded, and telling on the story."""

from __future__ import annotations

from typing import Any

import networkx as nx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import shortest_path
from graph.shortest_path import shortest
from graph.store.database import Database
from resolvers.access.caller import ALL_SCOPES, PII_READ
from tests.kit.story import CARD, EMAIL, PRIVATE, Story, person
from tests.resolvers.identity.test_why import APP, WEB, by_number, cases, record

__all__ = ["cases"]
PATH = """query($a: IdentityBy!, $b: IdentityBy!) { identityPath(a: $a, b: $b) { summary complete steps {
  identifierType display links carriers explanation
  fromRecord { source name } toRecord { source customerNumber } } } }"""
PICTURE = """query($c: IdentityBy!, $n: Int! = 50) { identityNeighbourhood(customer: $c, records: $n) { truncated
  nodes { id kind label detail } edges { fromId toId kind detail } } }"""


class Carried(Database):
    """Answers `identity_graph/hop` from a plain set of (record, identifier)."""

    def __init__(self, carried: set[tuple[str, str]]) -> None:
        self.carried, self.trips = carried, 0

    async def read(self, name: str, /, **asked: Any) -> list[dict[str, Any]]:
        assert name == "identity_graph/hop"
        self.trips += 1
        found: list[dict[str, Any]] = []
        for identifier in sorted({i for _, i in self.carried} - set(asked["followed"])):
            those = sorted(r for r, i in self.carried if i == identifier)
            mine = [r for r in those if r in asked["keys"]]
            if mine:
                found += [{"identifier": identifier, "key": mine[0], "other": o} for o in those if o != mine[0]]
        return found


carried = st.sets(st.tuples(st.integers(0, 11).map("r{}".format), st.integers(0, 9).map("i{}".format)), max_size=24)


@settings(max_examples=150, deadline=None)
@given(carried, st.integers(0, 11), st.integers(0, 11))
async def test_no_path_is_shorter(carries: set[tuple[str, str]], a: int, b: int) -> None:
    left, right = f"r{a}", f"r{b}"
    if left == right:
        return
    graph = nx.Graph([*carries])
    graph.add_nodes_from([left, right])
    store = Carried(carries)
    found = await shortest(store, [left], [right])
    assert found.complete
    if not nx.has_path(graph, left, right):
        assert found.steps == []
        return
    assert len(found.steps) == nx.shortest_path_length(graph, left, right) // 2
    assert store.trips <= len(found.steps)
    assert (found.steps[0][0], found.steps[-1][2]) == (left, right)
    for place, (one, identifier, other) in enumerate(found.steps):
        assert {(one, identifier), (other, identifier)} <= carries
        assert place == 0 or found.steps[place - 1][2] == one


async def test_a_chain_too_long_is_given_up_and_said_so() -> None:
    chain = {(f"r{n}", f"i{m}") for n in range(40) for m in (n, n + 1)}
    store = Carried(chain)
    found = await shortest(store, ["r0"], ["r39"])
    assert (found.steps, found.complete, store.trips) == ([], False, shortest_path.MAX_HOPS)
    assert len((await shortest(store, ["r0"], ["r12"])).steps) == 12


@pytest.mark.neo4j
async def test_the_path_between_two_records_of_the_story(cases: Story) -> None:
    till = await record(cases, "till", email=EMAIL)
    found = (await cases.ask(PATH, a=till, b=WEB))["identityPath"]
    assert [(s["fromRecord"]["source"], s["toRecord"]["source"], s["links"]) for s in found["steps"]] == [
        ("till", "app", True),
        ("app", "web", True),
    ]
    assert found["summary"] == "2 steps apart: phone +1 ••• ••42, email a•••@e•••.org."
    ada, bruno = ({"externalId": {"source": "crm", "id": f"c-{name}"}} for name in ("Ada", "Bruno"))
    [step] = (await cases.ask(PATH, a=ada, b=bruno))["identityPath"]["steps"]
    assert (step["links"], step["carriers"]) == (False, 7)
    none = (await cases.ask(PATH, a=WEB, b=ada))["identityPath"]
    assert (none["steps"], none["complete"], none["summary"]) == ([], True, "No path connects them.")
    ann = by_number(await cases.number(card=CARD))
    assert len((await cases.ask(PATH, a=WEB, b=ann))["identityPath"]["steps"]) == 1
    assert (await cases.refused(PATH, a=WEB, b=WEB))[0] == "INVALID_INPUT"
    assert (await cases.refused(PATH, a=WEB, b=by_number("CUST-0")))[0] == "NOT_FOUND"


@pytest.mark.neo4j
async def test_the_picture_of_a_guest_who_shares_a_phone(cases: Story) -> None:
    bob = by_number(await cases.number(card="B-55501"))
    found = (await cases.ask(PICTURE, c=bob))["identityNeighbourhood"]
    kinds = [node["kind"] for node in found["nodes"]]
    assert kinds[0] == "CUSTOMER"
    assert (kinds.count("RECORD"), kinds.count("IDENTIFIER"), kinds.count("CUSTOMER")) == (1, 2, 3)
    apart = [edge["detail"] for edge in found["edges"] if edge["kind"] == "KEPT_APART"]
    assert sorted(detail.partition(":")[0] for detail in apart) == ["AMBIGUOUS", "GIVEN_NAMES_DIFFER"]
    ids = {node["id"] for node in found["nodes"]}
    assert {end for edge in found["edges"] for end in (edge["fromId"], edge["toId"])} <= ids
    assert not found["truncated"]
    assert (await cases.ask(PICTURE, c=WEB, n=1))["identityNeighbourhood"]["truncated"]
    assert (await cases.refused(PICTURE, c=WEB, n=101))[0] == "INVALID_INPUT"
    answers = [
        await cases.ask(d, **v, scopes=ALL_SCOPES - {PII_READ})
        for d, v in ((PICTURE, {"c": WEB}), (PATH, {"a": WEB, "b": APP}))
    ]
    text = orjson.dumps(answers).decode()
    assert not [private for private in PRIVATE if private in text]
    assert person("x")
