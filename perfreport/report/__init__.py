"""Decide what is shown: assemble the language-neutral Report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.grade import FailOn
    from perfreport.model.report import Report
    from perfreport.model.run import Intake


def build(tests: Sequence[TestAnalysis], intake: Intake, fail_on: FailOn) -> Report:
    """Assemble the report and decide the gate."""
    raise NotImplementedError
