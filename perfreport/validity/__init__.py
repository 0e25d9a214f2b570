"""Before any grade: was this a test at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Severity
from perfreport.model.grade import ValidityLevel
from perfreport.model.validity import Validity
from perfreport.registry import discover
from perfreport.rules import Case, Rule, evaluate
from perfreport.validity import rules

if TYPE_CHECKING:
    from perfreport.model.finding import Finding
    from perfreport.model.measurement import Measurements
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun

_LEVELS = (ValidityLevel.VALID, ValidityLevel.QUESTIONABLE, ValidityLevel.INVALID)
_SEVERITIES = tuple(Severity)


def assess(run: TestRun, phases: Phases, measurements: Measurements) -> Validity:
    """Evaluate every validity rule; the level is the worst effect of any finding.

    Findings come worst first: by their effect, then by severity, then by rule.
    """
    case = Case(run, phases, measurements)
    findings, skipped, errors = evaluate(discover(rules, Rule), case)
    ranked = sorted(findings, key=_order)
    level = max((_level(finding) for finding in ranked), key=_LEVELS.index, default=_LEVELS[0])
    return Validity(level, tuple(ranked), skipped, errors)


def _level(finding: Finding) -> ValidityLevel:
    return finding.validity or ValidityLevel.VALID


def _order(finding: Finding) -> tuple[int, int, str, str]:
    return (
        -_LEVELS.index(_level(finding)),
        _SEVERITIES.index(finding.severity),
        finding.rule,
        finding.subject or "",
    )
