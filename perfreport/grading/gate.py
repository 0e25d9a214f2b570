"""What CI is told: one verdict over all tests, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.errors import ExitCode
from perfreport.model.grade import FailOn, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.grade import TestGrade


def gate(tests: Sequence[TestGrade], fail_on: FailOn) -> tuple[Verdict, ExitCode]:
    """Return the worst verdict of all tests and the exit code that follows from it.

    A failure outweighs what could not be judged: exit code 1 before 3. No test at all is NO_DATA.
    """
    verdicts = [test.verdict for test in tests]
    worst = max(verdicts, key=lambda verdict: verdict.badness, default=Verdict.NO_DATA)
    if worst is Verdict.FAIL:
        return worst, ExitCode.GATE_FAILED
    if fail_on is FailOn.WARNING and Verdict.WARNING in verdicts:
        return worst, ExitCode.GATE_FAILED
    if worst in {Verdict.NO_DATA, Verdict.INCONCLUSIVE}:
        return worst, ExitCode.NOT_JUDGED
    return worst, ExitCode.PASSED
