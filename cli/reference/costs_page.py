"""costs.md: what each part of a GraphQL operation costs."""

from __future__ import annotations

from itertools import groupby

from cli.reference.constant_meanings import constant
from cli.reference.markdown import document, one_line, table
from resolvers.bounds import costs
from resolvers.schema import make_schema

_FIGURES = (
    ("resolvers.kit.pages", "DEFAULT_PAGE"),
    ("resolvers.bounds.costs", "LIST_ROWS"),
    ("resolvers.bounds.costs", "MUTATION"),
    ("resolvers.bounds.budget", "REFUSED"),
    ("resolvers.bounds.budget", "MISS"),
    ("resolvers.bounds.budget", "ANEW"),
)


def page() -> str:
    """The whole page."""
    rules = [one_line(paragraph) for paragraph in (costs.__doc__ or "").split("\n\n")]
    figures = [(meaning, f"{value:,}") for value, meaning in (constant(*figure) for figure in _FIGURES)]
    return document(
        "Costs",
        "`resolvers/bounds`",
        *rules,
        "Examples, and what a caller may spend, are in [limits and cost](../graphql-limits.md#cost).",
        table(["what", "figure"], figures),
        "## Fields that cost more",
        table(["fields", "cost more"], _extra_costs()),
    )


def _extra_costs() -> list[tuple[str, str]]:
    schema = make_schema()._schema  # pyright: ignore[reportPrivateUsage]
    by_cost = sorted(costs.extra_costs(schema).items(), key=lambda field: (field[1], field[0]))
    return [
        (", ".join(f"`{name}`" for name, _ in fields), f"{cost:,}")
        for cost, fields in groupby(by_cost, key=lambda field: field[1])
    ]
