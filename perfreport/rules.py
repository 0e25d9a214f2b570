"""What a rule is, and the engine that evaluates a set of them.

A rule is one module: what it needs, and a pure function from a case to findings. A rule whose
needs are not met becomes a visible NotEvaluated, one that raises a visible RuleError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.finding import NotEvaluated, RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perfreport.model.finding import Category, Finding
    from perfreport.model.grade import TestGrade
    from perfreport.model.measurement import Measurements
    from perfreport.model.message import Message
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun


@dataclass(frozen=True, slots=True)
class Case:
    """All that a rule may look at. `grade` is None before grading (validity rules).

    `cache` keeps what several rules derive from the same facts; it is no part of the case.
    """

    run: TestRun
    phases: Phases
    measurements: Measurements
    grade: TestGrade | None = None
    cache: dict[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Need:
    """A fact a rule can't do without; `missing` says which file or setting would give it."""

    missing: Message
    met: Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One detector. `id` is stable and is the file name in kebab case."""

    id: str
    category: Category
    needs: tuple[Need, ...]
    detect: Callable[[Case], Iterable[Finding]]


def evaluate(
    rules: Sequence[Rule], case: Case
) -> tuple[tuple[Finding, ...], tuple[NotEvaluated, ...], tuple[RuleError, ...]]:
    """Run every rule whose needs are met; one rule's fault never hides another's finding."""
    findings: list[Finding] = []
    skipped: list[NotEvaluated] = []
    errors: list[RuleError] = []
    for rule in rules:
        try:
            missing = tuple(need.missing for need in rule.needs if not need.met(case))
            if missing:
                skipped.append(NotEvaluated(rule.id, missing))
            else:
                findings.extend(rule.detect(case))
        except Exception as fault:  # noqa: BLE001 - shown in the report, never swallowed
            errors.append(RuleError(rule.id, f"{type(fault).__name__}: {fault}"))
    return tuple(findings), tuple(skipped), tuple(errors)
