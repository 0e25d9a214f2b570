"""Submetrics: the slices of metrics that the script's thresholds name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.load import LoadPlan, LoadSamples, LoadSummary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.load import ScriptThreshold, Tags
    from perfreport.model.run import TestRun


def parse(name: str) -> tuple[str, Tags]:
    """`http_reqs{name : "GET /x", status:404}` → (http_reqs, its tags), as k6 reads it.

    k6 splits at commas, then at the first colon, and strips blanks and quotes.
    """
    metric, brace, inside = name.partition("{")
    if not brace:
        return name.strip(), ()
    tags = []
    for part in inside.strip().removesuffix("}").split(","):
        key, _, value = part.partition(":")
        if key.strip():
            tags.append((key.strip(" '\""), value.strip(" '\"")))
    return metric.strip(), tuple(sorted(tags))


def named(run: TestRun) -> dict[tuple[str, Tags], bool]:
    """Every (metric, tags) that a declaration, a threshold or a summary names.

    The value tells whether it must be shown even without a single sample: it has a threshold.
    """
    found: dict[tuple[str, Tags], bool] = {}
    for samples in run.of(LoadSamples):
        for declaration in samples.declarations:
            for submetric in declaration.submetrics:
                found.setdefault((declaration.name, tuple(sorted(submetric.tags))), False)
    for summary in run.of(LoadSummary):
        for metric in summary.metrics:
            found.setdefault(parse(metric.name), False)
    for threshold in _thresholds(run):
        found[parse(threshold.metric)] = True
    return found


def percentiles(run: TestRun) -> dict[tuple[str, Tags], tuple[str, ...]]:
    """Percentiles beyond the usual ones that thresholds and summaries ask for, by submetric."""
    asked: dict[tuple[str, Tags], dict[str, None]] = {}
    for threshold in _thresholds(run):
        stat = threshold.expression.partition(")")[0].replace(" ", "")
        if stat.startswith("p("):
            asked.setdefault(parse(threshold.metric), {})[f"{stat})"] = None
    for summary in run.of(LoadSummary):
        for metric in summary.metrics:
            for stat, _ in metric.values:
                if stat.startswith("p("):
                    asked.setdefault(parse(metric.name), {})[stat] = None
    return {key: tuple(stats) for key, stats in asked.items()}


def _thresholds(run: TestRun) -> Iterator[ScriptThreshold]:
    for samples in run.of(LoadSamples):
        yield from samples.thresholds
    for plan in run.of(LoadPlan):
        yield from plan.thresholds
    for summary in run.of(LoadSummary):
        yield from summary.thresholds
