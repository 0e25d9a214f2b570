"""Recorded k6 runs, read and measured with plain phases: what engine tests start from."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from perfreport.measure import measure
from perfreport.model.load import LoadSamples
from perfreport.model.message import message
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.sources import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.measurement import Measurements, Selector
    from perfreport.model.run import TestRun

RUNS = Path(__file__).parents[1] / "samples" / "k6-runs"


@contextmanager
def run_of(*paths: Path) -> Iterator[TestRun]:
    """The one run that the files make."""
    with ingest([str(path) for path in paths]) as intake:
        (run,) = [run for run in intake.runs if run.facts]
        yield run


def halves(run: TestRun) -> Phases:
    """A ramp and a plateau of equal length over the whole run."""
    samples = run.one(LoadSamples)
    if samples is None:
        return Phases((), 0, 0)
    start, end = samples.start_ns, samples.end_ns + 1
    middle = (start + end) // 2
    title, origin = message("phase.name"), PhaseOrigin.SHAPE
    return Phases(
        (
            Phase("ramp-1", PhaseKind.RAMP, start, middle, title, origin),
            Phase("plateau-1", PhaseKind.PLATEAU, middle, end, title, origin),
        ),
        start,
        end,
    )


def measured(*paths: Path, selectors: Sequence[Selector] = ()) -> Measurements:
    """Measure the run that the files make."""
    with run_of(*paths) as run:
        return measure(run, halves(run), selectors)
