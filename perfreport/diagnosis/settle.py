"""Put findings in order: which explains which, how grave, what comes first, when to abstain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.diagnosis.chain import FELT, five_whys
from perfreport.diagnosis.checks import usual_checks
from perfreport.diagnosis.graph import BECOMES, effects_of, path
from perfreport.model.finding import Category, Priority, Role, Severity
from perfreport.model.grade import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.finding import Finding
    from perfreport.model.grade import TestGrade

# Validity findings that void every statement about the system.
_VOIDING = frozenset({"load-generator-bound"})
# From what users feel to what lies behind it: the order symptoms are told in.
_SYMPTOM_ORDER = (
    *FELT,
    "requests-timed-out",
    "http-threads-busy",
    "pool-exhausted",
    "kafka-lag-surge",
)
SYMPTOM_RULES = frozenset(_SYMPTOM_ORDER)
# An effect may be seen a little before its cause: scrapes and phases are that coarse.
_TOLERANCE_NS = 10_000_000_000
_CERTAIN = 0.5
_CRITICAL_IMPACT = 0.5


def settle(findings: Sequence[Finding], graded: TestGrade) -> tuple[Finding, ...]:
    """Return the findings that stand, causes first, with roles, chains, severity and rank.

    A cause stands when a symptom of the run is explained by it, directly or over others; one that
    is itself explained by a standing cause becomes a symptom of that one. A risk that has struck
    is no risk any more. Nothing is said about causes where the load generator was the limit.
    """
    validity = tuple(one for one in findings if one.category is Category.VALIDITY)
    risks = tuple(one for one in findings if one.category is Category.RISK)
    observed = [one for one in findings if one.category is Category.BOTTLENECK]
    if any(one.rule in _VOIDING for one in validity):
        return (*validity, *(one for one in observed if one.role is Role.SYMPTOM))
    present = frozenset(one.rule for one in observed)
    symptoms = [one for one in observed if one.role is Role.SYMPTOM]
    candidates = [one for one in observed if one.role is not Role.SYMPTOM]
    causes = [one for one in candidates if _stands(one, symptoms, present)]
    roots = [one for one in causes if not _explained_by(one, causes)]
    demoted = [replace(one, role=Role.SYMPTOM) for one in causes if one not in roots]
    roots.sort(key=lambda one: (-one.impact * one.confidence, one.onset_ns or 0, one.rule))
    symptoms.sort(key=lambda one: _SYMPTOM_ORDER.index(one.rule))
    seen = frozenset(one.rule for one in (*roots, *demoted, *symptoms))
    explained = [_attributed(one, roots, seen) for one in (*symptoms, *demoted)]
    ranked = [_ranked(one, place, explained, graded) for place, one in enumerate(roots, start=1)]
    open_risks = tuple(one for one in risks if not _has_struck(one, causes))
    return (*validity, *ranked, *_graded_symptoms(explained, graded), *open_risks)


def _has_struck(risk: Finding, causes: Sequence[Finding]) -> bool:
    """Whether a cause says the same already, or brings about what the risk would become."""
    becomes = BECOMES.get(risk.rule)
    return any(
        one.rule == risk.rule
        or (becomes is not None and path(one.rule, becomes, SYMPTOM_RULES) is not None)
        for one in causes
    )


def _stands(cause: Finding, symptoms: Sequence[Finding], present: frozenset[str]) -> bool:
    return any(
        path(cause.rule, symptom.rule, present | {cause.rule}) is not None
        and _in_time(cause, symptom)
        for symptom in symptoms
    )


def _explained_by(effect: Finding, causes: Sequence[Finding]) -> bool:
    return any(
        effect.rule in effects_of(cause.rule)
        and cause.impact * cause.confidence >= _CERTAIN * effect.impact * effect.confidence
        and _in_time(cause, effect)
        for cause in causes
        if cause is not effect
    )


def _in_time(cause: Finding, effect: Finding) -> bool:
    if cause.onset_ns is None or effect.onset_ns is None:
        return True
    return cause.onset_ns <= effect.onset_ns + _TOLERANCE_NS


def _attributed(symptom: Finding, roots: Sequence[Finding], seen: frozenset[str]) -> Finding:
    """Name the causes a symptom follows from, in rank order."""
    present = seen | SYMPTOM_RULES
    causes = tuple(
        root.rule
        for root in roots
        if path(root.rule, symptom.rule, present) is not None and _in_time(root, symptom)
    )
    return replace(symptom, caused_by=causes)


def _ranked(
    cause: Finding,
    place: int,
    symptoms: Sequence[Finding],
    graded: TestGrade,
) -> Finding:
    severity = _severity(cause, graded)
    return replace(
        cause,
        role=Role.CAUSE,
        rank=place,
        severity=severity,
        priority=_priority(severity),
        whys=five_whys(cause, symptoms),
        checks=cause.checks or usual_checks(cause.rule),
    )


def _severity(cause: Finding, graded: TestGrade) -> Severity:
    """The README's criteria: what the test's targets say, and how much the cause explains."""
    failed = graded.verdict is Verdict.FAIL
    if failed and cause.impact >= _CRITICAL_IMPACT:
        return Severity.CRITICAL
    if failed:
        return Severity.HIGH
    return Severity.MEDIUM if cause.impact >= _CRITICAL_IMPACT else Severity.LOW


def _priority(severity: Severity) -> Priority:
    match severity:
        case Severity.CRITICAL:
            return Priority.P0
        case Severity.HIGH:
            return Priority.P1
        case Severity.MEDIUM | Severity.LOW:
            return Priority.P2


def _graded_symptoms(symptoms: Sequence[Finding], graded: TestGrade) -> tuple[Finding, ...]:
    severity = Severity.HIGH if graded.verdict is Verdict.FAIL else Severity.MEDIUM
    return tuple(
        replace(one, role=Role.SYMPTOM, severity=severity, priority=_priority(severity))
        for one in symptoms
    )
