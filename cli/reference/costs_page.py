"""costs.md: what each part of a GraphQL operation costs."""

from __future__ import annotations

from itertools import groupby

from cli.reference.constant_meanings import constant
from cli.reference.markdown import document, one_line, table
from resolvers.bounds import costs

_FIGURES = (
    ("resolvers.kit.pages", "DEFAULT_PAGE"),
    ("resolvers.bounds.costs", "LIST_ROWS"),
    ("resolvers.bounds.costs", "MUTATION"),
    ("resolvers.bounds.budget", "REFUSED"),
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
        table(["fields", "cost more"], _weights()),
    )


def _weights() -> list[tuple[str, str]]:
    by_weight = sorted(costs.WEIGHTS.items(), key=lambda field: (field[1], field[0]))
    return [
        (", ".join(f"`{name}`" for name, _ in fields), f"{weight:,}")
        for weight, fields in groupby(by_weight, key=lambda field: field[1])
    ]
