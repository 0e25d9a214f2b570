"""The duration that k6 divides its rates by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.load import ConsoleLog, LoadSamples, LoadSummary
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from perfreport.model.run import TestRun


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds, and whether they are an estimate."""

    seconds: float
    estimated: bool


def duration_of(run: TestRun) -> Duration:
    """The run's duration, best source first.

    A summary of any shape is exact; of a distributed run the longest instance counts, as rates
    are the sum of all counts over it. Next comes the console's progress line (0.1 s), never
    shorter than what was sampled. The samples alone give the time from the earliest start of
    anything measured to the last sample: always too short, as k6 idles before it ends.
    """
    known = [fact.seconds for fact in run.of(LoadSummary) if fact.seconds]
    if known:
        return Duration(max(known) if is_distributed(run) else known[0], estimated=False)
    sampled = max(
        ((fact.end_ns - fact.start_ns) / NS_PER_SECOND for fact in run.of(LoadSamples)),
        default=0.0,
    )
    printed = max((fact.seconds or 0.0 for fact in run.of(ConsoleLog)), default=0.0)
    return Duration(max(sampled, printed), estimated=True)


def is_distributed(run: TestRun) -> bool:
    """Whether the samples come from several instances, each with a summary of its own."""
    return any(len(fact.paths) > 1 for fact in run.of(LoadSamples)) or len(run.of(LoadSamples)) > 1
