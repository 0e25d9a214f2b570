"""The k6 script's own thresholds as objectives, whatever file they were found in.

Parent thresholds stand in the NDJSON, all of them in the plan, all with k6's verdict in a summary;
each file spells submetrics its own way. Numbers are in k6's unit: milliseconds for `time`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perfreport.grading.catalogue import Family, MetricSpec, find_metric
from perfreport.grading.crossed import with_k6s_word
from perfreport.grading.expression import Assertion, parse, split_name
from perfreport.grading.naming import objective_id, objective_title
from perfreport.model.grade import Bound, Objective, OnMissing
from perfreport.model.load import (
    Contains,
    LoadPlan,
    LoadSamples,
    LoadSummary,
    MetricType,
    ScriptThreshold,
)
from perfreport.model.measurement import Selector
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.load import Tags
    from perfreport.model.run import TestRun

ORIGIN = "script"
_MS_PER_SECOND = 1000.0
_ALWAYS_THERE = (("expected_response", "true"),)  # k6 makes this submetric by itself


@dataclass(slots=True)
class _Found:
    """One threshold, with the verdicts that the summaries of its run give it."""

    metric: str
    tags: Tags
    assertion: Assertion
    text: str
    verdicts: set[bool]


def script_objectives(run: TestRun) -> tuple[Objective, ...]:
    """Return the script's thresholds of a run, in the order its files name them.

    A submetric that the samples declare, and whose threshold no file tells, becomes an objective
    without a target: it counts as a warning, for it may have failed.
    """
    types = _Types(run)
    objectives: dict[tuple[str, Tags], list[Objective]] = {}
    for found in _merged(run).values():
        objective = make_objective(found.metric, found.tags, found.assertion, found.text, types)
        verdict = found.verdicts.pop() if len(found.verdicts) == 1 else None
        own = objectives.setdefault((found.metric, found.tags), [])
        own.append(replace(objective, script_verdict=verdict))
    known = set(_told(run))
    for metric, tags in _declared(run):
        if (metric, tags) not in known:
            objectives.setdefault((metric, tags), [_untold(metric, tags)])
    return with_k6s_word(run, objectives)


def make_objective(
    metric: str, tags: Tags, assertion: Assertion, text: str, types: _Types | None = None
) -> Objective:
    """Return one k6 threshold as an objective on the whole run."""
    spec = types.of(metric) if types else _builtin(metric)
    unit = spec.unit_of(assertion.stat) or _guess_unit(assertion.stat)
    timed = unit is Unit.SECONDS
    limit = assertion.limit / _MS_PER_SECOND if timed else assertion.limit
    written = Selector(metric, assertion.stat, tags)
    return Objective(
        id=f"{objective_id(written)} {assertion.operator} {assertion.limit:.15g}",
        selector=Selector(metric, assertion.stat, tuple((k, _literal(v)) for k, v in tags)),
        unit=unit,
        target=(Bound(assertion.operator, limit, text),),
        title=objective_title(written, spec),
        origin=ORIGIN,
    )


def _untold(metric: str, tags: Tags) -> Objective:
    written = Selector(metric, "count", tags)
    return Objective(
        id=f"{objective_id(written)} untold",
        selector=Selector(metric, "count", tuple((k, _literal(v)) for k, v in tags)),
        unit=Unit.COUNT,
        target=(),
        on_missing=OnMissing.WARN,
        title=objective_title(written),
        origin=ORIGIN,
    )


def _merged(run: TestRun) -> dict[tuple[str, Tags, Assertion], _Found]:
    merged: dict[tuple[str, Tags, Assertion], _Found] = {}
    for threshold in _thresholds(run):
        assertion = parse(threshold.expression)
        if assertion is None:
            continue  # k6 refuses to start with such a threshold
        metric, tags = split_name(threshold.metric)
        key = (metric, tags, assertion)
        text = " ".join(threshold.expression.split())
        found = merged.setdefault(key, _Found(metric, tags, assertion, text, set()))
        if threshold.ok is not None:
            found.verdicts.add(threshold.ok)
    return merged


def _thresholds(run: TestRun) -> Iterator[ScriptThreshold]:
    for plan in run.of(LoadPlan):
        yield from plan.thresholds
    for summary in run.of(LoadSummary):
        yield from summary.thresholds
    for samples in run.of(LoadSamples):
        yield from samples.thresholds


def _told(run: TestRun) -> Iterator[tuple[str, Tags]]:
    """Submetrics of which it is known whether they have a threshold, and which."""
    if run.of(LoadPlan):
        yield from _declared(run)
    for summary in run.of(LoadSummary):
        for metric in summary.metrics:
            yield split_name(metric.name)
    for threshold in _thresholds(run):
        yield split_name(threshold.metric)


def _declared(run: TestRun) -> Iterator[tuple[str, Tags]]:
    for samples in run.of(LoadSamples):
        for declaration in samples.declarations:
            for submetric in declaration.submetrics:
                tags = tuple(sorted(submetric.tags))
                if tags != _ALWAYS_THERE:
                    yield declaration.name, tags


class _Types:
    """Types of a run's metrics: as declared, else as summarised, else as k6 has them built in."""

    def __init__(self, run: TestRun) -> None:
        self._known: dict[str, tuple[MetricType | None, Contains]] = {}
        for summary in run.of(LoadSummary):
            for metric in summary.metrics:
                if metric.type is not None or metric.contains is not None:
                    contains = metric.contains or Contains.DEFAULT
                    self._known[split_name(metric.name)[0]] = (metric.type, contains)
        for samples in run.of(LoadSamples):
            for declared in samples.declarations:
                if declared.declared or declared.name not in self._known:
                    self._known[declared.name] = (declared.type, declared.contains)

    def of(self, metric: str) -> MetricSpec:
        """What is known of a metric."""
        spec = _builtin(metric)
        if metric not in self._known or spec.type is not None:
            return spec
        kind, contains = self._known[metric]
        return replace(spec, type=kind, contains=contains)


def _builtin(metric: str) -> MetricSpec:
    spec = find_metric(metric)
    if spec is None or spec.family in {Family.DERIVED, Family.SIGNAL} or spec.same_as:
        return MetricSpec(metric, Family.CUSTOM)
    return spec


def _guess_unit(stat: str) -> Unit:
    return Unit.COUNT if stat == "count" else Unit.NONE


def _literal(value: str) -> str:
    """Return a tag value as a glob that matches only itself."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in value)
