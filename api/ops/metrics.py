"""`/metrics` for Prometheus. Labels are routes, not paths, and names of trusted documents, never a caller's text.

Requests and operations are counted here as they happen; figures of the parts are read when Prometheus asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache

from aiocache.base import BaseCache
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authenticate import Authenticate
from api.errors import error_response
from api.ops import metric_families as families
from identity.parts import IdentityParts
from ingest.delivery import EventSink
from ingest.intake import Intake
from resolvers.access.caller import METRICS_READ
from resolvers.bounds.budget import Budget
from resolvers.feeds import Feeds
from runtime.background_work import BackgroundWork

_COSTS = (1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)


@dataclass(slots=True, eq=False)
class Watched(Collector):
    """Parts of a process that are read when Prometheus asks. A part that is None has no sample."""

    parts: IdentityParts | None = None
    sink: EventSink | None = None
    live: Feeds | None = None
    work: BackgroundWork | None = None
    caches: Mapping[str, BaseCache] = field(default_factory=dict[str, BaseCache])

    def collect(self) -> Iterable[Metric]:
        yield from self._store()
        yield self._caches()
        queue = GaugeMetricFamily(*families.INTAKE_WAITING[:2])
        if isinstance(self.sink, Intake):
            queue.add_metric((), self.sink.waiting)
        yield queue
        lag = GaugeMetricFamily(*families.FEED_BEHIND_SECONDS[:2])
        if self.live is not None:
            lag.add_metric((), self.live.behind)
        yield lag
        yield from self._work()

    def _work(self) -> Iterable[Metric]:
        runs = CounterMetricFamily(*families.JOB_RUNS[:2], labels=families.JOB_RUNS.labels)
        jobs = GaugeMetricFamily(*families.JOBS[:2], labels=families.JOBS.labels)
        sent = CounterMetricFamily(*families.WEBHOOK_DELIVERIES[:2], labels=families.WEBHOOK_DELIVERIES.labels)
        if self.work is not None:
            for labels, count in self.work.runner.runs.items():
                runs.add_metric(labels, count)
            for row in self.work.runner.counts:
                for state in ("late", "dead"):
                    jobs.add_metric((row["kind"], state), row[state])
            for outcome, count in self.work.deliveries.outcomes.items():
                sent.add_metric((outcome.value,), count)
        return runs, jobs, sent

    def _store(self) -> Iterable[Metric]:
        bolt = GaugeMetricFamily(*families.BOLT[:2], labels=families.BOLT.labels)
        people = CounterMetricFamily(*families.PEOPLE[:2], labels=families.PEOPLE.labels)
        hot = CounterMetricFamily(*families.HOT_MATCH_KEYS[:2])
        if self.parts is not None:
            database, counts = self.parts.database, self.parts.counts
            bolt.add_metric(("in_use",), min(database.running, database.pool_size))
            bolt.add_metric(("waiting",), max(0, database.running - database.pool_size))
            for change in ("created", "merged", "held", "several"):
                people.add_metric((change,), getattr(counts, change))
            hot.add_metric((), counts.hot)
        return bolt, people, hot

    def _caches(self) -> Metric:
        reads = CounterMetricFamily(*families.CACHE_READS[:2], labels=families.CACHE_READS.labels)
        for name, cache_ in self.caches.items():
            ratio = getattr(cache_, "hit_miss_ratio", {})
            hits = ratio.get("hits", 0)
            reads.add_metric((name, "yes"), hits)
            reads.add_metric((name, "no"), ratio.get("total", 0) - hits)
        return reads


class Metrics:
    """One registry per application, so that the figures of two applications in one process stay apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(*families.REQUESTS, registry=self.registry)
        self._seconds = Histogram(*families.REQUEST_SECONDS, registry=self.registry)
        self._operation_seconds = Histogram(*families.OPERATION_SECONDS, registry=self.registry)
        self._cost = Histogram(*families.OPERATION_COST, registry=self.registry, buckets=_COSTS)
        self._plans = Counter(*families.PLAN_READS, registry=self.registry)
        # Looked up by their labels once: there are few labels, and a lookup costs more than counting.
        self._of_operation = cache(self._operation_samples)
        self._of_answer = cache(self._answer_samples)
        self._watched = Watched()
        self.registry.register(self._watched)

    def watch(self, parts: Watched) -> None:
        """From now on reads these parts too."""
        for part in fields(Watched):
            if value := getattr(parts, part.name):
                setattr(self._watched, part.name, value)

    def _operation_samples(self, label: str) -> tuple[Histogram, Histogram]:
        return self._operation_seconds.labels(label), self._cost.labels(label)

    def _answer_samples(self, route: str, status: int) -> tuple[Counter, Histogram]:
        return self._requests.labels(route, str(status)), self._seconds.labels(route)

    def operated(self, label: str, meter: Budget, seconds: float) -> None:
        """Counts one GraphQL operation, also a failed one; `meter` holds its cost."""
        took, cost = self._of_operation(label)
        took.observe(seconds)
        if meter.cost is not None:
            cost.observe(meter.cost)

    def planned(self, found: bool) -> None:
        """Counts whether an operation ran as code that was compiled for its document."""
        self._plans.labels("yes" if found else "no").inc()

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Counts one answer; `route` is the pattern of an address, never an address."""
        requests, took = self._of_answer(route, status)
        requests.inc()
        took.observe(seconds)

    def route(self, authenticate: Authenticate) -> Route:
        async def metrics(request: Request) -> Response:
            try:
                (await authenticate(request)).require(METRICS_READ)
            except Exception as error:
                return error_response(error)
            return Response(generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

        return Route("/metrics", metrics)
