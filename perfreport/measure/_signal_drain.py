"""How long a consumer lag takes to go away once the load that built it up has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._signal_lines import Evaluation
from perfreport.model.measurement import Measurement
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.signals import catalogue
from perfreport.signals.expression import Matcher

if TYPE_CHECKING:
    from perfreport.measure._signal_join import RunSignals
    from perfreport.measure._signal_lines import Windows
    from perfreport.model.measurement import Selector
    from perfreport.model.phase import Phases

DRAIN = "kafka.consumer.lag.drain"
_LAG = "kafka.consumer.lag"
# Where traffic goes on, a consumer that keeps up still shows the records of its last poll.
_REMAINDER = 0.01


def drain(signals: RunSignals, phases: Phases, selector: Selector, windows: Windows) -> Measurement:
    """Seconds from the end of the selected phases until the lag is back where it began.

    It is back at the first sample not above its level before the load. Where traffic goes on and
    it never quite gets there, it is back once it stays within one percent of its peak. A lag that
    was not seen to go away has no drain time: the warning says how long it was watched.
    """
    unit = Unit.SECONDS
    end = max((end for _, end in windows), default=phases.end_ns)
    where = tuple(Matcher(label, glob) for label, glob in selector.where)
    evaluation = Evaluation(signals, None, where)
    for expression in catalogue().derived[_LAG].expressions:
        for line in evaluation.lines(expression):
            known = ~np.isnan(line.values)
            times, values = line.times_ns[known], line.values[known]
            during = values[(times >= phases.start_ns) & (times <= end)]
            if not len(during) or not len(times[times >= end]):
                continue
            before = values[times <= phases.start_ns]
            base = float(before[-1]) if len(before) else 0.0
            back = np.flatnonzero((times >= end) & (values <= base))
            if not len(back):
                above = np.flatnonzero(values > max(base, _REMAINDER * float(during.max())))
                settled = int(above[-1]) + 1 if len(above) else 0
                back = np.flatnonzero((times >= end) & (np.arange(len(times)) >= settled))
                base = max(base, _REMAINDER * float(during.max()))
            n = int(np.count_nonzero(times >= end))
            if len(back):
                at = max(int(times[back[0]]) - end, 0)
                held = values[times <= end][-1] <= base
                return Measurement(selector, 0.0 if held else at / 1e9, unit, n)
            watched = Quantity(float(times[-1] - end) / 1e9, unit)
            remaining = float(values[-1])
            said = message("warning.signal.not-drained", watched=watched, remaining=remaining)
            return Measurement(selector, None, unit, n, warnings=(said,))
    return Measurement(selector, None, unit, 0)
