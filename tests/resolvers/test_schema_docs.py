"""The examples of the GraphQL pages are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, parse_value, validate
from graphql.utilities import value_from_ast

ROOT = Path(__file__).parents[2]
PAGES = ("graphql", "profile", "subscriptions", "graphql-limits", "segments", "explain", "decisions")
TEXTS = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in PAGES}
SEGMENTS = TEXTS["segments"]
SCHEMA = build_schema((ROOT / "schema.graphql").read_text("utf-8"))


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


def test_there_are_examples() -> None:
    assert len(documents()) >= 4


@pytest.mark.parametrize("document", documents(), ids=lambda text: text[:30])
def test_every_example_is_valid(document: str) -> None:
    assert validate(SCHEMA, parse(document)) == []


@pytest.mark.parametrize("rule", [block for block in blocks(SEGMENTS) if re.match(r"{\w+: ", block)])
def test_every_rule_is_valid(rule: str) -> None:
    assert isinstance(value_from_ast(parse_value(rule), SCHEMA.type_map["SegmentRule"]), dict)  # pyright: ignore
