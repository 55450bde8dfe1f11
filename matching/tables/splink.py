"""A learned model as Splink settings: the same comparison levels, weights and passes in SQL, for DuckDB or Spark.

SQL lacks some functions. Extra columns replace them (a name's sound), or an approximation does: texts are compared by
Jaro-Winkler and not word by word, nicknames count as different, only the first of several values counts, and the doubt
about relatives and namesakes is left out. So figures are close to ours, but not equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, Literal

from matching.tables.fields import MISSING, Column, sound
from matching.tables.kinds import NAMES, Kind
from matching.tables.levels import SWAPPED, top
from matching.tables.weights import TableModel

Dialect = Literal["duckdb", "spark"]
LARGEST_BLOCK = 200
"""A pass with a larger block is left out: Splink has no sorted neighbourhood to fall back on."""

_JARO_WINKLER = {"duckdb": "jaro_winkler_similarity", "spark": "jaro_winkler"}
_RARITY = 0.5  # our model also shrinks the rarity of a value half-way towards the mean


def splink_table(columns: Sequence[Column], records: int) -> dict[str, list[Any]]:
    """The table for these settings: `unique_id` and values in one spelling; None if a value is missing."""
    table: dict[str, list[Any]] = {"unique_id": list(range(records))}
    for column in columns:
        table[column.name] = _first_values(column, list(column.values))
        for suffix, views in _views(column):
            table[f"{column.name}_{suffix}"] = _first_values(column, views)
    return table


def splink_settings(columns: Sequence[Column], model: TableModel, dialect: Dialect = "duckdb") -> dict[str, Any]:
    """Trained settings for `Linker(table, settings)`: prior, m and u come from the model."""
    given_and_family = _given_and_family(columns)
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": model.prior,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in _rules(columns)],
        "comparisons": [
            {
                "output_column_name": column.name,
                "comparison_levels": list(_levels(column, m, u, given_and_family, dialect)),
            }
            for column, m, u in zip(columns, model.m, model.u, strict=True)
        ],
    }


def _first_values(column: Column, values: Sequence[str]) -> list[str | None]:
    first: list[int] = column.flat[column.starts[:-1]].tolist()
    codes: list[int] = column.codes.tolist()
    return [values[first[code]] or None if code != MISSING else None for code in codes]


def _views(column: Column) -> Iterator[tuple[str, list[str]]]:
    """Coarser spellings, for blocking and comparing."""
    match column.kind:
        case Kind.GIVEN | Kind.MIDDLE | Kind.FAMILY | Kind.FULL:
            yield "sound", [sound(value.partition(" ")[0]) for value in column.values]
        case Kind.BIRTH | Kind.DATE:
            yield "year", [value[:4] for value in column.values]
        case Kind.EMAIL:
            yield "local", [value.partition("@")[0] for value in column.values]
        case Kind.PHONE | Kind.POSTCODE | Kind.NUMBER | Kind.ID:
            yield "end", [value[-4:] for value in column.values]
        case Kind.SEX | Kind.SUFFIX | Kind.AMOUNT:
            return
        case _:
            yield "start", [value[:5] for value in column.values]


def _rules(columns: Sequence[Column]) -> Iterator[str]:
    """Passes by one value or two coarse ones, if all blocks of the pass stay small."""
    names = [(column.name, column.codes.tolist()) for column in columns]
    coarse = [
        (column.name, f"{column.name}_{suffix}", _first_values(column, views))
        for column in columns
        for suffix, views in _views(column)
    ]
    for name, codes in names:
        if _largest(code for code in codes if code != MISSING) <= LARGEST_BLOCK:
            yield _equal(name)
    for (name_a, a, left), (name_b, b, right) in combinations(coarse, 2):
        if name_a != name_b and _largest(p for p in zip(left, right, strict=True) if None not in p) <= LARGEST_BLOCK:
            yield f"{_equal(a)} AND {_equal(b)}"


def _largest(values: Iterator[Any]) -> int:
    return max(Counter(values).values(), default=0)


def _equal(name: str) -> str:
    return f"l.{_quoted(name)} = r.{_quoted(name)}"


def _quoted(name: str) -> str:
    return "`" + name + "`" if not name.isidentifier() else name


def _given_and_family(columns: Sequence[Column]) -> tuple[str, str] | None:
    given = [column.name for column in columns if column.kind is Kind.GIVEN]
    family = [column.name for column in columns if column.kind is Kind.FAMILY]
    return (given[0], family[0]) if len(given) == len(family) == 1 else None


def _levels(
    column: Column, m: Any, u: Any, names: tuple[str, str] | None, dialect: Dialect
) -> Iterator[dict[str, Any]]:
    left, right = f"{column.name}_l", f"{column.name}_r"
    yield {"sql_condition": f"{left} IS NULL OR {right} IS NULL", "label_for_charts": "missing", "is_null_level": True}
    highest = top(column.kind)
    exact = {"tf_adjustment_column": column.name, "tf_adjustment_weight": _RARITY}
    yield _level(f"{left} = {right}", "equal", highest, m, u) | exact
    if column.kind in NAMES and names:
        given, family = names
        swapped = f"{given}_l = {family}_r AND {family}_l = {given}_r"
        yield _level(swapped, "swapped", SWAPPED, m, u)
    fuzzy = _fuzzy(column, left, right, dialect)
    for level, condition in sorted(fuzzy.items(), reverse=True):
        yield _level(condition, f"alike {level}", level, m, u)
    yield _level("ELSE", "different", 0, m, u)


def _level(condition: str, label: str, level: int, m: Any, u: Any) -> dict[str, Any]:
    return {
        "sql_condition": condition,
        "label_for_charts": label,
        "m_probability": float(m[level]),
        "u_probability": float(u[level]),
    }


def _fuzzy(column: Column, left: str, right: str, dialect: Dialect) -> dict[int, str]:
    """The condition of each level between equal and different, as in `matching.tables.levels`."""
    name = column.name

    def slips(most: int) -> str:
        return f"damerau_levenshtein({left}, {right}) <= {most}"

    def alike(cut: float) -> str:
        return f"{_JARO_WINKLER[dialect]}({left}, {right}) >= {cut}"

    def same(suffix: str) -> str:
        return f"{name}_{suffix}_l = {name}_{suffix}_r"

    match column.kind:
        case Kind.GIVEN | Kind.MIDDLE | Kind.FAMILY:
            short = f"least(length({left}), length({right})) >= 3"
            return {2: f"({slips(1)} AND {short}) OR {same('sound')}", 1: alike(0.8)}
        case Kind.BIRTH | Kind.DATE:
            year, month, day = (
                tuple(f"substr({side}, {start}, {length})" for side in (left, right))
                for start, length in ((1, 4), (5, 2), (7, 2))
            )
            two = " OR ".join(f"({a[0]} = {a[1]} AND {b[0]} = {b[1]})" for a, b in combinations((year, month, day), 2))
            crossed = f"({year[0]} = {year[1]} AND {month[0]} = {day[1]} AND {day[0]} = {month[1]})"
            return {2: f"{slips(1)} OR {crossed}", 1: two}
        case Kind.EMAIL:
            return {2: slips(2), 1: f"{same('local')} OR {alike(0.88)}"}
        case Kind.PHONE | Kind.POSTCODE | Kind.NUMBER | Kind.ID:
            return {1: f"{slips(1)} AND least(length({left}), length({right})) >= 3"}
        case Kind.AMOUNT:
            apart = (
                f"abs(cast({left} AS double) - cast({right} AS double)) / greatest(abs(cast({left} AS double)), 1e-9)"
            )
            return {2: f"{apart} <= 0.02", 1: f"{apart} <= 0.2"}
        case Kind.SEX | Kind.SUFFIX:
            return {}
        case _:
            return {2: alike(0.94), 1: alike(0.85)}
