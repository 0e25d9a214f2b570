"""The data k6 hands to `handleSummary`, saved as JSON (k6 0.30 and later)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from perfreport.model.load import ScriptThreshold
from perfreport.sources._json import mapping, number, sequence, string, top_keys
from perfreport.sources._k6_summary import (
    KIND,
    Draft,
    document,
    metric_contains,
    metric_type,
    reading,
    seconds_of,
)
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_METRIC = re.compile(r'"values"\s*:\s*\{')
_TREE = re.compile(r'"(?:groups|checks)"\s*:\s*\[')


def sniff(head: Head) -> float:
    """`state`, or metrics with `values`, or a root group whose checks are an array."""
    keys = top_keys(head.text)
    if "state" in keys and "metrics" in keys and "testRunDurationMs" in head.text:
        return 1.0
    if "metrics" in keys and "results" not in keys and _METRIC.search(head.text):
        return 0.95 if '"contains"' in head.text else 0.8
    if "root_group" in keys and _TREE.search(head.text):
        return 0.95
    return 0.0


def read(source: Input) -> Reading:
    """Read metrics, thresholds with k6's verdict, checks and the run's duration."""
    content, torn, problems = document(source)
    draft = Draft()
    for name, entry in mapping(content.get("metrics")).items():
        _metric(draft, str(name).strip(), entry)
    _checks(draft, mapping(content.get("root_group")), depth=0)
    milliseconds = number(mapping(content.get("state")).get("testRunDurationMs"))
    if milliseconds is not None and milliseconds > 0:
        draft.seconds = seconds_of(milliseconds)
    return reading(draft, source.name, problems, torn=bool(torn), dialect="handle-summary")


def _metric(draft: Draft, name: str, entry: Any) -> None:
    fields = mapping(entry)
    values = mapping(fields.get("values"))
    kind = metric_type(fields.get("type"))
    if not values or kind is None:
        draft.lost += 1
        return
    draft.add(name, values, kind, metric_contains(fields.get("contains"), name))
    for expression, verdict in mapping(fields.get("thresholds")).items():
        ok = mapping(verdict).get("ok")
        draft.thresholds.append(
            ScriptThreshold(name, str(expression), ok=ok if isinstance(ok, bool) else None)
        )


def _checks(draft: Draft, group: dict[str, Any], depth: int) -> None:
    path = string(group.get("path")) or ""
    for entry in sequence(group.get("checks")):
        draft.check(path, entry)
    if depth < 50:
        for inner in sequence(group.get("groups")):
            _checks(draft, mapping(inner), depth + 1)


PLUGIN = Source("k6-summary", KIND, sniff, read)
