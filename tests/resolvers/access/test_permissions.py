"""Who may do what: every cell of the table is tried, on the real schema and store, allowed and refused.

Tests resolvers.kit.requirements too.
"""

from __future__ import annotations

from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from domain.errors import NotAllowed, SetupError
from identity.claims import ClaimsReader
from matching.policy import default
from privacy.vault import Vault
from resolvers.access.caller import (
    ALL_SCOPES,
    GROUP_READ,
    GUEST_SCOPES,
    ME_READ,
    SEGMENT_READ,
    SEGMENT_WRITE,
    Caller,
    Own,
)
from resolvers.access.permissions import guard, require_type, root_rules, rules_below, type_rules
from resolvers.access.roles import ROLES
from resolvers.kit.findable import FINDABLE
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.requirements import ScopeRule, requires
from resolvers.schema import make_schema
from tests.kit.story import Story

SCHEMA: Any = make_schema()._schema  # pyright: ignore[reportPrivateUsage]
ROOTS, BELOW = root_rules(SCHEMA), rules_below(SCHEMA)
SCALARS = {"Int": "1", "Boolean": "true", "JSON": "1", "DateTime": '"2026-01-01T00:00:00Z"'}
# Ids are of their type's form, so that what is refused is refused for want of a scope.
IDS = {"records": "U291cmNlUmVjb3JkOng", "record": "U291cmNlUmVjb3JkOng", "recordId": "U291cmNlUmVjb3JkOng"}
NOBODY = ClaimsReader(Vault(bytes(32)), default(), "US").record_key("app", "stranger")
PATHS = {
    "Customer": '{ %s(by: {customerNumber: "x"}) { %s } }',
    "LedgerEntry": '{ %s(by: {customerNumber: "x"}) { loyaltyBalance { entries { edges { node { %s } } } } } }',
    "Segment": "{ segments { %s } }",
    "GoldenField": '{ %s(by: {customerNumber: "x"}) { goldenRecord { %s } } }',
}  # fmt: skip


def value(of: Any, name: str) -> str:
    """A literal that fits an input type."""
    if isinstance(of, GraphQLNonNull):
        return value(of.of_type, name)
    if isinstance(of, GraphQLList):
        return f"[{value(of.of_type, name)}]"
    if isinstance(of, GraphQLInputObjectType):
        required = [(key, field) for key, field in of.fields.items() if is_required_input_field(field)]
        chosen = (
            required or [(key, field) for key, field in of.fields.items() if get_named_type(field.type) is not of][:1]
        )
        return "{" + ", ".join(f"{n}: {value(f.type, n)}" for n, f in chosen) + "}"
    if isinstance(of, GraphQLEnumType):
        return next(iter(of.values))
    return SCALARS.get(of.name, f'"{IDS.get(name, "x")}"')


def field_of(name: str, field: Any) -> str:
    """A field with all that it needs, and the least of what is below."""
    required = {key: argument for key, argument in field.args.items() if is_required_argument(argument)}
    given = ", ".join(f"{key}: {value(argument.type, key)}" for key, argument in required.items())
    below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
    return f"{name}({given}){below}" if given else f"{name}{below}"


def document(coordinate: str, role: str) -> str:
    type_name, _, name = coordinate.partition(".")
    type_: GraphQLObjectType = SCHEMA.get_type(type_name)
    field = field_of(name, type_.fields[name])
    if type_name in ("Query", "Mutation", "Subscription"):
        return f"{type_name.lower()} {{ {field} }}"
    form = PATHS[type_name]
    if role == "guest" and "%s(by" in form:
        return form.replace('%s(by: {customerNumber: "x"})', "me") % field
    return form % (("customer", field) if form.count("%s") == 2 else field)


def caller_of(role: str, brands: frozenset[str] | None = None) -> Caller:
    if role == "guest":
        return Caller(
            role, ROLES[role].scopes, ROLES[role].kind, brands, subject=NOBODY, own=Own("app", "stranger", "pasta")
        )
    return Caller(role, ROLES[role].scopes, ROLES[role].kind, brands)


async def codes(story: Story, text: str, caller: Caller, variables: dict[str, Any] | None = None) -> set[str]:
    result = await story.run(text, caller, variables)
    return {error["extensions"]["code"] for error in story.shown(result)}


@pytest.mark.neo4j
@pytest.mark.parametrize("role", ROLES)
async def test_every_cell_of_the_table(story: Story, role: str) -> None:
    for coordinate, rule in (ROOTS | BELOW).items():
        found = await codes(story, document(coordinate, role), caller_of(role))
        assert ("NOT_ALLOWED" in found) == (rule.scope not in ROLES[role].scopes), coordinate
        assert "INTERNAL" not in found, coordinate


@pytest.mark.neo4j
async def test_the_whole_group_is_not_shown_to_who_may_see_some_brands(story: Story) -> None:
    caller = Caller("brand", ALL_SCOPES - GUEST_SCOPES, brands=frozenset({"pasta"}))
    for coordinate, rule in (ROOTS | BELOW).items():
        if rule.scope not in GUEST_SCOPES:
            found = await codes(story, document(coordinate, "admin"), caller)
            assert ("NOT_ALLOWED" in found) == rule.whole, coordinate
    assert "NOT_ALLOWED" in await codes(
        story, '{ customer(by: {card: "x"}, asOf: "2026-03-01T00:00:00Z") { number } }', caller
    )


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "text",
    [
        "query($b: CustomerBy!) { customer(by: $b) { ...A } } fragment A on Customer { ...B } "
        "fragment B on Customer { household { kind } }",
        '{ customer(by: {card: "x"}) { ... on Customer { ... on Node { ... on Customer { keptApart { rule } } } } } }',
        '{ customer(by: {card: "x"}) { relations @skip(if: true) { kind } number } }',
        '{ node(id: "Q3VzdG9tZXI6eA") { ... on Customer { x: identityHistory { edges { cursor } } } } }',
        '{ node(id: "U2VnbWVudDp4") { ... on Segment { members { edges { node { household { kind } } } } } } }',
        '{ customerSearch(text: "x") { edges { node { goldenRecord { reason } } } } }',
    ],
)
async def test_what_is_selected_far_below_needs_its_scope_too(story: Story, text: str) -> None:
    assert await codes(story, text, caller_of("till"), {"b": {"card": "x"}}) == {"NOT_ALLOWED"}


@pytest.mark.neo4j
async def test_nothing_is_read_for_who_may_not_read_it(story: Story) -> None:
    before = story.database.round_trips
    for coordinate, rule in (ROOTS | BELOW).items():
        if rule.scope not in ROLES["guest"].scopes:
            await codes(story, document(coordinate, "guest"), caller_of("guest"))
    assert story.database.round_trips == before


def test_a_root_field_without_a_scope_makes_no_schema() -> None:
    @strawberry.type
    class Query:
        @strawberry.field(metadata=requires(ME_READ))
        def me(self) -> str:
            return ""

        @strawberry.field(metadata=requires(cost=5))
        def stranger(self) -> str:
            return ""

    with pytest.raises(SetupError, match=r"for Query\.stranger:"):
        guard(strawberry.Schema(Query)._schema)  # pyright: ignore[reportPrivateUsage]


NODES = set(type_rules(SCHEMA))


@pytest.mark.neo4j
@pytest.mark.parametrize("limited", [False, True], ids=["whole group", "some brands"])
@pytest.mark.parametrize("role", ROLES)
async def test_each_way_to_a_thing_needs_what_the_thing_needs(story: Story, role: str, limited: bool) -> None:
    caller = caller_of(role, frozenset({"pasta"}) if limited else None)
    for name, known in FINDABLE.items():
        rule = type_rules(SCHEMA)[name]
        refused = rule.scope not in caller.scopes or (rule.whole and caller.limited)
        asked = [f'{{ node(id: "{global_id(name, "x")}") {{ id }} }}']
        if known.key is not None:
            representation = f'{{__typename: "{name}", {known.key}: "x"}}'
            asked.append(f"{{ _entities(representations: [{representation}]) {{ __typename }} }}")
        for text in asked:
            found = await codes(story, text, caller)
            assert ("NOT_ALLOWED" in found) == refused, (name, text)
            assert "INTERNAL" not in found, (name, text)


@pytest.mark.neo4j
async def test_a_subscription_and_a_payload_give_no_thing_without_its_scope(story: Story) -> None:
    texts = {
        'subscription { segmentChanged(id: "U2VnbWVudDp4") { customer { number } } }': {SEGMENT_READ},
        'mutation { segmentSave(input: {name: "s", rule: {visits: {min: 1}}}) { segment { name } } }': {SEGMENT_WRITE},
        "{ segments { members { edges { node { number } } } } }": {SEGMENT_READ},
    }
    for text, scopes in texts.items():
        before = story.database.round_trips
        assert await codes(story, text, Caller("half", frozenset({GROUP_READ, *scopes}))) == {"NOT_ALLOWED"}
        assert story.database.round_trips == before


PARTS = {
    "Money",
    "PageInfo",
    "PointsChanged",
    "PointsLot",
    "ProfileChanged",
    "RecordReference",
    "RedeemedReward",
    "Redemption",
    "RedemptionPayload",
    "Reward",
    "UserError",
}
"""Types that are reached with different scopes, and are parts of what was reached: they name nobody of themselves."""


def test_what_is_reached_with_different_scopes_has_its_own_rule() -> None:
    """Walks the schema: a type without a rule must be behind one scope only, or be a part that is listed."""
    ways: dict[str, set[str]] = {}
    todo: list[tuple[str, str]] = []

    def reach(type_: Any, scope: str) -> None:
        named = get_named_type(type_)
        if isinstance(named, GraphQLObjectType):
            rule = type_rules(SCHEMA).get(named.name)
            scope = rule.scope if rule else scope
            if scope not in ways.setdefault(named.name, set()):
                ways[named.name].add(scope)
                todo.append((named.name, scope))

    for coordinate, rule in ROOTS.items():
        type_name, _, name = coordinate.partition(".")
        reach(SCHEMA.type_map[type_name].fields[name].type, rule.scope)
    for name in NODES:
        reach(SCHEMA.type_map[name], "")
    while todo:
        type_name, scope = todo.pop()
        for name, field in SCHEMA.type_map[type_name].fields.items():
            below = BELOW.get(f"{type_name}.{name}")
            reach(field.type, below.scope if below else scope)
    assert {name for name, scopes in ways.items() if len(scopes) > 1} - PARTS == set()


def test_a_type_that_is_found_by_id_without_a_rule_makes_no_schema() -> None:
    @strawberry.type
    class Stranger(Node):
        pass

    @strawberry.type
    class Query:
        @strawberry.field(metadata=requires(ME_READ))
        def node(self) -> Node:
            return Stranger(id=strawberry.ID("x"))

    with pytest.raises(SetupError, match="for Stranger:"):
        guard(strawberry.Schema(Query, types=[Stranger])._schema)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(NotAllowed):
        require_type(Stranger, Caller("all", ALL_SCOPES))


def test_what_needs_a_scope_below_is_found_on_every_type() -> None:
    assert BELOW.keys() >= {"Customer.household", "Customer.segments", "GoldenField.actor", "GoldenField.reason"}
    assert BELOW["Customer.household"] == ScopeRule("identity:read", whole=True)
    assert not BELOW.keys() & ROOTS.keys()
