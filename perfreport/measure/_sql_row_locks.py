"""Time that slow-log entries spent waiting for row locks.

MySQL counts it into Lock_time. MariaDB from 10.6 on adds milliseconds to a counter of
microseconds, so that a thousandth of the wait is there: an entry that waited for `w` seconds has
Lock_time = base + w / 1000, base being the table locks of every execution. Where the query times of
a statement vary and Lock_time follows them with a slope of one thousandth, its query time *is* the
wait, and base can be taken off. Seen in measured logs: slopes of 0.94 to 1.01 thousandths where a
hot row was injected, none where a scan, a sleep or a trigger was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from perfreport.model.measurement import Floats

_FEWEST = 12
_SPREAD = 1.3  # 90th over 10th percentile of the query times
_SLOPE = (0.7e-3, 1.3e-3)
_CORRELATION = 0.5
_LEAST = 0.01  # seconds: below this a query time says nothing of waits


@dataclass(frozen=True, slots=True)
class LockTimeMeaning:
    """What Lock_time of one statement says of waits for row locks.

    `base` is what it holds without any wait; None: it says nothing. `scale` turns the rest into
    seconds, 0 where Lock_time does not follow the query time: then there were no such waits.
    """

    base: float | None
    scale: float = 1.0

    def wait(self, query_time: Floats, lock_time: Floats) -> float | None:
        """Seconds that these entries waited; None where the log can't tell."""
        if self.base is None:
            return None
        return float(np.clip((lock_time - self.base) * self.scale, 0.0, query_time).sum())


def lock_time_meaning(query_time: Floats, lock_time: Floats, *, counted: bool) -> LockTimeMeaning:
    """Judge Lock_time over all entries of one statement.

    `counted`: the server writes waits for row locks into Lock_time at their true size.
    """
    if counted:
        return LockTimeMeaning(0.0)
    slow = query_time >= _LEAST
    times, locks = query_time[slow], lock_time[slow]
    if len(times) < _FEWEST:
        return LockTimeMeaning(None)
    low, high = np.percentile(times, [10, 90])
    if high < _SPREAD * low or locks.std() == 0.0:
        return LockTimeMeaning(None)
    slope = float(np.cov(times, locks)[0, 1] / times.var(ddof=1))
    correlation = float(np.corrcoef(times, locks)[0, 1])
    if _SLOPE[0] <= slope <= _SLOPE[1] and correlation >= _CORRELATION:
        return LockTimeMeaning(max(float(np.median(locks - times / 1000)), 0.0), 1000.0)
    return LockTimeMeaning(0.0, 0.0) if abs(slope) < _SLOPE[0] / 2 else LockTimeMeaning(None)
