"""Who may do what, as a table from what fields declare: docs/reference/permissions.md."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLSchema

from resolvers.access.caller import (
    CONSENT_GRANT,
    EVENT_WRITE,
    IDENTITY_CLAIM,
    ME_READ,
    METRICS_READ,
    PII_READ,
    SCOPES,
)
from resolvers.access.permissions import root_rules, rules_below, type_rules
from resolvers.access.roles import ROLES, Role
from resolvers.access.write_table import write_table
from resolvers.kit.requirements import ScopeRule

_VERBS = {"Query": "read", "Mutation": "write", "Subscription": "follow"}
HTTP: dict[tuple[str, str], ScopeRule] = {
    ("`POST /v1/events`, Segment", "send"): ScopeRule(EVENT_WRITE, whole=False),
    ("`identify` and `alias` events", "send"): ScopeRule(IDENTITY_CLAIM, whole=False),
    ("grants of `cross_brand_profile`", "send"): ScopeRule(CONSENT_GRANT, whole=False),
    ("`GET /metrics`", "read"): ScopeRule(METRICS_READ),
    ("contact data in clear", "read"): ScopeRule(PII_READ, whole=False),
}
_INTRO = """A test tries every cell. What a field needs is checked before anything of it is read, and the query itself
reads no more than the caller may see. What is reached in several ways, such as a segment by its list, by `node` or in
an answer, needs its scope on each of them; a brand or store needs none where it stands in something else, such as an
order. *Brands* says whether a caller with brand limits may have it: what shows the
whole group is refused to that caller.

## Scopes

| scope | allows |
|---|---|"""


def rules(schema: GraphQLSchema) -> Iterator[tuple[str, str, ScopeRule]]:
    """(what, verb, rule) of everything that needs a scope."""
    for coordinate, rule in root_rules(schema).items():
        kind, _, name = coordinate.partition(".")
        yield f"`{name}`", _VERBS[kind], rule
    for coordinate, rule in rules_below(schema).items():
        yield f"`{coordinate}`", "read", rule
    for name, rule in type_rules(schema).items():
        yield f"`{name}` by {'its id' if rule.part else 'any way'}", "get", rule
    for (what, verb), rule in HTTP.items():
        yield what, verb, rule


def _cell(rule: ScopeRule, role: Role) -> str:
    if rule.scope in role.scopes:
        return "yes"
    return "own" if rule.own and ME_READ in role.scopes else ""


def table(schema: GraphQLSchema) -> str:
    """Scopes, roles, each role's fields, and what limited keys can change, in Markdown."""
    lines = [_INTRO, *(f"| `{scope}` | {allows} |" for scope, allows in SCOPES.items())]
    lines += ["", "## Roles", "", "| role | of | scopes |", "|---|---|---|"]
    for name, role in ROLES.items():
        scopes = ", ".join(f"`{scope}`" for scope in SCOPES if scope in role.scopes)
        lines.append(f"| `{name}` | {role.kind.value} | {scopes} |")
    lines += ["", "## Role by field", ""]
    lines.append("| what | verb | scope | brands | " + " | ".join(name.replace("_", " ") for name in ROLES) + " |")
    lines.append("|---" * (4 + len(ROLES)) + "|")
    for what, verb, rule in rules(schema):
        cells = [_cell(rule, role) for role in ROLES.values()]
        brands = "" if rule.whole else "yes"
        lines.append("| " + " | ".join([what, verb, f"`{rule.scope}`", brands, *cells]) + " |")
    lines += ["", write_table()]
    return "\n".join(lines).replace("|  |", "| |").replace("|  |", "| |")
