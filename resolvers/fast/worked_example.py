"""`python -m resolvers.fast.worked_example` prints the example of README.md: a document, its plan and its function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import parse
from graphql.execution.values import VariableValues

from graph.customers import ProfilePart
from resolvers.customer import customer
from resolvers.fast.covered_document import cover
from resolvers.fast.document_compiler import Selections, Source, source
from resolvers.fast.path import plan_of
from resolvers.kit.selection import Selected
from resolvers.schema import make_schema

DOCUMENT = """query Profile($number: String!, $money: Boolean!) {
  customer(by: {customerNumber: $number}) {
    number
    lifetimeSpend @include(if: $money) { amount }
    transactions(first: 2) {
      edges { node { at ...Sale } }
    }
  }
}
fragment Sale on Transaction {
  status
  total @include(if: $money) { amount }
  store { name }
}"""
VARIABLES = {"number": "CUST-7K3M-9QXA-2F8D", "money": True}


def example() -> str:
    """The example as Markdown."""
    schema = make_schema()
    core = schema._schema  # pyright: ignore[reportPrivateUsage]
    document = cover(core, parse(DOCUMENT), None)
    values = VariableValues({}, VARIABLES)
    selections = Selections(schema, document.fragments, values)
    root = selections.field(document.root)
    type_: Any = root.type
    selected = Selected(core, selections.walker, [root])
    plan = [
        f"depends on   {', '.join(f'${name} = {VARIABLES[name]}' for name in document.inner)}",
        f"cost         {plan_of(schema, document, values).cost}",
        f"of Customer  {_listed(customer.own(selected))}",
        *(
            f"{part.name:13}{_listed(columns)}; {_arguments(part)}"
            for part, columns in customer.parts(selected).items()
        ),
    ]
    made = source(selections, type_, [document.selection])
    # ruff would format a block marked as Python.
    blocks = ("graphql", DOCUMENT), ("text", "\n".join(plan)), ("text", "\n".join([*_names(made), made.text]))
    return "\n\n".join(f"```{language}\n{text}\n```" for language, text in blocks)


def _listed(columns: set[str] | None) -> str:
    return "whole rows" if columns is None else ", ".join(sorted(columns))


def _arguments(part: ProfilePart) -> str:
    return ", ".join(f"{name} {value}" for name, value in part.arguments if value is not None)


def _names(made: Source) -> Iterator[str]:
    """What the names of the function stand for, where the function has them."""
    for name, value in made.names.items():
        if name.startswith("k"):
            yield f"{name} = {getattr(value, '__qualname__', None) or repr(value)}"


if __name__ == "__main__":
    print(example())  # noqa: T201
