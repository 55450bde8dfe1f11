"""limits.md: every constant that bounds what a caller may send, ask for or get."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from cli.reference.constant_meanings import constant
from cli.reference.markdown import document, table
from cli.reference.settings_page import variable
from domain.settings import Settings


class Limit(NamedTuple):
    """`unit` is empty where the meaning says what is counted."""

    module: str
    name: str
    unit: str = ""


LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "Requests": (
        Limit("runtime.http_connections", "MAX_HEAD", "bytes"),
        Limit("runtime.http_connections", "HEAD_WITHIN_S", "s"),
        Limit("api.request_body", "MAX_MEMBERS"),
        Limit("api.stranger_pace", "MAX_WAIT_S", "s"),
    ),
    "Events": (
        Limit("domain.events", "MAX_TEXT"),
        Limit("domain.events", "MAX_IDENTIFIER_TYPES"),
        Limit("domain.events", "MAX_VALUES_PER_TYPE"),
        Limit("domain.events", "MAX_LINES"),
        Limit("domain.events", "MAX_COVERS"),
        Limit("domain.events", "MAX_EXTRA"),
        Limit("domain.events", "MAX_PROPERTIES"),
        Limit("domain.events", "MAX_PROPERTIES_BYTES", "bytes"),
        Limit("api.events.segment_com_endpoint", "MAX_BATCH", "bytes"),
        Limit("api.events.segment_com_endpoint", "MAX_MESSAGE", "bytes"),
        Limit("ingest.split", "MAX_VALUES"),
        Limit("ingest.split", "MAX_MENDED"),
        Limit("ingest.quarantine", "MAX_BYTES", "bytes"),
        Limit("ingest.quarantine", "MAX_KEPT"),
        Limit("ingest.files.reader", "MAX_LINE", "bytes"),
    ),
    "Tills": (
        Limit("api.loyalty.toast_endpoint", "MAX_TILL_BODY", "bytes"),
        Limit("api.loyalty.till_accounts", "MAX_ACCOUNTS"),
        Limit("connectors.toast.till_request", "MAX_REDEMPTIONS"),
        Limit("connectors.toast.till_request", "MAX_CHECK_PARTS"),
        Limit("connectors.toast.till_offers", "MAX_OFFERS"),
        Limit("api.loyalty.offline_requests", "MAX_SNAPSHOT_ACCOUNTS"),
        Limit("api.loyalty.offline_requests", "MAX_OFFLINE_ROWS"),
        Limit("api.loyalty.offline_requests", "MAX_SNAPSHOTS"),
        Limit("api.loyalty.offline_requests", "MAX_SNAPSHOT"),
        Limit("api.loyalty.offline_requests", "MAX_OFFLINE_POINTS"),
        Limit("api.loyalty.offline_tills", "MAX_AHEAD"),
        Limit("domain.enrolment", "MAX_PURPOSES"),
        Limit("loyalty.programme.programme", "MAX_ALLOWANCE"),
        Limit("loyalty.programme.programme", "MAX_OFFLINE_HOURS"),
        Limit("loyalty.programme.programme", "MAX_NOTICE_DAYS"),
    ),
    "GraphQL documents": (
        Limit("api.graphql.request", "MAX_BODY", "bytes"),
        Limit("api.graphql.request", "MAX_ADDRESS", "bytes"),
        Limit("resolvers.bounds.limits", "MAX_TOKENS"),
        Limit("resolvers.bounds.limits", "MAX_DEPTH"),
        Limit("resolvers.bounds.limits", "MAX_ROOT_FIELDS"),
        Limit("resolvers.bounds.limits", "MAX_FIELDS"),
        Limit("resolvers.bounds.limits", "MAX_ALIASES"),
        Limit("resolvers.bounds.limits", "MAX_DIRECTIVES"),
        Limit("api.graphql.subscription_streams", "MAX_SUBSCRIPTIONS"),
        Limit("api.graphql.subscription_streams", "MAX_EARLY"),
    ),
    "Profiles": (
        Limit("resolvers.kit.pages", "MAX_PAGE"),
        Limit("resolvers.customer.customer_by", "MAX_TEXT"),
        Limit("resolvers.customer.last_visits", "MAX_LAST_VISITS"),
        Limit("resolvers.customer.relations", "MAX_RELATIONS"),
        Limit("resolvers.customer.past_profile", "MAX_RECORDS"),
        Limit("resolvers.customer.identity_history", "MAX_RECORDS"),
        Limit("resolvers.customer.identity_history", "MAX_NAMED"),
        Limit("matching.survivorship", "MAX_REJECTED"),
        Limit("resolvers.privacy.consent", "MAX_PURPOSES"),
        Limit("privacy.audit_log", "MAX_CUSTOMERS"),
    ),
    "Explanations": (
        Limit("graph.identity_graph", "MAX_RECORDS"),
        Limit("matching.explain", "MAX_TRIED"),
        Limit("resolvers.identity.why", "MAX_SHOWN"),
        Limit("matching.cluster_findings", "MAX_FINDINGS"),
        Limit("graph.shortest_path", "MAX_HOPS"),
        Limit("graph.shortest_path", "MAX_RECORDS"),
        Limit("graph.shortest_path", "CROWD"),
        Limit("resolvers.identity.identity_neighbourhood", "MAX_PICTURED"),
        Limit("resolvers.identity.identity_neighbourhood", "MAX_IDENTIFIERS"),
        Limit("resolvers.identity.identity_neighbourhood", "MAX_NEIGHBOURS"),
    ),
    "Decisions and rules": (
        Limit("resolvers.identity.decision_mutations", "MAX_NAMED"),
        Limit("identity.decisions.decision_try", "MAX_RECORDS"),
        Limit("identity.decisions.signed_decision", "MAX_REASON"),
        Limit("identity.decisions.review_queue", "MAX_CLAIM"),
        Limit("identity.decisions.review_queue", "MAX_SKIP"),
        Limit("resolvers.identity.rehearsal", "MAX_CONFIG"),
        Limit("resolvers.identity.rehearsal", "MAX_RECORDS"),
        Limit("identity.rule_changes.rehearse", "MAX_COMPONENT"),
        Limit("matching.scoring.blocking_tokens", "MAX_CARRIERS"),
    ),
    "Backup and rebuild": (
        Limit("runtime.journal_files", "MAX_FILE", "bytes"),
        Limit("privacy.compaction", "MAX_EXPANDED", "bytes"),
        Limit("ingest.rebuild", "MAX_DIFFERENT"),
    ),
    "Points and rewards": (
        Limit("loyalty.commands.balance_rows", "MAX_ROWS"),
        Limit("loyalty.commands.balance_rows", "MAX_REFERENCE"),
        Limit("loyalty.commands.carry_over", "BATCH"),
        Limit("loyalty.commands.carry_over", "AT_ONCE"),
        Limit("loyalty.commands.carry_over", "MAX_FAULTS"),
        Limit("loyalty.reports.statement", "MAX_ENTRIES"),
        Limit("loyalty.commands.command", "MAX_POINTS"),
        Limit("loyalty.commands.command", "MAX_HOLD"),
        Limit("loyalty.commands.redemption", "MAX_HOLDS"),
        Limit("loyalty.commands.redemption", "MAX_LOTS"),
        Limit("resolvers.loyalty.grant_mutations", "MAX_GRANT"),
        Limit("resolvers.loyalty.grant_mutations", "MAX_GRANTED_IN_A_DAY"),
        Limit("resolvers.loyalty.grant_mutations", "MAX_PROPOSED"),
        Limit("resolvers.loyalty.grant_queries", "MAX_PROPOSALS"),
        Limit("resolvers.loyalty.transfer_mutations", "MAX_GIVEN_IN_A_DAY"),
        Limit("loyalty.programme.bonus_rules", "MAX_BONUSES"),
        Limit("loyalty.programme.tier_rules", "MAX_TIERS"),
        Limit("loyalty.earning.bonuses", "MAX_BONUS"),
        Limit("loyalty.programme.bonus_rules", "MAX_NAMED"),
        Limit("loyalty.earning.bonus_booking", "MAX_BATCH"),
        Limit("loyalty.programme.programme_editing", "MAX_PROGRAMME"),
        Limit("loyalty.programme.programme_editing", "MAX_VERSIONS"),
        Limit("resolvers.loyalty.programme_queries", "MAX_PREVIEW_DAYS"),
        Limit("resolvers.loyalty.programme_queries", "MAX_PREVIEW_GUESTS"),
        Limit("loyalty.commands.points_guest", "MAX_CODES"),
        Limit("resolvers.loyalty.card_mutations", "MAX_CARD"),
        Limit("resolvers.customer.loyalty.wanted_reward", "MAX_CODE"),
        Limit("loyalty.rewards.rewards", "MAX_REWARDS"),
        Limit("loyalty.rewards.rewards", "MAX_BUDGETS"),
        Limit("loyalty.rewards.rewards", "MAX_PLACES"),
        Limit("loyalty.rewards.rewards", "MAX_PRICE"),
        Limit("loyalty.rewards.rewards", "MAX_UNITS"),
        Limit("loyalty.rewards.reward_amount", "MAX_MINOR"),
        Limit("loyalty.rewards.rewards", "MAX_GROUPS"),
        Limit("loyalty.rewards.discount_rules", "MAX_DISCOUNTED"),
        Limit("loyalty.baskets.basket", "MAX_LINES"),
        Limit("loyalty.baskets.basket", "MAX_UNITS"),
        Limit("loyalty.baskets.basket", "MAX_BASKET"),
        Limit("loyalty.baskets.basket", "MAX_WANTED"),
        Limit("loyalty.baskets.stacking", "MAX_EXACT"),
    ),
    "Segments": (
        Limit("graph.segments", "MAX_SEGMENTS"),
        Limit("resolvers.segments.segment_mutations", "MAX_NAME"),
        Limit("engagement.segments.rule_parser", "MAX_DEPTH"),
        Limit("engagement.segments.rule_parser", "MAX_NODES"),
        Limit("engagement.segments.rule_parser", "MAX_VALUES"),
        Limit("engagement.segments.rule_parser", "MAX_DAYS"),
        Limit("engagement.segments.rule_parser", "MAX_COUNT"),
        Limit("engagement.segments.rule_parser", "MAX_MINOR"),
    ),
    "Jobs and webhooks": (
        Limit("graph.jobs", "MAX_RETRY_S", "s"),
        Limit("graph.webhooks", "MAX_WEBHOOKS"),
        Limit("graph.webhooks", "MAX_LETTERS"),
        Limit("graph.webhooks", "MAX_LETTERS_SHOWN"),
        Limit("engagement.webhooks.receiver", "MAX_ADDRESS"),
        Limit("engagement.webhooks.sender", "ANSWER_WITHIN_S", "s"),
        Limit("engagement.webhooks.sender", "MAX_ANSWER", "bytes"),
        Limit("engagement.webhooks.deliveries", "MAX_REFUSALS"),
        Limit("resolvers.webhooks.webhook_mutations", "MAX_OVERLAP_HOURS", "hours"),
    ),
    "The made-up world": (Limit("world.config", "MAX_PEOPLE"),),
}
"""By section. A new `MAX_` constant is added here; a test finds one that is not."""


def page() -> str:
    """The whole page."""
    settings = [name for name, field in Settings.model_fields.items() if (field.description or "").startswith("Most ")]
    parts = [
        "These limits are fixed. What exceeds one is refused with `TOO_LARGE` or `INVALID_INPUT`, or is cut off where "
        "the limit says so. The last column names the constant.",
        "Other limits are [settings](settings.md): " + ", ".join(f"`{variable(name)}`" for name in settings) + ".",
    ]
    for heading, limits in LIMITS.items():
        parts += [f"## {heading}", table(["limit", "most", "constant"], map(_row, limits))]
    return document("Limits", "the `MAX_` constants of the modules", *parts)


def _row(limit: Limit) -> list[str]:
    value, meaning = constant(limit.module, limit.name)
    return [meaning, _shown(value, limit.unit), f"`{limit.module}.{limit.name}`"]


def _shown(value: Any, unit: str) -> str:
    if isinstance(value, timedelta):
        return f"{value.days:,} days" if value.days else f"{value // timedelta(hours=1)} hours"
    if unit == "bytes":
        for size, name in ((2**20, "MiB"), (2**10, "KiB")):
            if value % size == 0:
                return f"{value // size:,} {name}"
    return f"{value:,g} {unit}".rstrip() if isinstance(value, float) else f"{value:,} {unit}".rstrip()
