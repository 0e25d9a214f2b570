"""How a consumer lag came and went: before the load, in a spike, at its peak, gone again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure.signals import answer, run_signals, signal_lines
from perfreport.model.kafka import LagCourse
from perfreport.model.measurement import Selector
from perfreport.model.phase import PhaseKind
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.phase import Phase, Phases
    from perfreport.model.run import TestRun

_LAG = "kafka.consumer.lag"
_DRAIN = "kafka.consumer.lag.drain"
_CONSUMED = "kafka.consumer.rate"
_PRODUCED = "kafka.producer.rate"
_BEHIND = 0.1  # of the peak


def lag_courses(run: TestRun, phases: Phases) -> Iterator[LagCourse]:
    """Yield the course of every consumer group's lag, in the order of their names."""
    signals = run_signals(run)
    timed = phases.end_ns > phases.start_ns
    for line in signal_lines(signals, _LAG):
        known = ~np.isnan(line.values)
        times, values = line.times_ns[known], line.values[known]
        watched = times >= phases.start_ns
        if not watched.any():
            continue
        group = dict(line.labels).get("group")
        where = (("group", group),) if group else ()
        spike = next((one for one in phases.phases if one.kind is PhaseKind.SPIKE), None)
        before = values[times <= (_rise(phases, spike) if spike else phases.start_ns)]
        during = values[watched & (times <= phases.end_ns)]
        peak = int(np.argmax(np.where(watched, values, -np.inf)))
        drained = answer(signals, phases, Selector(_DRAIN, "last", where)).value
        late = times[values >= _BEHIND * values[peak]]
        gone = phases.end_ns + round((drained or 0.0) * NS_PER_SECOND)
        yield LagCourse(
            group=group,
            before=float(before[-1]) if len(before) else None,
            after_spike=_held_at(times, values, spike.end_ns) if spike else None,
            peak=float(values[peak]),
            peak_after=float(times[peak] - phases.start_ns) / NS_PER_SECOND if timed else None,
            at_end=float(during[-1]) if len(during) else None,
            drained_after=drained,
            last=float(values[-1]),
            last_after=float(times[-1] - phases.end_ns) / NS_PER_SECOND if timed else None,
            consumed=_rate(signals, _CONSUMED, where, (int(late[0]), phases.end_ns)),
            draining=_draining(signals, where, (phases.end_ns, gone)),
        )


def _rise(phases: Phases, spike: Phase) -> int:
    """Return when the load began to rise to its spike."""
    ramps = [
        phase
        for phase in phases.phases
        if phase.kind is PhaseKind.RAMP and phase.end_ns == spike.start_ns
    ]
    return ramps[0].start_ns if ramps else spike.start_ns


def _held_at(times: Integers, values: Floats, at_ns: int) -> float | None:
    """Return the level of the last look at or before a time."""
    known = np.flatnonzero(times <= at_ns)
    return float(values[known[-1]]) if len(known) else None


def _draining(
    signals: RunSignals, where: Tags, window: tuple[int, int]
) -> tuple[float, float] | None:
    consumed = _rate(signals, _CONSUMED, where, window)
    produced = _rate(signals, _PRODUCED, (), window)
    return None if consumed is None or produced is None else (consumed, produced)


def _rate(signals: RunSignals, signal: str, where: Tags, window: tuple[int, int]) -> float | None:
    """Return the mean rate in a window, over all topics; None where nothing was seen in it."""
    means = [
        float(np.mean(inside))
        for line in signal_lines(signals, signal)
        if set(where) <= set(line.labels) and len(inside := line.within([window]))
    ]
    return sum(means) if means else None
