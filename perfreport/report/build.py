"""Put the report together from the analysed tests and what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport import __version__
from perfreport.errors import ExitCode
from perfreport.model.grade import FailOn, Verdict
from perfreport.model.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.run import Intake


def build(tests: Sequence[TestAnalysis], intake: Intake, fail_on: FailOn) -> Report:
    """Assemble the report; its verdict is the worst one of its tests."""
    verdict, exit_code = _gate(tests, fail_on)
    return Report(f"perfreport {__version__}", verdict, exit_code, intake, tuple(tests))


def _gate(tests: Sequence[TestAnalysis], fail_on: FailOn) -> tuple[Verdict, ExitCode]:
    """Tell CI: a proven failure comes before not knowing; no test at all can't be judged."""
    verdicts = [test.grade.verdict for test in tests] or [Verdict.NO_DATA]
    worst = max(verdicts, key=lambda verdict: verdict.badness)
    failing = {Verdict.FAIL} | ({Verdict.WARNING} if fail_on is FailOn.WARNING else set())
    if failing & set(verdicts):
        return worst, ExitCode.GATE_FAILED
    if {Verdict.NO_DATA, Verdict.INCONCLUSIVE} & set(verdicts):
        return worst, ExitCode.NOT_JUDGED
    return worst, ExitCode.PASSED
