"""The fragments of a profile keep the grammar of cypher/profile/README.md, which the rewriting of queries relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cypher import load
from graph.query.brand_view import LABELS, PARTS, Exempt, LimitedBy, columns_within, finder_within
from graph.query.compose import map_entries
from graph.query.node_patterns import node_patterns
from tests.lint.project import ROOT, name

FRAGMENTS = sorted((ROOT / "cypher" / "profile").glob("*.cypher"))
FORMS = sorted((ROOT / "cypher" / "templates" / "brand_view").glob("*.cypher"))
_RESERVED = re.compile(r"\b(FINDER|PARTS|CONDITION|whole|slot|sought|(?:seen|stay)\d+|\w+_(?:order|event))\b")
_RESOLVED = re.compile(r"\[\w*:RESOLVED_TO(\|WAS_RESOLVED_TO)?\]")
_FINDER_ENDS = re.compile(r"(^|\n)WITH (DISTINCT )?c(\nLIMIT \S+)?$")
_OTHER_CUSTOMERS = {"former"}
"""Parts for callers with a brand limit that name other customers: only by their retired numbers."""


def faults(kind: str, text: str) -> Iterator[str]:
    """How the text of a fragment, its header taken off, breaks the grammar. `kind`: finder, base or part."""
    if any(re.search(r"[\[\](){},\"`]", string) for string in re.findall(r"'([^']*)'", text)):
        yield "a string holds a quote, bracket or comma"
    yield from (f"{word} is a name that rewriting adds" for word in _RESERVED.findall(text))
    if text.count("RESOLVED_TO") != sum(1 + bool(one) for one in _RESOLVED.findall(text)):
        yield "RESOLVED_TO does not stand alone"
    try:
        (finder_within if kind == "finder" else columns_within)(text)
    except ValueError as error:
        yield str(error)
    if kind == "finder":
        yield from _finder_faults(text)
    else:
        yield from _map_faults(text, required=kind == "base")
    if kind == "part":
        yield from _part_faults(text)
    if kind == "base" and not re.fullmatch(r"RETURN \{.*\} AS customer", text, re.DOTALL):
        yield "the base is not RETURN { … } AS customer"


def _finder_faults(text: str) -> Iterator[str]:
    if set(re.findall(r"\$(\w+\.?)", text)) - {"find.", "asOf"}:
        yield "a finder takes more than $find and $asOf"
    if not _FINDER_ENDS.search(text):
        yield "a finder does not end in WITH c"
    if "RETURN" in _outside_brackets(text):
        yield "a finder returns"


def _part_faults(text: str) -> Iterator[str]:
    expression, end = text[: -len(" AS part")], text[-len(" AS part") :]
    if end != " AS part":
        yield "a part does not end in AS part"
    if not re.fullmatch(r"\w+ *", _outside_brackets(expression)):
        yield "a part is more than one expression"
    if set(re.findall(r"\$(\w+\.?)", text)) - {"part."}:
        yield "a part takes more than $part"
    if re.search(r"(?<!\$)\bpart\b", expression):
        yield "another word is called part"


def _map_faults(text: str, *, required: bool = False) -> Iterator[str]:
    """Whether `narrowed` finds the one map, and the name of each of its entries."""
    found = map_entries(text)
    if found is None:
        if required:
            yield "there is no RETURN {"
        return
    head, entries, tail = found
    if "RETURN {" in tail or head.count("RETURN {") > 1:
        yield "RETURN { stands twice"
    for entry in entries:
        if not re.match(r"\s*\w+: ", entry):
            yield f"an entry has no name: {entry.strip()}"
        yield from _map_faults(entry)


def _outside_brackets(text: str) -> str:
    before = None
    while before != text:
        before, text = text, re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", "", text)
    return text


def _kind(path: Path) -> str:
    return "finder" if path.stem.startswith("by_") else "base" if path.stem == "base" else "part"


@pytest.mark.parametrize("path", FRAGMENTS, ids=name)
def test_a_fragment_keeps_the_grammar(path: Path) -> None:
    assert list(faults(_kind(path), load(f"profile/{path.stem}"))) == []


def test_every_rule_about_a_label_is_used_and_has_its_form() -> None:
    bound = [("profile/" + path.stem, () if path.stem.startswith("by_") else ("c",)) for path in FRAGMENTS]
    walked = {node.label for file, names in bound for node in node_patterns(load(file), names)}
    assert walked == set(LABELS)
    forms = {rule.form for rule in LABELS.values() if isinstance(rule, LimitedBy)}
    assert forms | {"base", "customer"} == {path.stem for path in FORMS}
    assert all(len(rule.reason.split()) > 4 for rule in LABELS.values() if isinstance(rule, Exempt))


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_for_callers_with_a_brand_limit_shows_no_other_customer(part: str) -> None:
    labels = {node.label for node in node_patterns(load(f"profile/{part}"), ("c",))}
    assert "Segment" not in labels
    assert ("Customer" in labels) == (part in _OTHER_CUSTOMERS)


FINDER = """MATCH (i:Identifier {key: $find.key})<-[:HAS_IDENTIFIER]-(:SourceRecord)-[:RESOLVED_TO]->(c:Customer)
WITH c"""
PART = """COLLECT {
  MATCH (r:SourceRecord)-[resolved:RESOLVED_TO]->(c)
  WHERE r.kind = 'known' AND r.key > $part.key
  WITH r, resolved
  RETURN {
    key: r.key,
    since: resolved.since,
    orders: COLLECT {
      MATCH (r)-[:MADE]->(t:Transaction)
      RETURN {key: t.key}
    }
  }
} AS part"""
BASE = "RETURN {\n  number: c.number\n} AS customer"


def test_the_lint_takes_what_keeps_the_grammar() -> None:
    assert [*faults("finder", FINDER), *faults("part", PART), *faults("base", BASE)] == []


@pytest.mark.parametrize(
    ("text", "change", "fault"),
    [
        (PART, ("'known'", "'}'"), "a string holds"),
        (PART, ("'known'", "'a,b'"), "a string holds"),
        (PART, ("'known'", '"known"'), "would hide"),
        (PART, ("'known'", "`known`"), "would hide"),
        (PART, ("r.kind", "whole"), "rewriting adds"),
        (PART, ("t:Transaction", "seen1:Transaction"), "rewriting adds"),
        (PART, ("resolved:RESOLVED_TO]", "resolved:RESOLVED_TO {rule: 'x'}]"), "does not stand alone"),
        (PART, (":RESOLVED_TO]", ":RESOLVED_TO|MADE]"), "does not stand alone"),
        (PART, (" AS part", " AS rows"), "end in AS part"),
        (PART, (" AS part", ", c.number AS part"), "more than one expression"),
        (PART, ("$part.key", "$other.key"), "more than $part"),
        (PART, ("$part.key", "$part"), "more than $part"),
        (PART, ("since: resolved", "part: resolved"), "called part"),
        (PART, ("} AS part", "  UNION\n  RETURN {key: 1}\n} AS part"), "stands twice"),
        (PART, ("RETURN {key: t.key}", "RETURN {key: t.key} UNION RETURN {key: 1}"), "stands twice"),
        (PART, ("key: r.key", ".key"), "has no name"),
        (BASE, ("AS customer", "AS c"), "the base is not"),
        (BASE, ("RETURN {", "RETURN c {"), "there is no RETURN {"),
        (FINDER, ("$find.key", "$find"), "more than $find"),
        (FINDER, ("$find.key", "$key"), "more than $find"),
        (FINDER, ("\nWITH c", "\nWITH c, i"), "end in WITH c"),
        (FINDER, ("\nWITH c", "\nRETURN c\nWITH c"), "a finder returns"),
        (FINDER, ("i:Identifier", "i:Event"), "Event has no rule"),
        (FINDER, ("(:SourceRecord)", "(i:SourceRecord WHERE true)"), "one label"),
        (FINDER, ("(:SourceRecord)", "()"), "has no label"),
    ],
)
def test_the_lint_sees_a_fault(text: str, change: tuple[str, str], fault: str) -> None:
    kind = {FINDER: "finder", PART: "part", BASE: "base"}[text]
    assert change[0] in text
    assert any(fault in found for found in faults(kind, text.replace(*change)))
