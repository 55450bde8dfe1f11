"""Every field of a customer declares what it reads: alone it gets that and nothing else, and answers.

Tests resolvers.customer.profile_facet too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from domain.errors import SetupError
from graph.customers import ProfilePart
from resolvers.access.caller import ALL_SCOPES, Caller
from resolvers.context import Context
from resolvers.fast.path import FastPath
from resolvers.kit.facets import check_facets, facet
from resolvers.kit.row_fields import column
from resolvers.schema import make_schema
from tests.kit.story import EMAIL, NOW, Story

SCHEMA = make_schema()
CUSTOMER: Any = SCHEMA._schema.get_type("Customer")  # pyright: ignore[reportPrivateUsage]


def paths(name: str, field: GraphQLField) -> Iterator[str]:
    """A selection for each leaf below a field; of what is found by its id, the id."""
    of = get_named_type(field.type)
    if is_leaf_type(of):
        yield name
        return
    assert isinstance(of, GraphQLObjectType)
    below = {"id": of.fields["id"]} if of.interfaces else of.fields
    for inner, inner_field in below.items():
        for path in paths(inner, inner_field):
            yield f"{name} {{ {path} }}"


GIVEN = {"basket": '(basket: {lines: [{product: "x", unitPrice: "1.00"}], brand: "pasta"}, rewards: [{reward: "x"}])'}
"""What a field must be given."""
ALONE = [path for name, field in CUSTOMER.fields.items() for path in paths(name + GIVEN.get(name, ""), field)]


@pytest.mark.neo4j
async def test_every_field_alone_gets_what_it_reads(story: Story) -> None:
    fast = FastPath(story.schema)
    for path in ALONE:
        document = f'{{ customer(by: {{email: "{EMAIL}"}}) {{ {path} }} }}'
        context = Context(story.parts, story.settings, Caller("test", ALL_SCOPES), now=NOW)
        whole_rows = await story.schema.execute(document, context_value=context)
        assert whole_rows.errors is None, path
        fast.learn(document, None)
        # Here the rows hold the declared columns alone.
        narrow_rows = await fast.execute(document, None, None, context)
        assert narrow_rows is not None, path
        assert narrow_rows.data == whole_rows.data, path


def test_a_field_that_does_not_say_what_it_reads_makes_no_schema() -> None:
    @strawberry.type
    class Guest:
        row: strawberry.Private[dict[str, Any]]
        number: str = column("number", description="Read off the row.")

        @facet(columns=("stats",), description="Declared.")
        def visits(self) -> int:
            return 0

        @strawberry.field(description="Reads parts of the profile, and declares none.")
        def relations(self) -> list[str]:
            return []

    with pytest.raises(SetupError, match="relations"):
        check_facets(Guest)


def test_a_facet_reads_something() -> None:
    with pytest.raises(SetupError, match="Nothing at all"):
        facet(description="Nothing at all.")
    assert facet(parts=(ProfilePart.of("former"),), description="A part.")
    assert facet(columns=("number",), description="A column.")
