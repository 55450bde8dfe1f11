"""Asks before each field whether the caller has its scope. Fields name their scopes, and so do types that are reached
in several ways (`resolvers.kit.requirements`). The schema refuses to be made where a root field names none, or a type
whose objects are found by id.

It is checked at the root field, before anything of it is read: also for what is selected far below. What `node` and
`_entities` give is known when it is found, and checked then (`require_type`). The reading itself asks again
(`Context`), so that neither alone decides. docs/reference/permissions.md shows the rules as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from inspect import isawaitable
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)

from domain.errors import NotAllowed, SetupError
from resolvers.access.caller import GUEST_SCOPES, Caller
from resolvers.kit.requirements import ScopeRule, rule_of, scope_rule, type_rule
from resolvers.kit.walk import Walker

_BELOW = "scopes of fields below"
_TYPES = "scopes of types"
_SEVERAL = GraphQLInterfaceType | GraphQLUnionType


def root_rules(schema: GraphQLSchema) -> dict[str, ScopeRule]:
    """The rule of every root field by its coordinate, as `Query.me`. Raises SetupError where one names no scope."""
    rules = {coordinate: scope_rule(field) for coordinate, field in _root_fields(schema).items()}
    missing = ", ".join(sorted(coordinate for coordinate, rule in rules.items() if rule is None))
    if missing:
        raise SetupError(f"No scope is named for {missing}: a root field has `metadata=requires(…)`.")
    return {coordinate: rule for coordinate, rule in rules.items() if rule is not None}


def rules_below(schema: GraphQLSchema) -> dict[str, ScopeRule]:
    """The rules of what needs a scope of its own wherever it is selected, by `Type.field`; collected once."""
    if _BELOW not in schema.extensions:
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        types = [type_ for _, type_ in sorted(schema.type_map.items()) if type_ not in roots]
        schema.extensions[_BELOW] = {
            f"{type_.name}.{name}": rule
            for type_ in types
            if isinstance(type_, GraphQLObjectType)
            for name, field in type_.fields.items()
            if (rule := scope_rule(field)) is not None
        }
    return schema.extensions[_BELOW]


def type_rules(schema: GraphQLSchema) -> dict[str, ScopeRule]:
    """The rules beside types, by the type's name; a page of things has that of the thing. Raises SetupError where a
    type of an interface or union has none."""
    if _TYPES not in schema.extensions:
        objects = {name: type_ for name, type_ in schema.type_map.items() if isinstance(type_, GraphQLObjectType)}
        rules = {
            name: rule for name, type_ in sorted(objects.items()) if (rule := type_rule(_thing(type_))) is not None
        }
        several = (type_ for type_ in schema.type_map.values() if isinstance(type_, _SEVERAL))
        missing = {one.name for type_ in several for one in schema.get_possible_types(type_)} - rules.keys()
        if missing:
            raise SetupError(f"No scope is named for {', '.join(sorted(missing))}: beside the type is `@protected(…)`.")
        schema.extensions[_TYPES] = rules
    return schema.extensions[_TYPES]


def _thing(type_: GraphQLObjectType) -> GraphQLNamedType:
    """What a page or a row of a page is of; any other type itself."""
    for name in ("edges", "node"):
        if name in type_.fields:
            within = get_named_type(type_.fields[name].type)
            return _thing(within) if isinstance(within, GraphQLObjectType) else type_
    return type_


def require_type(type_: type, caller: Caller) -> None:
    """Raises NotAllowed where the caller may have no objects of the type."""
    rule = rule_of(type_)
    if rule is None:
        raise NotAllowed("Nobody may have this.")
    _check(rule, caller)


def guard(schema: GraphQLSchema) -> None:
    """Puts its rule before every root field. Raises SetupError where a field has none."""
    rules, fields = root_rules(schema), _root_fields(schema)
    below = frozenset(rule.scope for rule in (*rules_below(schema).values(), *type_rules(schema).values()))
    for coordinate, rule in rules.items():
        _guarded(fields[coordinate], rule, below, writes=coordinate.startswith("Mutation."))


def _root_fields(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    return {
        f"{type_.name}.{name}": field
        for type_ in (schema.query_type, schema.mutation_type, schema.subscription_type)
        if type_ is not None
        for name, field in type_.fields.items()
    }


def _check(rule: ScopeRule, caller: Caller) -> None:
    """Raises NotAllowed."""
    caller.require(rule.scope)
    if rule.whole and caller.limited:
        raise NotAllowed("This shows the whole group, and you may see some brands.", hint="Ask for the customer.")


def _guarded(field: GraphQLField, rule: ScopeRule, scopes_below: frozenset[str], *, writes: bool) -> None:
    # Of a subscription it is the following that is asked for; what comes of it is the same caller's.
    name = "resolve" if field.subscribe is None else "subscribe"
    resolve: Callable[..., Any] | None = getattr(field, name)
    assert resolve is not None

    def checked(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        caller: Caller = info.context.caller
        _check(rule, caller)
        if caller.limited or not caller.scopes >= scopes_below:
            for below in needs(info.schema, info.field_nodes, info.parent_type, info.fragments):
                if not (below.own and rule.scope in GUEST_SCOPES):
                    _check(below, caller)
        info.context.trail.fields.add(info.field_name)
        return (noted if writes else resolve)(source, info, **arguments)

    async def noted(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        await info.context.trail.writes(info.context.caller, info.field_name, arguments)
        done = resolve(source, info, **arguments)
        return await done if isawaitable(done) else done

    setattr(field, name, checked)


def needs(
    schema: GraphQLSchema,
    nodes: list[FieldNode],
    parent: GraphQLObjectType,
    fragments: dict[str, FragmentDefinitionNode],
) -> list[ScopeRule]:
    """The rules of these fields' types and of all that is selected below, whatever @skip and @include say. Of what
    is one of several types, the rule is that of the object found."""
    below, types = rules_below(schema), type_rules(schema)
    selected = sorted(coordinates(schema, nodes, parent, fragments))
    given = {name for each in selected if (name := _type_of(schema, each)) in types and not types[name].part}
    return [types[name] for name in sorted(given)] + [below[each] for each in selected if each in below]


def _type_of(schema: GraphQLSchema, coordinate: str) -> str:
    """The type of what a field gives."""
    type_name, _, name = coordinate.partition(".")
    type_ = schema.type_map[type_name]
    field = type_.fields.get(name) if isinstance(type_, GraphQLObjectType) else None
    return "" if field is None else get_named_type(field.type).name


def coordinates(
    schema: GraphQLSchema,
    nodes: Iterable[FieldNode],
    parent: GraphQLObjectType,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> set[str]:
    """These fields and all below them as `Type.field`; one that is selected on an interface as that of every object
    that it may be."""
    walker = Walker(fragments, schema)
    fields = walker.everything(walker.field(parent, node) for node in nodes)
    return {f"{type_.name}.{field.name}" for field in fields for type_ in _objects(schema, field.parent)}


def _objects(schema: GraphQLSchema, type_: GraphQLNamedType | None) -> Collection[GraphQLNamedType]:
    if isinstance(type_, _SEVERAL):
        return schema.get_possible_types(type_)
    return () if type_ is None else (type_,)
