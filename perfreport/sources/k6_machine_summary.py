"""The machine-readable summary of k6 1.5 and later (`--new-machine-readable-summary`).

It has no thresholds, no counter rates and no percentiles but p90 and p95; `config.script` holds
the source of the script and is never taken over.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from perfreport.model.load import MetricType
from perfreport.sources._json import mapping, number, sequence, string, top_keys
from perfreport.sources._k6_summary import (
    KIND,
    Draft,
    document,
    metric_contains,
    metric_type,
    reading,
)
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_PERCENTILE = re.compile(r"p(\d+)")


def sniff(head: Head) -> float:
    """`results` beside `config` or `version`, with the words of k6."""
    keys = top_keys(head.text)
    if not {"results", "config"} <= keys and not {"results", "metadata", "version"} <= keys:
        return 0.95 if "config" in keys and '"k6_version"' in head.text else 0.0
    return 0.98 if '"k6_version"' in head.text or '"http_req' in head.text else 0.5


def read(source: Input) -> Reading:
    """Read metrics, checks and the run's duration."""
    content, torn, problems = document(source)
    draft = Draft()
    found = mapping(content.get("results"))
    for entry in sequence(found.get("metrics")):
        _metric(draft, mapping(entry))
    checks = mapping(found.get("checks"))
    for entry in sequence(checks.get("metrics")):
        if mapping(entry).get("name") == "checks_succeeded":
            _metric(draft, {**mapping(entry), "name": "checks"})
    for entry in sequence(checks.get("results")):
        draft.check("", entry)
    draft.seconds = number(mapping(content.get("config")).get("duration"))
    metadata = mapping(content.get("metadata"))
    draft.k6_version = string(metadata.get("k6_version"))
    draft.end_ns = _instant(string(metadata.get("generated_at")))
    if draft.end_ns is not None and draft.seconds:
        draft.start_ns = draft.end_ns - round(draft.seconds * 1e9)
    return reading(draft, source.name, problems, torn=bool(torn), dialect="machine-readable")


def _metric(draft: Draft, fields: dict[str, Any]) -> None:
    name, kind = string(fields.get("name")), metric_type(fields.get("type"))
    values = mapping(fields.get("values"))
    if name is None or kind is None or not values:
        draft.lost += 1
        return
    if kind is MetricType.RATE:
        values = _rate(values)
    renamed = {_PERCENTILE.sub(r"p(\1)", str(stat)): value for stat, value in values.items()}
    draft.add(name, renamed, kind, metric_contains(fields.get("contains"), name))


def _rate(values: dict[str, Any]) -> dict[str, Any]:
    """`matches` of `total` in the words of the other summaries."""
    matches, total = number(values.get("matches")), number(values.get("total"))
    if matches is None or total is None:
        return values
    return {"rate": values.get("rate"), "passes": matches, "fails": total - matches}


def _instant(text: str | None) -> int | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None else round(moment.timestamp() * 1e6) * 1000


PLUGIN = Source("k6-machine-summary", KIND, sniff, read)
