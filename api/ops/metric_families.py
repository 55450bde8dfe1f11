"""What `/metrics` shows: each metric's name, what it counts and its labels. docs/reference/metrics.md is made of it."""

from __future__ import annotations

from typing import NamedTuple


class MetricFamily(NamedTuple):
    """`name` is without the `_total` that Prometheus adds to a counter; no label holds what somebody typed."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()


REQUESTS = MetricFamily("regulars_requests", "Requests.", ("route", "status"))
REQUEST_SECONDS = MetricFamily("regulars_request_seconds", "Time to answer.", ("route",))
OPERATION_SECONDS = MetricFamily(
    "regulars_operation_seconds",
    "Time of GraphQL operations. `operation` is the name in a trusted document, else `other`.",
    ("operation",),
)
OPERATION_COST = MetricFamily("regulars_operation_cost", "Cost of GraphQL operations.", ("operation",))
PLAN_READS = MetricFamily("regulars_plan_reads", "Documents, by whether they ran as compiled code.", ("found",))
CACHE_READS = MetricFamily(
    "regulars_cache_reads",
    "Reads of registered `documents` and of service `keys`, in this process.",
    ("cache", "found"),
)
BOLT = MetricFamily(
    "regulars_bolt",
    "Statements and transactions that have a Bolt connection (`in_use`) or wait for one (`waiting`).",
    ("state",),
)
INTAKE_WAITING = MetricFamily("regulars_intake_waiting", "Events that arrived and are not durable yet.")
PEOPLE = MetricFamily(
    "regulars_people",
    "Customers that commits `created` and `merged`, pairs `held` for review, and events of records that name `several` "
    "people. A pair counts each time it is resolved again.",
    ("change",),
)
HOT_MATCH_KEYS = MetricFamily(
    "regulars_hot_match_keys",
    "Hot blocking tokens that commits met: too many records carry them, so they do not count.",
)
FEED_BEHIND_SECONDS = MetricFamily(
    "regulars_feed_behind_seconds",
    "Seconds since the process last looked for changes for subscribers; 0 while nobody subscribes.",
)
JOB_RUNS = MetricFamily(
    "regulars_job_runs",
    "Runs of jobs in this process, by what came of them: `done`, `later`, `failed`, `dead`, `lost` (another process "
    "has the job by now), `away` (the store did not answer).",
    ("kind", "outcome"),
)
JOBS = MetricFamily(
    "regulars_jobs",
    "Jobs of the store that are `late` (due for more than a minute) or `dead`. Every process shows the same.",
    ("kind", "state"),
)
WEBHOOK_DELIVERIES = MetricFamily(
    "regulars_webhook_deliveries",
    "Events sent to webhooks by this process: `delivered`, `refused`, `gone` or `failed`.",
    ("outcome",),
)
FAMILIES = (
    REQUESTS,
    REQUEST_SECONDS,
    OPERATION_SECONDS,
    OPERATION_COST,
    PLAN_READS,
    CACHE_READS,
    BOLT,
    INTAKE_WAITING,
    PEOPLE,
    HOT_MATCH_KEYS,
    FEED_BEHIND_SECONDS,
    JOB_RUNS,
    JOBS,
    WEBHOOK_DELIVERIES,
)
