"""Which properties queries and the bulk tables write on which label and relationship, read from their texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ingest.bulk.tables import NODES, RELATIONSHIPS

Written = dict[str, set[str]]

_CLAUSE = re.compile(
    r"\b(ON CREATE SET|ON MATCH SET|SET|MERGE|CREATE|OPTIONAL MATCH|MATCH|WITH|WHERE|RETURN|UNWIND|REMOVE|FOREACH|"
    r"DETACH DELETE|DELETE|CALL|ORDER BY|LIMIT)\b"
)
_NAMED = re.compile(r"[(\[](\w+):([A-Z]\w*)")
_WITH_MAP = re.compile(r"[(\[]\w*:([A-Z]\w*) \{")
_ITEM = re.compile(r"\s*(\w+)(?:\.(\w+)\s*=|\s*\+?=\s*(\{|\$?[\w.]+))")


def written_by_queries(texts: Iterable[str]) -> Written:
    """Label or type → properties that SET, MERGE and CREATE write. Raises ValueError where a whole map is written whose
    names neither the query's header nor the bulk tables tell."""
    found: Written = defaultdict(set)
    for text in texts:
        lines = text.splitlines()
        header = " ".join(line for line in lines if line.startswith("//"))
        code = re.sub(r"'[^']*'", "''", "\n".join(line for line in lines if not line.startswith("//")))
        label_of = dict(_NAMED.findall(code))
        rows = ""
        for clause, body in _clauses(code):
            if clause == "UNWIND":
                rows = body
            if clause.endswith("SET"):
                for name, properties in _set(body, rows, header, label_of):
                    found[label_of[name]] |= properties
            elif clause in ("MERGE", "CREATE"):
                for match in _WITH_MAP.finditer(body):
                    found[match[1]] |= set(_keys(body, match.end()))
    return found


def written_by_tables() -> Written:
    """The same of the files of the bulk import."""
    return {
        **{label: {table.key, *table.columns} for label, table in NODES.items()},
        **{kind: set(table.columns) for kind, table in RELATIONSHIPS.items()},
    }


def _clauses(code: str) -> Iterator[tuple[str, str]]:
    found = list(_CLAUSE.finditer(code))
    for match, after in zip(found, [*found[1:], None], strict=False):
        yield match[1], code[match.end() : after.start() if after else len(code)]


def _set(body: str, rows: str, header: str, label_of: dict[str, str]) -> Iterator[tuple[str, set[str]]]:
    for item in _split(body):
        match = _ITEM.match(item)
        if match is None:
            continue  # a label
        name, written, whole = match.groups()
        if written:
            yield name, {written}
        elif whole == "{":
            yield name, set(_keys(item, match.end()))
        else:
            yield name, _named_elsewhere(whole, rows, header, label_of[name])


def _named_elsewhere(whole: str, rows: str, header: str, label: str) -> set[str]:
    """The names of a map that comes from outside: the header lists them, or the bulk tables write the same.

    `rows` is what the last UNWIND before takes apart, such as `$changes AS row`.
    """
    unwound = re.fullmatch(rf"\s*\$([\w.]+) AS {whole}\s*", rows)
    parameter = (unwound[1] if unwound else whole).lstrip("$").rpartition(".")[2]
    listed = re.search(rf"\b{parameter} \[?\{{([\w, ]+)\}}", re.sub(r"\s*//\s*", " ", header))
    if listed:
        return {name.strip() for name in listed[1].split(",")}
    if label in NODES:
        return set(NODES[label].columns)
    raise ValueError(f"the names of {whole} are not in the header: {header}")


def _keys(text: str, start: int) -> Iterator[str]:
    """The names of the map whose `{` stands before `start`."""
    depth, end = 1, start
    while depth:
        depth += (text[end] in "([{") - (text[end] in ")]}")
        end += 1
    for entry in _split(text[start : end - 1]):
        if entry.strip():
            yield entry.partition(":")[0].strip()


def _split(text: str) -> Iterator[str]:
    """The parts between commas that stand in no bracket, up to the bracket that closes what is around all of them."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            yield text[start:place]
            return
        if character == "," and not depth:
            yield text[start:place]
            start = place + 1
    yield text[start:]
