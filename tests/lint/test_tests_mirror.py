"""A module's tests are found by its name: tests/ has the folders of the packages, and a file for each module.

`tests/<folder>/test_<module>.py` tests `<folder>/<module>.py`; where one file is too small, there are several, named
`test_<module>_<aspect>.py`. A package's own `__init__` counts as a module of the package's name. What is true of
several modules together stands in tests/stories.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import pytest

from tests.lint.project import MODULES, PACKAGES, ROOT, name

TESTS = ROOT / "tests"
FILES = tuple(sorted(TESTS.rglob("test_*.py")))
FREE = ("lint", "stories")
"""Folders whose tests are about no single module."""
ELSEWHERE: dict[str, str] = {
    "tests/client/test_client.py": "the client is no package of the product",
    "tests/client/test_generated.py": "the client is no package of the product",
    "tests/cypher/test_browser_guide.py": "about queries and pages, which are files of their own kind",
    "tests/cypher/test_plans.py": "about queries, which are files of their own kind",
    "tests/test_container_files.py": "about files of the project's root",
    "tests/test_docs.py": "about the documents",
}
"""Test files that are not named after a module, and why."""
TESTED_BY: dict[str, str] = {
    "domain/enrolment.py": "tests/identity/test_kept_events.py",
    "loyalty/member_events.py": "tests/ingest/test_enrolments.py",
    "ingest/reporters/enrolment_rows.py": "tests/ingest/test_enrolments.py",
    "resolvers/customer/loyalty/membership.py": "tests/resolvers/loyalty/test_enrolment_mutations.py",
    "resolvers/loyalty/enrolment_requests.py": "tests/resolvers/loyalty/test_enrolment_mutations.py",
    "identity/card_claim.py": "tests/identity/test_claims.py",
    "resolvers/customer/loyalty/loyalty_cards.py": "tests/resolvers/loyalty/test_card_mutations.py",
    "loyalty/baskets/basket.py": "tests/loyalty/baskets/test_stacking.py",
    "loyalty/baskets/discounting.py": "tests/loyalty/baskets/test_stacking.py",
    "loyalty/commands/wanted_rewards.py": "tests/loyalty/commands/test_points_commands_baskets.py",
    "resolvers/customer/loyalty/baskets.py": "tests/resolvers/loyalty/test_basket_mutations.py",
    "resolvers/customer/loyalty/wanted_reward.py": "tests/resolvers/loyalty/test_basket_mutations.py",
    "loyalty/rewards/reward_amount.py": "tests/loyalty/rewards/test_rewards.py",
    "loyalty/commands/command.py": "tests/loyalty/commands/test_redemption.py",
    "graph/grant_proposals.py": "tests/resolvers/loyalty/test_grant_mutations.py",
    "resolvers/loyalty/grant_queries.py": "tests/resolvers/loyalty/test_grant_mutations.py",
    "loyalty/programme/bonus_rules.py": "tests/loyalty/earning/test_bonuses.py",
    "loyalty/programme/programmes.py": "tests/loyalty/earning/test_bonus_booking.py",
    "resolvers/loyalty/programme_queries.py": "tests/resolvers/loyalty/test_programme_mutations.py",
    "api/app.py": "tests/api/ops/test_metrics.py",
    "api/ops/metric_families.py": "tests/api/ops/test_metrics.py",
    "api/loyalty/offline_endpoint.py": "tests/api/loyalty/test_offline_tills.py",
    "api/loyalty/offline_requests.py": "tests/api/loyalty/test_offline_tills.py",
    "api/loyalty/till.py": "tests/api/loyalty/test_toast_endpoint.py",
    "api/shared_state.py": "tests/api/test_cost_bucket.py",
    "cli/kit/bulk_load.py": "tests/ingest/bulk/test_job.py",
    "cli/kit/statement_pages.py": "tests/cli/test_loyalty_command.py",
    "cli/rebuild.py": "tests/cli/test_backup_command.py",
    "cli/reference/commands_page.py": "tests/test_docs.py",
    "cli/reference/constant_meanings.py": "tests/test_docs.py",
    "cli/reference/costs_page.py": "tests/test_docs.py",
    "cli/reference/errors_page.py": "tests/test_docs.py",
    "cli/reference/every_page.py": "tests/test_docs.py",
    "cli/reference/limits_page.py": "tests/test_docs.py",
    "cli/reference/markdown.py": "tests/test_docs.py",
    "cli/reference/metrics_page.py": "tests/test_docs.py",
    "cli/reference/migrations_page.py": "tests/test_docs.py",
    "cli/reference/permissions_page.py": "tests/test_docs.py",
    "cli/reference/settings_page.py": "tests/test_docs.py",
    "cli/serve.py": "tests/runtime/test_workers.py",
    "domain/feed_event.py": "tests/graph/test_feed.py",
    "domain/errors.py": "tests/lint/test_errors.py",
    "domain/resolution_counts.py": "tests/api/ops/test_metrics.py",
    "domain/setting_words.py": "tests/domain/test_settings.py",
    "graph/customers.py": "tests/graph/query/test_brand_view.py",
    "graph/decision_log.py": "tests/identity/decisions/test_replay.py",
    "graph/history.py": "tests/ingest/test_rebuild.py",
    "graph/identity_graph.py": "tests/graph/test_shortest_path.py",
    "graph/local/admin.py": "tests/cli/test_backup_command.py",
    "graph/local/keeper.py": "tests/graph/local/test_spawn.py",
    "graph/local/relock.py": "tests/graph/local/test_jars.py",
    "graph/places.py": "tests/stories/test_round_trips.py",
    "graph/reports.py": "tests/resolvers/identity/test_completeness.py",
    "graph/segments.py": "tests/engagement/segments/test_rule_compiler.py",
    "graph/service_keys.py": "tests/api/auth/test_key_ring.py",
    "graph/webhooks.py": "tests/engagement/webhooks/test_deliveries.py",
    "graph/store/tracing.py": "tests/runtime/test_trace_export.py",
    "graph/store_state.py": "tests/cli/test_check_command.py",
    "graph/till_transactions.py": "tests/api/loyalty/test_till_accruals.py",
    "identity/customer_rows.py": "tests/identity/test_number_changes.py",
    "identity/decisions/review_queue.py": "tests/resolvers/identity/test_review.py",
    "identity/inheritance.py": "tests/identity/test_own_numbers.py",
    "identity/parts.py": "tests/ingest/test_commit.py",
    "identity/sender_rights.py": "tests/identity/test_kept_events.py",
    "ingest/reporters/feed_events.py": "tests/graph/test_feed.py",
    "ingest/bulk/comparing.py": "tests/ingest/bulk/test_job.py",
    "ingest/bulk/deciding.py": "tests/ingest/bulk/test_job.py",
    "ingest/bulk/folding.py": "tests/ingest/bulk/test_job.py",
    "ingest/bulk/parts.py": "tests/ingest/bulk/test_job.py",
    "ingest/bulk/reading.py": "tests/ingest/bulk/test_job.py",
    "ingest/bulk/spill.py": "tests/ingest/bulk/test_job.py",
    "loyalty/ledger/points_events.py": "tests/graph/test_feed.py",
    "matching/linkage.py": "tests/matching/test_resolve.py",
    "matching/placement.py": "tests/matching/test_resolve.py",
    "matching/records.py": "tests/matching/test_resolve.py",
    "matching/scoring/training.py": "tests/cli/test_train_command.py",
    "resolvers/context.py": "tests/resolvers/fast/test_path.py",
    "resolvers/customer/contact.py": "tests/resolvers/customer/test_customer.py",
    "resolvers/customer/customer_name.py": "tests/resolvers/customer/test_customer.py",
    "resolvers/customer/customer_number.py": "tests/resolvers/customer/test_customer_by.py",
    "resolvers/customer/customer_queries.py": "tests/resolvers/customer/test_customer_by.py",
    "resolvers/customer/find_customer.py": "tests/resolvers/customer/test_customer_by.py",
    "resolvers/customer/profile_changed.py": "tests/api/graphql/test_subscription_streams.py",
    "resolvers/customer/profile_facet.py": "tests/resolvers/kit/test_facets.py",
    "resolvers/customer/profile_state.py": "tests/resolvers/privacy/test_consent.py",
    "resolvers/fast/document_compiler.py": "tests/resolvers/fast/test_path.py",
    "resolvers/feeds.py": "tests/api/graphql/test_subscription_streams.py",
    "resolvers/identity/cluster_health.py": "tests/resolvers/identity/test_why.py",
    "resolvers/identity/evidence.py": "tests/resolvers/identity/test_why.py",
    "resolvers/identity/identity_changed.py": "tests/api/graphql/test_subscription_streams.py",
    "resolvers/identity/identity_queries.py": "tests/resolvers/identity/test_why.py",
    "resolvers/identity/logged_decisions.py": "tests/resolvers/identity/test_decision_mutations.py",
    "resolvers/identity/signed_payload.py": "tests/resolvers/identity/test_decision_mutations.py",
    "resolvers/identity/rehearsal.py": "tests/resolvers/identity/test_why.py",
    "resolvers/identity/sentences.py": "tests/resolvers/identity/test_why.py",
    "resolvers/customer/loyalty/loyalty_tier.py": "tests/resolvers/loyalty/test_loyalty_tier.py",
    "resolvers/customer/loyalty/rewards.py": "tests/resolvers/loyalty/test_reward_mutations.py",
    "resolvers/loyalty/redemption_mutations.py": "tests/resolvers/loyalty/test_points_mutations.py",
    "resolvers/loyalty/redemption_payload.py": "tests/resolvers/loyalty/test_points_mutations.py",
    "resolvers/loyalty/redemption_requests.py": "tests/resolvers/loyalty/test_points_mutations.py",
    "loyalty/commands/command_rows.py": "tests/loyalty/commands/test_points_commands.py",
    "loyalty/commands/points_guest.py": "tests/loyalty/commands/test_points_commands.py",
    "resolvers/places.py": "tests/stories/test_round_trips.py",
    "resolvers/webhooks/webhook.py": "tests/resolvers/webhooks/test_webhook_mutations.py",
    "resolvers/webhooks/webhook_queries.py": "tests/resolvers/webhooks/test_webhook_mutations.py",
    "resolvers/privacy/own_events.py": "tests/resolvers/privacy/test_own_profile.py",
}
"""Modules that are tested through another door, and the file that does it: it imports the module, or names it."""
UNTESTED = ("bench/", "world/", "cli/bench/", "cli/kit/own_store.py", "cli/demo.py")
"""Folders and modules that may be without tests of their own: they measure, make up and show."""


def files_of(module: Path, files: Collection[Path]) -> set[Path]:
    """The test files that are the module's own."""
    folder = TESTS / module.relative_to(ROOT).parent
    named = re.compile(rf"test_{re.escape(module.stem)}(_[a-z0-9_]+)?")
    return {file for file in files if file.parent == folder and named.fullmatch(file.stem)}


def home_of(file: Path) -> Path | None:
    """The module that a test file is named after: of several the one with the longest name."""
    folder = ROOT / file.parent.relative_to(TESTS)
    stem = file.stem.removeprefix("test_")
    words = stem.split("_")
    for size in range(len(words), 0, -1):
        module = "_".join(words[:size])
        if (folder / f"{module}.py").is_file():
            return folder / f"{module}.py"
        if module == folder.name and (folder / "__init__.py").is_file():
            return folder / "__init__.py"
    return None


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_test_file_stands_where_its_module_does(file: Path) -> None:
    if file.relative_to(TESTS).parts[0] in FREE:
        return
    assert (home_of(file) is None) is (name(file) in ELSEWHERE), "name it after a module, or move it to tests/stories"


MODULES_OF_THE_PRODUCT = [
    path for path in MODULES if path.stem not in ("__init__", "__main__") and not name(path).startswith(UNTESTED)
]


@pytest.mark.parametrize("module", MODULES_OF_THE_PRODUCT, ids=name)
def test_a_module_has_tests(module: Path) -> None:
    found = {file for file in files_of(module, FILES) if home_of(file) == module}
    assert bool(found) is (name(module) not in TESTED_BY), "give it a test file of its name; TESTED_BY holds the others"


@pytest.mark.parametrize("module", sorted(TESTED_BY))
def test_what_is_tested_through_another_door_is(module: str) -> None:
    assert (ROOT / module).is_file(), "take it out of TESTED_BY"
    text = (ROOT / TESTED_BY[module]).read_text("utf-8")
    assert module.removesuffix(".py").replace("/", ".") in text, "it neither imports the module nor names it"


def test_tables_name_files_that_exist() -> None:
    assert [file for file in ELSEWHERE if not (ROOT / file).is_file()] == []


def test_no_two_test_files_share_a_name() -> None:
    counts = Counter(file.name for file in FILES)
    assert [file for file, count in counts.items() if count > 1] == []


def test_tests_mirror_packages_only() -> None:
    folders = {file.relative_to(TESTS).parts[0] for file in FILES if file.parent != TESTS}
    assert folders <= {*PACKAGES, *FREE, "client"}


def test_the_lint_knows_a_module_by_its_name() -> None:
    keys, ports = TESTS / "graph" / "local" / "test_server_config.py", TESTS / "graph" / "local" / "test_server.py"
    assert home_of(keys) == ROOT / "graph" / "local" / "server_config.py"
    assert home_of(ports) == ROOT / "graph" / "local" / "server.py"
    assert home_of(TESTS / "matching" / "tables" / "test_tables_of_families.py") == ROOT / "matching/tables/__init__.py"
    assert home_of(TESTS / "graph" / "test_nothing_here.py") is None
