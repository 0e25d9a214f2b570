"""A recording that falls silent under load is told; one that follows its own rhythm is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.units import Unit
from tests.rules.judged import figure, findings, level, missing
from tests.rules.made import nothing, played

if TYPE_CHECKING:
    from perfreport.rules import Case

RULE = "source-gap"
SIGNAL = "hikaricp.connections.active"


def file(case: Case, times: np.ndarray, path: str = "scrapes.prom", signal: str = SIGNAL):
    """A recording at these seconds of the load."""
    at = case.phases.start_ns + np.round(times * 1e9).astype(np.int64)
    one = SignalSeries(signal, Part.VALUE, SignalKind.GAUGE, Unit.COUNT, (), at, np.ones(len(at)))
    source = SourceRef(path, "metric-series", clock=Clock(ClockKind.UTC))
    return Signals(source, (one,), at)


def recorded(*seconds: np.ndarray) -> Case:
    case = played().case()
    facts = tuple(file(case, times, f"scrapes-{at}.prom") for at, times in enumerate(seconds))
    return replace(case, run=replace(case.run, facts=(*case.run.facts, *facts)))


def every(step: float, start: float = -5, end: float = 200) -> np.ndarray:
    return np.arange(start, end, step)


def without(times: np.ndarray, start: float, end: float) -> np.ndarray:
    return times[(times <= start) | (times >= end)]


def length() -> float:
    phases = played().case().phases
    return (phases.end_ns - phases.start_ns) / 1e9


def test_fires_on_a_hole_and_leaves_the_verdict_alone() -> None:
    case = recorded(without(every(1), 3, 3 + length() / 2))
    (finding,) = findings(RULE, case)
    assert figure(finding, "silent") == pytest.approx(length() / 2, abs=1)
    assert figure(finding, "usual") == pytest.approx(1)
    assert level(RULE, case) == "valid"


@pytest.mark.parametrize("times", [every(0.2, 10), every(0.2, -5, 10)], ids=["late", "early"])
def test_fires_where_the_recording_begins_late_or_ends_early(times: np.ndarray) -> None:
    assert findings(RULE, recorded(times)) != ()


def test_silent_just_below_five_intervals() -> None:
    assert findings(RULE, recorded(without(every(1), 5, 10))) == ()
    assert findings(RULE, recorded(without(every(1), 5, 11))) != ()


def test_silent_just_below_a_twentieth_of_the_load() -> None:
    worth = 0.05 * length()
    dense = every(worth / 20)
    assert findings(RULE, recorded(without(dense, 4, 4 + 0.95 * worth))) == ()
    assert findings(RULE, recorded(without(dense, 4, 4 + 1.1 * worth))) != ()


def test_silent_on_a_slow_rhythm_with_bursts() -> None:
    bursts = np.concatenate([every(length() / 12), 6 + np.arange(40) * 0.01])
    assert findings(RULE, recorded(np.sort(bursts))) == ()


def test_silent_where_the_next_file_goes_on() -> None:
    assert findings(RULE, recorded(every(1, -5, 9), every(1, 9, 200))) == ()


def test_silent_on_looks_before_and_after() -> None:
    assert findings(RULE, recorded(np.array([-2.0, length() + 2]))) == ()


def test_not_evaluated_without_a_recording() -> None:
    assert missing(RULE, played()) == ("validity.need.recordings",)
    assert "validity.need.samples" in missing(RULE, nothing())
