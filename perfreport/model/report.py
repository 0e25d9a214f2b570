"""The report: format-neutral, language-neutral, the single source of every rendered number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.errors import ExitCode
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.grade import Verdict
    from perfreport.model.run import Intake

# 1: first version.
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a renderer may show."""

    tool: str
    verdict: Verdict
    exit_code: ExitCode
    intake: Intake
    tests: tuple[TestAnalysis, ...]
