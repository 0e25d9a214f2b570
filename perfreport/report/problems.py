"""One problem, told once: which missed objectives and symptoms a cause explains, and which none.

An objective belongs to the findings that speak of the same thing; where one of them is a cause,
or a symptom of one, the objective is that cause's effect and no problem of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Role
from perfreport.model.grade import Verdict
from perfreport.model.units import Unit
from perfreport.report.chapter.conclusion import past

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Finding
    from perfreport.model.grade import Grade, Objective

Family = frozenset[str]

LATENCY: Family = frozenset({"latency-degraded"})
ERRORS: Family = frozenset({"errors-surge"})
THROUGHPUT: Family = frozenset({"throughput-saturated"})
_FELT = frozenset({LATENCY, ERRORS, THROUGHPUT})
# Which findings tell of the signals whose names begin so.
_SIGNALS: tuple[tuple[str, Family], ...] = (
    ("hikaricp.", frozenset({"pool-exhausted", "pool-undersized", "connection-leak"})),
    ("tomcat.", frozenset({"http-threads-busy", "http-threads-exhausted"})),
    ("kafka.", frozenset({"kafka-lag-surge"})),
    ("jvm.", frozenset({"gc-pressure", "heap-leak"})),
    ("cache.", frozenset({"cache-stampede", "cache-inefficient"})),
    ("process.cpu", frozenset({"cpu-saturated", "gc-pressure"})),
    ("system.cpu", frozenset({"cpu-saturated", "database-saturated", "gc-pressure"})),
)
_FAILING = re.compile(r"error|fail|success|checks", re.IGNORECASE)
_MISSED = frozenset({Verdict.FAIL, Verdict.WARNING})
_NOT_FOUND = "404"


def family_of(objective: Objective) -> Family:
    """Return the findings that speak of what an objective asks about; itself where none does."""
    metric = objective.selector.metric
    for prefix, family in _SIGNALS:
        if metric.startswith(prefix):
            return family
    if _FAILING.search(metric):
        return ERRORS
    if objective.unit is Unit.PER_SECOND:
        return THROUGHPUT
    return LATENCY if objective.unit is Unit.SECONDS else frozenset({objective.id})


def causes_of(test: TestAnalysis) -> list[Finding]:
    """Return the causes found in a test, by rank."""
    return [
        one
        for one in test.diagnosis.findings
        if one.category is Category.BOTTLENECK and one.role is Role.CAUSE
    ]


def effects_of(test: TestAnalysis, cause: Finding) -> Family:
    """Return the cause's own rule and those of the symptoms it explains."""
    own = {one.rule for one in test.diagnosis.findings if cause.rule in one.caused_by}
    return frozenset({cause.rule, *own})


def missed(test: TestAnalysis) -> list[Grade]:
    """Return the missed objectives of the whole test and of its stages, worst first."""
    graded = (*test.grade.grades, *(one for stage in test.grade.stages for one in stage.grades))
    found = [grade for grade in graded if grade.verdict in _MISSED and grade.counts]
    return sorted(found, key=lambda grade: (-grade.verdict.badness, -past(grade)))


def worst_effect(test: TestAnalysis, cause: Finding) -> Grade | None:
    """Return the objective missed worst of those a cause explains; what users feel comes first."""
    effects = effects_of(test, cause)
    explained = [one for one in missed(test) if family_of(one.objective) & effects]
    felt = (one for one in explained if family_of(one.objective) in _FELT)
    return next(felt, explained[0] if explained else None)


def unexplained(test: TestAnalysis) -> list[Grade]:
    """Return the missed objectives that no cause explains, the worst of each family."""
    told = set(_explained(test))
    kept = []
    for grade in missed(test):
        family = family_of(grade.objective)
        if not family & told:
            kept.append(grade)
            told |= family
    return kept


def unexplained_symptoms(test: TestAnalysis) -> list[Finding]:
    """Return the symptoms without a cause that no missed objective tells of already."""
    told = set(_explained(test))
    told |= {rule for grade in unexplained(test) for rule in family_of(grade.objective)}
    return [
        one
        for one in test.diagnosis.findings
        if one.role is Role.SYMPTOM and not one.caused_by and one.rule not in told
    ]


def _explained(test: TestAnalysis) -> Iterable[str]:
    for cause in causes_of(test):
        yield from effects_of(test, cause)
    if fails_by_test_data(test):
        yield from ERRORS


def fails_by_test_data(test: TestAnalysis) -> bool:
    """Tell whether requests failed only because they asked for data that is not there."""
    asked_for_nothing = any(one.rule == "test-data-range" for one in test.validity.findings)
    return asked_for_nothing and all(r.status == _NOT_FOUND for r in test.measurements.errors)
