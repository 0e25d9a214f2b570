"""How the run ended, by every file that tells it: console log, exit code, k6's summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.load import ConsoleLog, ExitStatus, LoadPlan, LoadSamples, LoadSummary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.run import TestRun
    from perfreport.phases._observed import ObservedLoad
    from perfreport.phases._plan import Curve

THRESHOLDS_CROSSED = 99
COMPLETE = (0, 110)  # success, and exec.test.fail(), which lets the run go on
MARGIN = 1.0  # seconds


def ended_normally(run: TestRun) -> bool | None:
    """Whether k6 ran to its end. None: no file tells.

    Exit code 99 means crossed thresholds, at the end or, with abortOnFail, before it.
    """
    console = run.one(ConsoleLog)
    if console is not None and console.aborted_by is not None:
        return False
    status = run.one(ExitStatus)
    if status is not None:
        if status.code in COMPLETE:
            return True
        if status.code == THRESHOLDS_CROSSED:
            return True if console is not None or not _may_abort(run) else None
        return False
    # A killed run's last progress line looks like any other. k6 sums up at the end, though.
    summed_up = console is not None and (
        console.crossed_thresholds is not None or run.one(LoadSummary) is not None
    )
    return True if summed_up else None


def _may_abort(run: TestRun) -> bool:
    told = [fact.thresholds for fact in run.of(LoadPlan)]
    told.extend(fact.thresholds for fact in run.of(LoadSamples))
    return not told or any(threshold.abort_on_fail for part in told for threshold in part)


def seconds_by_k6(run: TestRun) -> float | None:
    """Length of the whole run by k6's own account: its summary, else its progress lines."""
    told = [summary.seconds for summary in run.of(LoadSummary) if summary.seconds is not None]
    if told:
        return max(told)
    console = run.one(ConsoleLog)
    return console.seconds if console is not None else None


def finished_before(
    run: TestRun, observed: ObservedLoad, parts: Sequence[Curve], zero: float
) -> bool:
    """Tell a run that k6 completed in less time than the plan needs: another plan ran.

    k6's own duration holds setup and teardown, so it can only be longer than the load.
    """
    planned = max((part.stop for part in parts if part.bounded), default=0.0)
    told = seconds_by_k6(run)
    if told is None or not ended_normally(run):
        return False
    before_load = max(zero, 0.0) if observed.setup_end is not None else 0.0
    return told - before_load < planned - MARGIN
