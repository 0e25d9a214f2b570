"""A window that was hardly watched has no figure; the rest keeps its own."""

from __future__ import annotations

import numpy as np
import pytest

from perfreport.measure.signals import answer, run_signals, signal_statistics
from perfreport.measure.silence import is_hollow, rhythm, silences
from perfreport.model.measurement import Selector
from perfreport.model.message import message
from perfreport.model.phase import Phase, PhaseKind, PhaseOrigin, Phases
from perfreport.model.run import TestRun
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit

SECOND = 10**9
ACTIVE = "hikaricp.connections.active"
TIMEOUTS = "hikaricp.connections.timeout"


def at(*seconds: float) -> np.ndarray:
    return np.array([round(one * SECOND) for one in seconds], dtype=np.int64)


@pytest.mark.parametrize(
    ("times", "expected", "why"),
    [
        (np.arange(10), 1, "a steady rhythm"),
        (np.r_[np.arange(10), 40 + np.arange(3)], 1, "a hole of most of the time"),
        (np.r_[np.arange(0, 300, 30), 61 + np.arange(50) * 0.01], 30, "a burst among slow samples"),
    ],
)
def test_the_rhythm_is_that_of_the_time_not_of_the_samples(times, expected, why) -> None:
    assert rhythm(at(*np.sort(times))) == pytest.approx(expected * SECOND), why


def test_too_few_samples_have_no_rhythm() -> None:
    assert rhythm(at(0, 100)) is None
    assert silences(at(0, 1, 2, 50)) == ()


def test_a_window_is_hollow_from_more_than_half() -> None:
    assert not is_hollow(((5, 10),), 0, 10)
    assert is_hollow(((4, 10),), 0, 10)


def watched() -> tuple[TestRun, Phases]:
    """Two phases of 20 s, sampled every second but for 22 s to 38 s."""
    times = at(*[second for second in range(41) if not 22 < second < 38])
    levels = np.where(times < 20 * SECOND, 5.0, 50.0)
    series = (
        SignalSeries(ACTIVE, Part.VALUE, SignalKind.GAUGE, Unit.COUNT, (), times, levels),
        SignalSeries(
            TIMEOUTS, Part.VALUE, SignalKind.COUNTER, Unit.COUNT, (), times, times / SECOND
        ),
    )
    source = SourceRef("scrapes.prom", "metric-series", clock=Clock(ClockKind.UTC))
    phases = tuple(
        Phase(
            name, PhaseKind.PLATEAU, start * SECOND, (start + 20) * SECOND,
            message("phase.title.named", name=name), PhaseOrigin.PLAN,
        )
        for name, start in (("first", 0), ("second", 20))
    )  # fmt: skip
    return TestRun("run", (Signals(source, series, times),), (source,)), Phases(
        phases, 0, 40 * SECOND
    )


@pytest.mark.parametrize(
    ("signal", "stat", "first"), [(ACTIVE, "mean", 5), (ACTIVE, "peak", 5), (TIMEOUTS, "count", 20)]
)
def test_a_phase_in_a_hole_is_not_measured(signal: str, stat: str, first: float) -> None:
    run, phases = watched()
    values = [
        answer(run_signals(run), phases, Selector(signal, stat, phase=phase)).value
        for phase in ("first", "second")
    ]
    assert values == [pytest.approx(first, abs=1), None]


def test_tables_leave_such_a_phase_out_too() -> None:
    run, phases = watched()
    rows = signal_statistics(run_signals(run), phases)
    assert {row.phase for row in rows if row.signal == ACTIVE} == {"all", "first"}
