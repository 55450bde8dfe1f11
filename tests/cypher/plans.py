"""What the plan tests look at: every query as it is sent, and what its header allows its plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cypher import joined
from graph.booked_points import LOCK_AND_COMPARE
from graph.customers import text_for_each
from graph.identity_feed import FEED
from graph.identity_graph import CASE
from graph.query.as_of import at_moment
from graph.query.brand_view import columns_within, finder_within
from graph.query.compose import columns
from graph.segment_feed import locked_customers
from identity.customer_rows import PEOPLE
from identity.locking import LOCK_AND_READ
from ingest.claiming import CLAIM
from ingest.reporters import REPORTERS
from ingest.reporters.reporter import queries_of
from tests.lint.project import ROOT

_SCANS = re.compile(r"AllNodesScan|NodeByLabels?Scan|RelationshipTypes?Scan|AllRelationshipsScan")
_ALLOWED = re.compile(r"^// allows: (\w+) \((.+)\)$", re.MULTILINE)
_NAMES = {path.relative_to(ROOT / "cypher").with_suffix("").as_posix() for path in (ROOT / "cypher").rglob("*.cypher")}
_ROWS = [{"key": "k"}] * 500
_TEXTS = ["k"] * 500

# A benchmark puts labels and types into these.
_TEMPLATE = {"LABEL": "SourceRecord", "FROM_KEY": "key", "TO_KEY": "key", "FROM": "SourceRecord", "TO": "Transaction"}
_LISTS = {"rows": _ROWS, **dict.fromkeys(("keys", "ids", "numbers"), _TEXTS)}
_MAPS = {
    "batch": {},
    "view": {"brands": ["b"], "sources": ["s"], "own": "k", "shared": True, "consent": "c"},
    "find": {"number": "n", "key": "k", "keys": _TEXTS[:8], "nameKey": "n", "size": 20},
    "part": {"size": 20},
}
_VALUES = {
    "now": "2026-01-01T00:00:00Z",
    "first": 20,
    "sides": [{"number": "n", "record": "k"}] * 2,
    "size": 20,
    "limit": 20,
    "most": 20,
    "place": 0,
    "after": "",
    "below": 5,
    "above": 5,
    "sequence": 5,
}


@dataclass(frozen=True)
class Query:
    """A query as it is sent; `files` are those it is made of."""

    name: str
    text: str
    files: tuple[str, ...] = ()

    @property
    def allowed(self) -> frozenset[str]:
        """Operators that a header allows, each with its reason."""
        return frozenset(operator for file in self.files for operator in allowed_by(file))

    @property
    def parameters(self) -> dict[str, Any]:
        """Arguments of the right types for planning: as many rows as a full batch has."""
        known = _LISTS | _MAPS | _VALUES
        return {one: known.get(one) for one in set(re.findall(r"\$(\w+)", self.text))}


def allowed_by(file: str) -> set[str]:
    """Operators that the header of `cypher/<file>.cypher` allows."""
    return {operator for operator, _ in _ALLOWED.findall(_text(file))}


def queries() -> Iterator[Query]:
    """Every statement that the service sends, fragments put together as `graph` does."""
    for name in sorted(_NAMES):
        folder, _, file = name.rpartition("/")
        if folder == "migrations" or folder.startswith("templates") or name == "schema/migration_key":
            continue  # schema statements and a mere form have no plan
        if folder == "bench":
            text = _code(name)
            for word, value in _TEMPLATE.items():
                text = re.sub(rf"\b{word}\b", value, text)
            yield Query(name, re.sub(r"\[r:TYPE\]", "[r:MADE]", text), (name,))
        elif folder == "profile":
            if file.startswith("by_"):
                yield _joined(name, name, "profile/base")
            elif file != "base":
                yield _joined(name, "profile/by_number", "profile/base", name)
        elif name == "segments/feed/customers":
            yield Query(name, locked_customers(), (name, "profile/base", "profile/visits"))
        elif folder == "segments/rules":
            if file not in _CONNECTIVES:
                yield _joined(name, "segments/rules/match", name, "segments/rules/count")
        else:
            yield Query(name, _code(name), (name,))
    for name, files in _BATCHES.items():
        yield Query(f"intake {name}", joined(*files), files)
    for finder in ("by_number", "by_identifier", "by_identifier_ranked", "by_record"):
        parts = ("records", "transactions", "entries")
        files = (f"profile/{finder}", "templates/for_each", "profile/base", *(f"profile/{part}" for part in parts))
        yield Query(
            f"{finder} for each",
            text_for_each(_code(f"profile/{finder}"), _code("profile/base"), columns(parts)),
            files,
        )
    for finder in ("by_number", "by_identifier", "by_record", "by_transaction"):
        parts = ("records", "transactions", "entries", "moves", "visits", "brands", "former")
        text = finder_within(_code(f"profile/{finder}")) + columns_within(columns(parts))
        forms = ("record", "transaction", "ledger_entry", "brand", "customer", "base")
        yield Query(f"{finder} within brands", text, tuple(f"templates/brand_view/{form}" for form in forms))
    then = _joined("as of", "profile/by_identifier", "profile/base", "profile/records")
    yield Query(then.name, at_moment(then.text), then.files)
    for page in ("segments/rules/page", "segments/rules/page_back"):
        yield _joined(
            page, "segments/rules/match", "segments/rules/spend", page, "profile/base", "profile/transactions"
        )


_BATCHES = {
    "identity changes": FEED,
    "identity case": CASE,
    "claim": CLAIM,
    "lock and read": LOCK_AND_READ,
    "lock and compare points": LOCK_AND_COMPARE,
    "reports": queries_of(REPORTERS),
    "people": PEOPLE,
}
_CONNECTIVES = {"and", "or", "not", "beside", "match", "count", "page", "page_back"}


def _joined(name: str, *files: str) -> Query:
    parts = [_code(file) for file in files]
    text = "\n".join(parts[:-1]) + (",\n" if files[-1].startswith("profile/") and len(files) > 2 else "\n") + parts[-1]
    return Query(name, text, files)


def _text(name: str) -> str:
    return (ROOT / "cypher" / f"{name}.cypher").read_text("utf-8")


def _code(name: str) -> str:
    return "\n".join(line for line in _text(name).splitlines() if not line.startswith("//"))


def faults(plan: dict[str, Any]) -> set[str]:
    """Operators of a plan that cost more with every guest in the store, or more than the rows of a batch."""
    found: set[str] = set()
    operator = plan["operatorType"].partition("@")[0]
    if _SCANS.search(operator) or operator == "Eager":
        found.add(operator)
    if operator == "CartesianProduct" and not any(map(_one_row, plan["children"])):
        found.add(operator)
    for child in plan.get("children", ()):
        found |= faults(child)
    return found


def _one_row(plan: dict[str, Any]) -> bool:
    """Whether a branch starts at one row or at one node found by its key: its product with another is that other."""
    while plan.get("children"):
        plan = plan["children"][0]
    return plan["operatorType"].startswith(("NodeUniqueIndexSeek", "Argument"))
