"""What both dialects of application logs hand to ingest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.message import message
from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import Unit
from perfreport.sources._spec import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.applog import PoolStatistics
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._log_text import LogText
    from perfreport.sources._losses import Losses


def log_reading(text: LogText, dialect: str, losses: Losses) -> Reading:
    """Return everything that was gathered from one log."""
    text.close()
    events, lines = text.events, text.lines
    start = 0 if text.first_ns is None else text.first_ns
    end = max(start, text.end_ns)
    clock = _clock(text)
    for line in text.stray:
        losses.add(line)
    dropped = text.gc.dropped + text.dumps.dropped
    if dropped:
        losses.add(text.gc.first_dropped or text.dumps.first_dropped or 1, dropped)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        log = events.fact(ref, start, end, lines)
        series = tuple(one for pool in log.pools for one in _pool_series(pool))
        times = np.unique(np.concatenate([one.times_ns for one in series])) if series else None
        return (log,) if times is None else (log, Signals(ref, series, times))

    return Reading(
        facts=facts,
        records=sum(events.levels.values()),
        skipped=losses.count,
        start_ns=None if text.first_ns is None else start,
        end_ns=None if text.first_ns is None else end,
        clock=clock,
        dialect=dialect,
        problems=losses.problems(),
        summary=events.summary(lines),
        foreign=(*text.gc.segments(), *text.dumps.segments()),
    )


def _pool_series(pool: PoolStatistics) -> Iterator[SignalSeries]:
    """Levels of a pool as its housekeeper logged them; lines about trouble would bias a mean."""
    regular = np.flatnonzero(pool.regular)
    times, first = np.unique(pool.times_ns[regular], return_index=True)
    for name, values in (
        ("hikaricp.connections", pool.total),
        ("hikaricp.connections.active", pool.active),
        ("hikaricp.connections.idle", pool.idle),
        ("hikaricp.connections.pending", pool.waiting),
        ("hikaricp.connections.max", pool.maximum),
    ):
        levels = values[regular][first]
        if len(levels) and not np.isnan(levels).all():
            labels = (("pool", pool.pool),)
            yield SignalSeries(
                name, Part.VALUE, SignalKind.GAUGE, Unit.COUNT, labels, times, levels
            )


def _clock(text: LogText) -> Clock:
    if text.first_ns is None:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.log-no-times"))
    if not text.clock.dated:
        return Clock(ClockKind.RELATIVE, reason=message("clock.log-time-of-day"))
    if not text.clock.zoned:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.jvm-local-time"))
    return Clock(ClockKind.UTC, text.clock.offset_ns)
