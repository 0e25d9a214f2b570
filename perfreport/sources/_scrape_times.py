"""When untimed scrapes were made: written separators, or start time plus uptime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._metric_series import UTC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.message import Message
    from perfreport.sources._exposition import Exposition
    from perfreport.sources._metric_series import Track

# A moment in seconds since the epoch, as (signal, signal to add).
_SELF_TIMED = (
    ("process.start.time", "process.uptime"),
    ("redis.start.time", "redis.uptime"),
    ("node.time", None),
)


def scrape_times(
    found: Exposition, modified_ns: int | None
) -> tuple[Integers, Clock, tuple[Message, ...]]:
    """Times of all scrapes, the clock they are on, and what is to be said of it.

    Without any time in the file, a single scrape gets the file's own date, as a guess to be
    checked against the run; of several scrapes only the order is known.
    """
    count = len(found.sizes)
    written = _written(found, count)
    if written is not None and all(time.zoned for time in found.separators.values()):
        return written, UTC, ()
    told = _self_told(found.table.tracks, count)
    if told is not None:
        return told, UTC, (message("note.metrics.timed-by-uptime"),)
    if written is not None:
        return written, Clock(ClockKind.UNKNOWN, reason=message("clock.no-zone")), ()
    if count == 1 and modified_ns is not None:
        clock = Clock(ClockKind.UNKNOWN, reason=message("clock.modified-time"))
        return np.array([modified_ns], dtype=np.int64), clock, ()
    order = np.arange(count, dtype=np.int64)
    return order, Clock(ClockKind.UNKNOWN, reason=message("clock.no-times")), ()


def _written(found: Exposition, count: int) -> Integers | None:
    return _completed({scrape: time.ns for scrape, time in found.separators.items()}, count)


def _self_told(tracks: Sequence[Track], count: int) -> Integers | None:
    for start, uptime in _SELF_TIMED:
        started = _levels(tracks, start)
        running = _levels(tracks, uptime) if uptime else {labels: {} for labels in started}
        for labels, moments in started.items():
            if labels not in running:
                continue
            added = running[labels]
            times = {
                scrape: round(moment * 1000) * 1_000_000 + round(added.get(scrape, 0.0) * 1e9)
                for scrape, moment in moments.items()
                if uptime is None or scrape in added
            }
            if (completed := _completed(times, count)) is not None:
                return completed
    return None


def _levels(
    tracks: Sequence[Track], signal: str
) -> dict[tuple[tuple[str, str], ...], dict[int, float]]:
    return {
        track.labels: {
            scrape: value * track.resolved.scale
            for scrape, value in zip(track.ticks, track.values, strict=True)
            if scrape < 1 << 40
        }
        for track in tracks
        if track.resolved.spec.name == signal
    }


def _completed(known: Mapping[int, int], count: int) -> Integers | None:
    """Times of all scrapes from those of some: scrapes between and beyond are spread evenly."""
    scrapes = sorted(scrape for scrape in known if scrape < count)
    if not scrapes or (len(scrapes) < 2 and count > 1):
        return None
    at: Floats = np.array(scrapes, dtype=np.float64)
    base = known[scrapes[0]]
    offsets: Floats = np.array([known[scrape] - base for scrape in scrapes], dtype=np.float64)
    wanted = np.arange(count, dtype=np.float64)
    filled = np.interp(wanted, at, offsets)
    if len(scrapes) > 1:
        step = float(np.median(np.diff(offsets) / np.diff(at)))
        filled = np.where(wanted < at[0], (wanted - at[0]) * step, filled)
        filled = np.where(wanted > at[-1], offsets[-1] + (wanted - at[-1]) * step, filled)
    times: Integers = np.rint(filled).astype(np.int64) + base
    for scrape in scrapes:
        times[scrape] = known[scrape]
    return times
