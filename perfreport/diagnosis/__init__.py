"""Tell causes from symptoms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport import registry
from perfreport.diagnosis import rules as rules_package
from perfreport.diagnosis.settle import settle
from perfreport.model.analysis import Diagnosis
from perfreport.rules import Case, Rule, evaluate

if TYPE_CHECKING:
    from perfreport.model.grade import TestGrade
    from perfreport.model.measurement import Measurements
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun
    from perfreport.model.validity import Validity


def diagnose(
    run: TestRun,
    phases: Phases,
    measurements: Measurements,
    validity: Validity,
    graded: TestGrade,
) -> Diagnosis:
    """Evaluate every rule; validity findings come first, for they can void all others."""
    case = Case(run, phases, measurements, graded)
    findings, skipped, errors = evaluate(registry.discover(rules_package, Rule), case)
    return Diagnosis(
        settle((*validity.findings, *findings), graded),
        (*validity.not_evaluated, *skipped),
        (*validity.errors, *errors),
    )
