"""What k6 writes with `--summary-export` (deprecated, still there): a flat form of the summary.

Its thresholds say whether they were *crossed*: true is a failure. It names neither metric types
nor units nor the run's duration; the duration is a counter's count over its rate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from perfreport.model.load import MetricType, ScriptThreshold
from perfreport.sources._json import mapping, number, string, top_keys
from perfreport.sources._k6_summary import KIND, Draft, builtin_contains, document, reading
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_METRIC = re.compile(
    r'"(?:http_reqs|iterations|vus|vus_max|iteration_duration|data_sent|data_received|checks)'
    r'"\s*:\s*\{\s*"(?:count|rate|avg|min|med|max|p\([\d.]+\)|value|passes|fails)"'
)
_TREE = re.compile(r'"(?:groups|checks)"\s*:\s*\{')


def sniff(head: Head) -> float:
    """Metrics without `values`, or a root group whose checks are an object."""
    keys = top_keys(head.text)
    if not keys or {"state", "results"} & keys:
        return 0.0
    if "metrics" in keys and '"values"' not in head.text and _METRIC.search(head.text):
        return 0.95
    return 0.9 if "root_group" in keys and _TREE.search(head.text) else 0.0


def read(source: Input) -> Reading:
    """Read metrics, thresholds with k6's verdict, checks and the run's duration."""
    content, torn, problems = document(source)
    draft = Draft()
    longest = 0.0
    for raw, entry in mapping(content.get("metrics")).items():
        name, fields = str(raw).strip(), mapping(entry)
        values = {stat: value for stat, value in fields.items() if stat != "thresholds"}
        kind = _type_of(values)
        if kind is None:
            draft.lost += 1
            continue
        if kind is MetricType.RATE:
            values["rate"] = values.pop("value", None)
        draft.add(name, values, kind, builtin_contains(name))
        for expression, crossed in mapping(fields.get("thresholds")).items():
            ok = not crossed if isinstance(crossed, bool) else None
            draft.thresholds.append(ScriptThreshold(name, str(expression), ok=ok))
        count, rate = number(values.get("count")), number(values.get("rate"))
        if kind is MetricType.COUNTER and count and rate and count > longest:
            longest, draft.seconds = count, count / rate
    _checks(draft, mapping(content.get("root_group")), depth=0)
    return reading(draft, source.name, problems, torn=bool(torn), dialect="summary-export")


def _type_of(values: dict[str, Any]) -> MetricType | None:
    """The shape of its statistics tells a metric's type."""
    keys = set(values)
    if "passes" in keys or "fails" in keys:
        return MetricType.RATE
    if "value" in keys:
        return MetricType.GAUGE
    if keys == {"count", "rate"}:
        return MetricType.COUNTER
    return MetricType.TREND if keys else None


def _checks(draft: Draft, group: dict[str, Any], depth: int) -> None:
    path = string(group.get("path")) or ""
    for entry in mapping(group.get("checks")).values():
        draft.check(path, entry)
    if depth < 50:
        for inner in mapping(group.get("groups")).values():
            _checks(draft, mapping(inner), depth + 1)


PLUGIN = Source("k6-summary-export", KIND, sniff, read)
