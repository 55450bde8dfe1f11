"""metrics.md: every metric of `/metrics` with its kind, its labels and what it counts."""

from __future__ import annotations

from api.ops.metric_families import FAMILIES
from api.ops.metrics import Metrics
from cli.reference.markdown import document, table


def page() -> str:
    """The whole page."""
    kinds = {family.name: family.type for family in Metrics().registry.collect()}
    rows = [
        [
            f"`{family.name}{'_total' if kinds[family.name] == 'counter' else ''}`",
            kinds[family.name],
            ", ".join(f"`{label}`" for label in family.labels),
            family.meaning,
        ]
        for family in FAMILIES
    ]
    return document(
        "Metrics",
        "`api/ops/metric_families.py`",
        "`GET /metrics` shows them to a key with the scope `metrics:read`. No label contains anything that a caller or "
        "a guest typed. What to watch is in [operations](../operations.md#what-to-watch).",
        table(["metric", "kind", "labels", "counts"], rows),
    )
