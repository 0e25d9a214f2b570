"""Names of objectives: a stable id for machines, a readable title for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.grading.catalogue import Family, find_metric, percentile
from perfreport.model.grade import TestKind
from perfreport.model.load import MetricType
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind

if TYPE_CHECKING:
    from perfreport.grading.catalogue import MetricSpec
    from perfreport.model.measurement import Selector

STAGE = "stage"  # the phase word for "every stage of the load, each on its own"

_DEFAULT_PHASES = {
    TestKind.LOAD: PhaseKind.PLATEAU.value,
    TestKind.SOAK: PhaseKind.PLATEAU.value,
    TestKind.STRESS: STAGE,
    TestKind.PEAK: WHOLE_RUN,
}
_PREFIXES = {
    "LT": TestKind.LOAD,
    "ST": TestKind.STRESS,
    "PT": TestKind.PEAK,
    "SP": TestKind.PEAK,
    "SK": TestKind.SOAK,
}
# Phases that go without saying in a title.
_UNSAID = frozenset({WHOLE_RUN, STAGE, PhaseKind.PLATEAU.value})
# Statistics that say nothing beyond the metric's own name.
_UNSAID_STATS = frozenset({"value", "count", "last"})


def kind_of_id(test_id: str) -> TestKind | None:
    """The kind that the prefix of a test id stands for: `ST-001` is a stress test."""
    return _PREFIXES.get(test_id.partition("-")[0].upper()) if "-" in test_id else None


def default_phase(kind: TestKind | None) -> str:
    """The phase an objective is graded on where its file names none."""
    return _DEFAULT_PHASES[kind or TestKind.LOAD]


def given_text(ko: str, en: str) -> Message:
    """Text that the user gave in two languages, as a Message."""
    return message("text.given", ko=ko, en=en)


def objective_id(selector: Selector) -> str:
    """Return a stable id: `http_req_duration{scenario:x} p(99) plateau`."""
    name = selector.metric
    if selector.where:
        name += "{" + ",".join(f"{key}:{value}" for key, value in selector.where) + "}"
    words = [name, selector.stat, selector.phase]
    return " ".join([*words, "successful"] if selector.only_successful else words)


def objective_title(selector: Selector, known: MetricSpec | None = None) -> Message:
    """Return the readable name of what a selector asks for.

    `known`: what the run tells of a custom metric, where there is a run.
    """
    title = _stat_title(selector, known or find_metric(selector.metric))
    if selector.only_successful:
        title = message("objective.successful", name=title)
    if selector.where:
        tags = tuple(f"{key}={value}" for key, value in selector.where)
        title = message("objective.scoped", name=title, tags=tags)
    if selector.phase not in _UNSAID:
        title = message("objective.in-phase", name=title, phase=_phase_title(selector.phase))
    return title


def _stat_title(selector: Selector, spec: MetricSpec | None) -> Message:
    metric = _metric_title(selector.metric)
    number = percentile(selector.stat)
    if number is not None:
        return message("objective.stat.percentile", metric=metric, n=f"{number:g}")
    if spec is not None and spec.type is MetricType.COUNTER and selector.stat == "rate":
        return message("objective.stat.per-second", metric=metric)
    if spec is not None and (spec.family is Family.DERIVED or spec.type is MetricType.RATE):
        return metric
    if selector.stat in _UNSAID_STATS and (spec is None or spec.type is not MetricType.TREND):
        return metric
    return message(f"objective.stat.{selector.stat}", metric=metric)


def _metric_title(name: str) -> Message:
    spec = find_metric(name)
    if spec is None or not spec.worded:
        return message("objective.metric.other", name=name)
    return message(f"objective.metric.{name.replace('.', '-')}")


def _phase_title(phase: str) -> Message | str:
    return message(f"objective.phase.{phase}") if phase in set(PhaseKind) else phase
