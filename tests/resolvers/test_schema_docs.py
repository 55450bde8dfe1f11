"""The GraphQL pages say what the code does: limits, scopes, codes, and examples that are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, parse_value, validate
from graphql.utilities import value_from_ast

from engagement.segments.rule_parser import MAX_DAYS, MAX_DEPTH, MAX_NODES
from graph import shortest_path
from graph.identity_graph import MAX_RECORDS
from graph.segments import MAX_SEGMENTS
from matching import cluster_findings
from matching.explain import MAX_TRIED
from resolvers.bounds import costs, limits
from resolvers.customer import identity_history, last_visits, past_profile
from resolvers.identity import picture
from resolvers.kit import pages
from resolvers.privacy import consent
from resolvers.segments.segment import MAX_NAME

ROOT = Path(__file__).parents[2]
PAGES = ("graphql", "profile", "subscriptions", "graphql-limits", "segments", "explain", "decisions")
TEXTS = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in PAGES}
LIMITS, SEGMENTS, EXPLAIN = TEXTS["graphql-limits"], TEXTS["segments"], TEXTS["explain"]
SCHEMA = build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def rows(text: str) -> set[tuple[str, str]]:
    """First two cells of every row of every table."""
    return set(re.findall(r"^\| `?([^|`]+)`? \| ([^|]+?) \|", text, re.MULTILINE))


def blocks(text: str) -> list[str]:
    """The indented blocks."""
    return [match.replace("\n    ", "\n").strip() for match in re.findall(r"(?:^ {4}.*\n)+", text, re.MULTILINE)]


def documents() -> list[str]:
    return [
        block
        for text in TEXTS.values()
        for block in blocks(text)
        if re.match(r"query|mutation|subscription|{ \w+\(", block)
    ]


def test_every_weight_stands_in_the_docs() -> None:
    shown = {name: int(weight.removesuffix(" more").replace(",", ""))
             for names, weight in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([\d,]+ more) \|$", LIMITS, re.MULTILINE)
             for name in re.findall(r"\w+", names)}  # fmt: skip
    assert shown == dict(costs.WEIGHTS)
    assert ("a mutation", str(costs.MUTATION)) in rows(LIMITS)
    assert f", {costs.LIST_ROWS} of a list without pages" in LIMITS


def test_every_limit_stands_in_the_docs() -> None:
    assert rows(LIMITS) >= {
        ("tokens of a document", f"{limits.MAX_TOKENS:,}"),
        ("levels", str(limits.MAX_DEPTH)),
        ("root fields", str(limits.MAX_ROOT_FIELDS)),
        ("fields and fragments, fragments opened", str(limits.MAX_FIELDS)),
        ("aliases", str(limits.MAX_ALIASES)),
        ("directives", str(limits.MAX_DIRECTIVES)),
        ("rows of a page", str(pages.MAX_PAGE)),
        ("lastVisits", str(last_visits.MAX_LAST_VISITS)),
        ("purposes that a person has answers for", str(consent.MAX_PURPOSES)),
    }
    assert rows(SEGMENTS) >= {
        ("levels of a rule", str(MAX_DEPTH)),
        ("conditions of a rule, connectives counted", str(MAX_NODES)),
        ("days", f"{MAX_DAYS:,}"),
        ("characters of a name", str(MAX_NAME)),
        ("stored segments", str(MAX_SEGMENTS)),
    }


def test_every_bound_of_an_explanation_stands_in_the_docs() -> None:
    told = {what: most.partition(", else")[0] for what, most in rows(EXPLAIN)}
    expected = {
        "connected records that are explained": f"{MAX_RECORDS:,}",
        "connected records for which remedies are tried": str(MAX_TRIED),
        "findings of a customer's health": str(cluster_findings.MAX_FINDINGS),
        "steps of a path": str(shortest_path.MAX_HOPS),
        "records that a search for a path visits": f"{shortest_path.MAX_RECORDS:,}",
        "carriers of an identifier that a path or picture follows": str(shortest_path.CROWD),
        "records, identifiers, neighbours of a picture": f"{picture.MAX_PICTURED}, "
        f"{picture.MAX_IDENTIFIERS}, {picture.MAX_NEIGHBOURS}",
        "records in a history": f"{identity_history.MAX_RECORDS:,}",
        "records of a customer as of a moment": str(past_profile.MAX_RECORDS - 1),
    }
    assert told.items() >= expected.items()


def test_there_are_examples() -> None:
    assert len(documents()) >= 4


@pytest.mark.parametrize("document", documents(), ids=lambda text: text[:30])
def test_every_example_is_valid(document: str) -> None:
    assert validate(SCHEMA, parse(document)) == []


@pytest.mark.parametrize("rule", [block for block in blocks(SEGMENTS) if re.match(r"{\w+: ", block)])
def test_every_rule_is_valid(rule: str) -> None:
    assert isinstance(value_from_ast(parse_value(rule), SCHEMA.type_map["SegmentRule"]), dict)  # pyright: ignore
