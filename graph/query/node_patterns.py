"""The nodes that a query walks to, found in its text: every one with a label, or a name that stands for a checked one.

Whatever could reach a node in another way is refused. `cypher/profile/README.md` says what a fragment may contain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

CHAINS = frozenset(("MERGED_INTO",))
"""Relationships that may be followed over nodes that the text does not show: they lead from customers to customers."""
_TOKEN = re.compile(r"'[^']*'|\$?\w+|-->|<--|--|\S")
_UNREAD = re.compile(r'["`\\]|/[/*]')
_REPEATED = re.compile(r"\]->?\s*[+*{]")
_NODE = re.compile(r"(\w*)(?::([A-Z]\w*)( \{[^{}]*\})?)?")
_RELATIONSHIP = re.compile(r"\w*:([A-Z_|]+)(\*\d+\.\.\d+)?")
_PROJECTION = re.compile(
    r"(?:DISTINCT\s+)?(.*?)(?:\b(?:WHERE|ORDER|SKIP|LIMIT|MATCH|OPTIONAL|UNWIND|RETURN|CALL|WITH)\b|$)", re.S
)
_OPENS_PATTERN = frozenset(("MATCH", ",", "=", "{"))
_KEYWORDS = frozenset(
    [
        "MATCH",
        "WHERE",
        "AND",
        "OR",
        "XOR",
        "NOT",
        "IN",
        "WITH",
        "RETURN",
        "WHEN",
        "THEN",
        "ELSE",
        "CASE",
        "BY",
        "CALL",
        "UNWIND",
        "EXISTS",
    ]
)
_ANY_NODE = frozenset(("startnode", "endnode", "nodes", "shortestpath", "allshortestpaths"))
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class NodePattern:
    """A node with a label at `text[start:end]`; `name` may be empty, `properties` is the map or empty."""

    start: int
    end: int
    name: str
    label: str
    properties: str


@dataclass(slots=True)
class _Scope:
    """Names of checked nodes: those that this bracket has given, and those that it sees of the text around it."""

    outer: frozenset[str]
    names: set[str] = field(default_factory=set[str])

    @property
    def visible(self) -> frozenset[str]:
        return self.outer | self.names


def node_patterns(text: str, bound: Iterable[str] = ()) -> Iterator[NodePattern]:
    """The labelled nodes of a text, in order. `bound` are names that stand for checked nodes before it.

    Raises ValueError, with the place, at a node without a label whose name stands for no checked one, and at all else
    that may reach a node unseen.
    """
    if unread := _UNREAD.search(text):
        _refuse(text, unread.start(), "other quotes than single ones, escapes and comments would hide a node")
    if repeated := _REPEATED.search(text):
        _refuse(text, repeated.start(), "a repeated relationship leads over nodes that are not seen")
    scopes, imported, previous, place = [_Scope(frozenset(), set(bound))], None, "", 0
    while token := _TOKEN.search(text, place):
        word, start, place = token[0], token.start(), token.end()
        match word:
            case "-->" | "<--" | "--":
                _refuse(text, start, "a relationship has no type")
            case "[" if previous == "-":
                place = _relationship(text, start)
                word = "]"
            case "{" | "[":
                if previous.upper() == "CALL":
                    imported = frozenset[str]()  # without a list of names it sees none of those outside
                scopes.append(_Scope(scopes[-1].visible if imported is None else imported))
                imported = None
            case "}" | "]":
                scopes.pop()
                if not scopes:
                    _refuse(text, start, "a bracket is never opened")
            case "(":
                end = _closed(text, start)
                if previous.upper() == "CALL":
                    imported = scopes[-1].visible & set(re.findall(r"\w+", text[start:end]))
                    place = end
                elif _opens_pattern(text, start, end, previous):
                    pattern = _node(text, start, end, scopes[-1])
                    if pattern.label:
                        yield pattern
                    place = end
                    word = ")"
            case _:
                _keyword(text, word, previous, place, scopes[-1])
        previous = word


def _keyword(text: str, word: str, previous: str, end: int, scope: _Scope) -> None:
    match word.upper():
        case "WITH" if previous.upper() not in ("STARTS", "ENDS"):
            projection = _PROJECTION.match(text, end + 1)
            kept = {one.strip() for one in projection[1].split(",")} if projection else set[str]()
            if "*" not in kept:
                scope.names &= kept
        case "UNION":
            scope.names.clear()
        case upper if upper.lower() in _ANY_NODE or (previous.upper() == "CALL" and word.isidentifier()):
            _refuse(text, end, f"{word} may reach any node")
        case _:
            pass


def _opens_pattern(text: str, start: int, end: int, previous: str) -> bool:
    """Whether the bracket holds a node: nothing else may stand where a node could, so that none is missed."""
    if previous.upper() in _OPENS_PATTERN:
        return True
    if start and text[start - 1].isalnum() and previous.upper() not in _KEYWORDS:
        return False  # the arguments of a function
    return bool(re.search(r"\]->?\s*$", text[:start]) or re.match(r"\s*(<?-\[|<--|--)", text[end:]))


def _node(text: str, start: int, end: int, scope: _Scope) -> NodePattern:
    inside = _NODE.fullmatch(text[start + 1 : end - 1])
    if inside is None:
        _refuse(text, start, "a node has one label, and no condition in its brackets")
    name, label, properties = inside[1], inside[2] or "", inside[3] or ""
    if not label and name not in scope.visible:
        _refuse(text, start, "a node has no label, and its name stands for no node with one")
    if name:
        scope.names.add(name)
    return NodePattern(start, end, name, label, properties)


def _relationship(text: str, start: int) -> int:
    end = _closed(text, start)
    inside = _RELATIONSHIP.fullmatch(text[start + 1 : end - 1])
    if inside is None:
        _refuse(text, start, "a relationship has its types and, for a chain, both bounds of its length")
    if inside[2] and not CHAINS.issuperset(inside[1].split("|")):
        _refuse(text, start, "a chain leads over nodes that are not seen")
    return end


def _closed(text: str, start: int) -> int:
    """The place behind the bracket that closes the one at `start`."""
    depth, place = 0, start
    while token := _TOKEN.search(text, place):
        place = token.end()
        depth += (token[0] in _CLOSING) - (token[0] in _CLOSING.values())
        if depth == 0:
            return place
    _refuse(text, start, "a bracket is never closed")


def _refuse(text: str, place: int, why: str) -> NoReturn:
    line = text.count("\n", 0, place)
    raise ValueError(f"{why}: {text.splitlines()[line].strip()}")
