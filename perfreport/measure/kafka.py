"""How a consumer lag came and went: before the load, at its peak, at the end, gone again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure.signals import answer, run_signals, signal_lines
from perfreport.model.kafka import LagCourse
from perfreport.model.measurement import Selector
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun

_LAG = "kafka.consumer.lag"
_DRAIN = "kafka.consumer.lag.drain"


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
        before = values[~watched]
        during = values[watched & (times <= phases.end_ns)]
        peak = int(np.argmax(np.where(watched, values, -np.inf)))
        drained = answer(signals, phases, Selector(_DRAIN, "last", where))
        yield LagCourse(
            group=group,
            before=float(before[-1]) if len(before) else None,
            peak=float(values[peak]),
            peak_after=float(times[peak] - phases.start_ns) / NS_PER_SECOND if timed else None,
            at_end=float(during[-1]) if len(during) else None,
            drained_after=drained.value,
            last=float(values[-1]),
            last_after=float(times[-1] - phases.end_ns) / NS_PER_SECOND if timed else None,
        )
