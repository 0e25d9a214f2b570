"""One clock: sources whose times carry no zone, or count from a start, are placed in UTC.

Where the k6 run leaves only one place that fits, the source is moved there and its `Clock` says
why (`ALIGNED`). Everything else stays as it was and is not correlated: a wrong place would make
causes out of coincidences.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.clocks._hints import Hints, hints_of
from perfreport.clocks._placement import Window, place
from perfreport.model.load import LoadSamples
from perfreport.model.signal import Signals
from perfreport.model.source import ClockKind

if TYPE_CHECKING:
    from perfreport.model.run import Intake, TestRun
    from perfreport.model.source import Clock, SourceRef

__all__ = ["align", "align_all"]

_OPEN = frozenset({ClockKind.RELATIVE, ClockKind.UNKNOWN})


def align_all(intake: Intake) -> Intake:
    """Align every run, and show the sources of the intake as they were placed."""
    runs = tuple(align(run) for run in intake.runs)
    placed: dict[SourceRef, SourceRef] = {}
    for before, after in zip(intake.runs, runs, strict=True):
        for old, new in zip(before.sources, after.sources, strict=True):
            if new is not old:
                placed.setdefault(old, new)
    sources = tuple(placed.get(source, source) for source in intake.sources)
    return replace(intake, runs=runs, sources=sources)


def align(run: TestRun) -> TestRun:
    """Move every source that can be placed; the guess stands in the source's clock.

    Sources placed by what they overlap tell their zone to those that more than one zone would
    fit, so there are two passes.
    """
    window = _load_window(run)
    if window is None:
        return run
    for _ in range(2):
        run = _placed(run, window, hints_of(run))
    return run


def _load_window(run: TestRun) -> Window | None:
    samples = run.of(LoadSamples)
    if not samples:
        return None
    return Window(min(one.start_ns for one in samples), max(one.end_ns for one in samples))


def _placed(run: TestRun, window: Window, hints: Hints) -> TestRun:
    moved: dict[SourceRef, SourceRef] = {}
    for source in run.sources:
        spanned = _spanned(run, source)
        if source.clock.kind not in _OPEN or spanned.start_ns is None or spanned.end_ns is None:
            continue
        clock = place(spanned, window, hints)
        if clock is not None and clock.correlated:
            moved[source] = _moved(spanned, clock)
        elif clock is not None:
            moved[source] = replace(source, clock=clock)
    if not moved:
        return run
    facts = tuple(
        fact.shifted(-moved[fact.source].clock.offset_ns, moved[fact.source])
        if fact.source in moved and moved[fact.source].clock.correlated
        else replace(fact, source=moved[fact.source])
        if fact.source in moved
        else fact
        for fact in run.facts
    )
    return replace(run, facts=facts, sources=tuple(moved.get(one, one) for one in run.sources))


def _spanned(run: TestRun, source: SourceRef) -> SourceRef:
    """A scrape dated by its file only shows its time once it is borne out."""
    if source.start_ns is not None or source.clock.kind not in _OPEN:
        return source
    times = [
        int(fact.scrape_times_ns[0])
        for fact in run.of(Signals)
        if fact.source == source and len(fact.scrape_times_ns) == 1
    ]
    return replace(source, start_ns=times[0], end_ns=times[0]) if times else source


def _moved(source: SourceRef, clock: Clock) -> SourceRef:
    assert source.start_ns is not None  # noqa: S101 - the caller asks only for these
    assert source.end_ns is not None  # noqa: S101
    return replace(
        source,
        clock=clock,
        start_ns=source.start_ns - clock.offset_ns,
        end_ns=source.end_ns - clock.offset_ns,
    )
