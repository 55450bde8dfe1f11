"""The CSV files of `neo4j-admin database import`: which columns each label and type has, and how values are spelt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
ARRAY_DELIMITER = ";"
_BYTE = [str(byte - 256 if byte > 127 else byte) for byte in range(256)]


@dataclass(frozen=True, slots=True)
class NodeTable:
    """Nodes of one label; `key` is the property that names one. A column without a type is text."""

    key: str
    columns: Mapping[str, str]

    def header(self, name: str) -> str:
        return ",".join((f"{self.key}:ID({name})", *_typed(self.columns), ":LABEL"))


@dataclass(frozen=True, slots=True)
class RelationshipTable:
    """Relationships of one type, from one label to another."""

    start: str
    end: str
    columns: Mapping[str, str]

    def header(self, name: str) -> str:
        return ",".join((f":START_ID({self.start})", f":END_ID({self.end})", *_typed(self.columns)))


def _typed(columns: Mapping[str, str]) -> Iterable[str]:
    return (f"{name}:{kind}" if kind else name for name, kind in columns.items())


def _columns(text: str) -> dict[str, str]:
    return {name: kind for name, _, kind in (part.partition(":") for part in text.split())}


NODES = {
    "SourceRecord": NodeTable(
        "key",
        _columns(
            "source kind component signatures:string[] consents sealed:byte[] stats home "
            "fields:string[] idPart firstSeen:date lastSeen:date createdAt:datetime"
        ),
    ),
    "Identifier": NodeTable(
        "key", _columns("type display part sealed:byte[] blocked:boolean shared:boolean people:long firstSeen:date")
    ),
    "MatchKey": NodeTable("key", _columns("hot:boolean")),
    "Component": NodeTable("id", _columns("records:long")),
    "Customer": NodeTable(
        "number",
        _columns(
            "createdAt:datetime tier visits:long currency spendMinor:long points:long brands:string[] "
            "preferredChannel stats status known:boolean records:long nameDisplay nameKey "
            "familyKey familyStart familyEnd sealed:byte[] consents openBrands:string[] "
            "joinedAt:date firstVisitAt:datetime lastVisitAt:datetime"
        ),
    ),
    "Event": NodeTable("key", _columns("type at:datetime receivedAt:datetime source brand channel name sealed:byte[]")),
    "Transaction": NodeTable(
        "key",
        _columns(
            "status at:datetime clock recordClock cancelledClock orderId source completed:boolean channel brand "
            "terminal table covers:long payment currency totalMinor:long taxMinor:long tipMinor:long "
            "serviceChargeMinor:long discountMinor:long refundedMinor:long earningMinor:long refunds limitedRefunds "
            "limitedCancellations points:long expires:date"
        ),
    ),
    "LedgerEntry": NodeTable("key", _columns("points:long kind brand at:datetime reason expires:date account")),
    "IdentityChange": NodeTable(
        "key",
        _columns("kind fromNumber toNumber records:long reason actor at:datetime written:datetime pending:boolean"),
    ),
    "Store": NodeTable("id", _columns("name city country timezone clock")),
    "Brand": NodeTable("id", _columns("name clock")),
    "Product": NodeTable("id", _columns("name category clock named")),
}
RELATIONSHIPS = {
    "HAS_IDENTIFIER": RelationshipTable("SourceRecord", "Identifier", _columns("firstSeen:date lastSeen:date")),
    "HAS_MATCH_KEY": RelationshipTable("SourceRecord", "MatchKey", {}),
    "RESOLVED_TO": RelationshipTable("SourceRecord", "Customer", _columns("since:datetime rule via")),
    "KEPT_APART": RelationshipTable("Customer", "Customer", _columns("rule type detail at:datetime queued")),
    "SENT": RelationshipTable("SourceRecord", "Event", {}),
    "MADE": RelationshipTable("SourceRecord", "Transaction", {}),
    "AT": RelationshipTable("Transaction", "Store", {}),
    "CONTAINS": RelationshipTable("Transaction", "Product", _columns("position:long quantity amountMinor:long name")),
    "BOOKED": RelationshipTable("SourceRecord", "LedgerEntry", {}),
    "FOR": RelationshipTable("LedgerEntry", "Transaction", {}),
    "EARNED": RelationshipTable("Transaction", "LedgerEntry", {}),
    "OF": RelationshipTable("Store", "Brand", {}),
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Appends rows to the CSV files of one process; `part` keeps processes from writing into each other's files."""

    folder: Path
    part: str

    def write(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Rows by label or type. Raises KeyError for a property that its table does not have."""
        for name, some in rows.items():
            if some:
                with (self.folder / f"{name}-{self.part}.csv").open("a", encoding="utf-8", newline="") as file:
                    file.writelines(_lines(name, some))


def write_headers(folder: Path) -> None:
    """One header file for each table that has rows, as the import wants it."""
    for name, of in (NODES | RELATIONSHIPS).items():
        if any(folder.glob(f"{name}-*.csv")):
            (folder / f"{name}.header.csv").write_text(of.header(name) + "\n", "utf-8")


def import_arguments(folder: Path) -> list[str]:
    """The arguments of `neo4j-admin database import full` that name the folder's files."""
    found: list[str] = []
    for option, names in (("--nodes", NODES), ("--relationships", RELATIONSHIPS)):
        for name in names:
            if (files := sorted(folder.glob(f"{name}-*.csv"))) or (folder / f"{name}.header.csv").exists():
                kind = f"{option}={name}=" if option == "--relationships" else f"{option}="
                found.append(kind + ",".join(map(str, (folder / f"{name}.header.csv", *files))))
    return found


def _lines(name: str, rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    if of := NODES.get(name):
        columns = (of.key, *of.columns)
        for row in rows:
            _refuse_others(name, row, (*columns, "label"))
            yield ",".join([*(_cell(row.get(column)) for column in columns), _cell(row.get("label", name))]) + "\n"
        return
    columns = ("from", "to", *RELATIONSHIPS[name].columns)
    for row in rows:
        _refuse_others(name, row, columns)
        yield ",".join([_cell(row.get(column)) for column in columns]) + "\n"


def _refuse_others(name: str, row: Mapping[str, Any], columns: Sequence[str]) -> None:
    if unknown := row.keys() - set(columns):
        raise KeyError(f"{name} has no column {', '.join(sorted(unknown))}")


def _cell(value: Any) -> str:
    """Nothing for None; text is quoted always, since an empty text is not nothing."""
    match value:
        case None:
            return ""
        case str():
            return '"' + value.replace('"', '""') + '"'
        case bool():
            return "true" if value else "false"
        case bytes():
            return ARRAY_DELIMITER.join([_BYTE[byte] for byte in value])
        case list() if value and isinstance(value[0], str):
            return '"' + ARRAY_DELIMITER.join(value) + '"'
        case []:
            return ""  # the import knows no empty list: `bulk/empty_lists` mends it
        case _:
            return str(value)
