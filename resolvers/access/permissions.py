"""Which scope each field needs. One table; the schema refuses to be made where a root field is not in it.

It is checked at the root field, before anything of it is read: also for what is selected far below. The reading itself
asks again (`Context`), so that neither alone decides. docs/reference/permissions.md shows the rules as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
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
)

from domain.errors import NotAllowed, SetupError
from resolvers.access.caller import (
    AUDIT_READ,
    GROUP_READ,
    IDENTITY_READ,
    IDENTITY_WRITE,
    ME_READ,
    ME_WRITE,
    PROFILE_READ,
    SCHEMA_READ,
    SEGMENT_READ,
    SEGMENT_WRITE,
    STATS_READ,
    Caller,
)
from resolvers.kit.walk import Walker


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """The scope that a field needs. `whole`: it shows the whole group, so no caller with brand limits gets it."""

    scope: str
    whole: bool = True

    def check(self, caller: Caller) -> None:
        """Raises NotAllowed."""
        caller.require(self.scope)
        if self.whole and caller.limited:
            raise NotAllowed("This shows the whole group, and you may see some brands.", hint="Ask for the customer.")


def _any_brand(scope: str) -> ScopeRule:
    return ScopeRule(scope, whole=False)


ROOTS: Mapping[str, ScopeRule] = {
    "Query._service": _any_brand(SCHEMA_READ),
    "Query._entities": _any_brand(GROUP_READ),
    "Query.me": _any_brand(ME_READ),
    "Query.customer": _any_brand(PROFILE_READ),
    "Query.customerSearch": ScopeRule(PROFILE_READ),
    "Query.node": _any_brand(GROUP_READ),
    "Query.brands": _any_brand(GROUP_READ),
    "Query.stores": _any_brand(GROUP_READ),
    "Query.segments": ScopeRule(SEGMENT_READ),
    "Query.segment": ScopeRule(SEGMENT_READ),
    "Query.completeness": ScopeRule(STATS_READ),
    "Query.identityChanges": ScopeRule(IDENTITY_READ),
    "Query.identityWhy": ScopeRule(IDENTITY_READ),
    "Query.identityWhyNot": ScopeRule(IDENTITY_READ),
    "Query.identityPath": ScopeRule(IDENTITY_READ),
    "Query.identityNeighbourhood": ScopeRule(IDENTITY_READ),
    "Query.clusterHealth": ScopeRule(IDENTITY_READ),
    "Query.decisions": ScopeRule(IDENTITY_READ),
    "Query.auditLog": ScopeRule(AUDIT_READ),
    "Query.reviewQueue": ScopeRule(IDENTITY_WRITE),
    "Query.identityRulesRehearse": ScopeRule(IDENTITY_WRITE),
    "Mutation.myConsentSet": _any_brand(ME_WRITE),
    "Mutation.segmentSave": ScopeRule(SEGMENT_WRITE),
    "Mutation.segmentDelete": ScopeRule(SEGMENT_WRITE),
    "Mutation.customerMerge": ScopeRule(IDENTITY_WRITE),
    "Mutation.customerUnmerge": ScopeRule(IDENTITY_WRITE),
    "Mutation.sourceRecordMove": ScopeRule(IDENTITY_WRITE),
    "Mutation.mustMatch": ScopeRule(IDENTITY_WRITE),
    "Mutation.neverMatch": ScopeRule(IDENTITY_WRITE),
    "Mutation.customerLock": ScopeRule(IDENTITY_WRITE),
    "Mutation.customerUnlock": ScopeRule(IDENTITY_WRITE),
    "Mutation.identifierBlock": ScopeRule(IDENTITY_WRITE),
    "Mutation.identifierUnblock": ScopeRule(IDENTITY_WRITE),
    "Mutation.decisionUndo": ScopeRule(IDENTITY_WRITE),
    "Mutation.reviewClaim": ScopeRule(IDENTITY_WRITE),
    "Mutation.reviewSkip": ScopeRule(IDENTITY_WRITE),
    "Mutation.reviewDecide": ScopeRule(IDENTITY_WRITE),
    "Mutation.goldenFieldSet": ScopeRule(IDENTITY_WRITE),
    "Mutation.goldenFieldRelease": ScopeRule(IDENTITY_WRITE),
    "Subscription.identityChanged": ScopeRule(IDENTITY_READ),
    "Subscription.profileChanged": ScopeRule(PROFILE_READ),
    "Subscription.pointsChanged": _any_brand(PROFILE_READ),
    "Subscription.segmentChanged": ScopeRule(SEGMENT_READ),
    "Subscription.myProfileChanged": _any_brand(ME_READ),
    "Subscription.myPointsChanged": _any_brand(ME_READ),
}
BELOW: Mapping[str, ScopeRule] = {
    "Customer.household": ScopeRule(IDENTITY_READ),
    "Customer.relations": ScopeRule(IDENTITY_READ),
    "Customer.keptApart": ScopeRule(IDENTITY_READ),
    "Customer.identityHistory": ScopeRule(IDENTITY_READ),
    "Customer.segments": ScopeRule(SEGMENT_READ),
    "GoldenField.actor": ScopeRule(IDENTITY_READ),
    "GoldenField.reason": ScopeRule(IDENTITY_READ),
}
"""What needs a scope of its own wherever it is selected."""
_BELOW_SCOPES = frozenset(rule.scope for rule in BELOW.values())


def guard(schema: GraphQLSchema) -> None:
    """Puts the table before every root field. Raises SetupError where a field has no rule, or a rule no field."""
    fields = {
        f"{type_.name}.{name}": field
        for type_ in (schema.query_type, schema.mutation_type, schema.subscription_type)
        if type_ is not None
        for name, field in type_.fields.items()
    }
    if fields.keys() != ROOTS.keys():
        odd = ", ".join(sorted(fields.keys() ^ ROOTS.keys()))
        raise SetupError(f"resolvers/access/permissions.py does not agree with the schema about {odd}.")
    for coordinate, field in fields.items():
        _guarded(field, ROOTS[coordinate], writes=coordinate.startswith("Mutation."))


def _guarded(field: GraphQLField, rule: ScopeRule, *, writes: bool) -> None:
    # Of a subscription it is the following that is asked for; what comes of it is the same caller's.
    name = "resolve" if field.subscribe is None else "subscribe"
    resolve: Callable[..., Any] | None = getattr(field, name)
    assert resolve is not None

    def checked(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        caller: Caller = info.context.caller
        rule.check(caller)
        if caller.limited or not caller.scopes >= _BELOW_SCOPES:
            for below in needs(info.schema, info.field_nodes, info.parent_type, info.fragments):
                below.check(caller)
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
    """The rules of all that is selected below these fields, whatever @skip and @include say."""
    return [BELOW[each] for each in sorted(coordinates(schema, nodes, parent, fragments) & BELOW.keys())]


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
    if isinstance(type_, GraphQLInterfaceType | GraphQLUnionType):
        return schema.get_possible_types(type_)
    return () if type_ is None else (type_,)
