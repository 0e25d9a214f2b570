"""Whether a run can be judged at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.finding import Finding, NotEvaluated, RuleError
    from perfreport.model.grade import ValidityLevel


@dataclass(frozen=True, slots=True)
class Validity:
    """The worst effect of all validity findings, and the findings themselves."""

    level: ValidityLevel
    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    errors: tuple[RuleError, ...] = ()
