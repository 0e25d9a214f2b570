"""From scrapes on scrape numbers to series in time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._exposition import read_exposition
from perfreport.sources._metric_series import UTC, SeriesTable, finished, reading, with_birth
from perfreport.sources._scrape_times import scrape_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.measurement import Integers
    from perfreport.model.message import Message
    from perfreport.model.signal import SignalSeries
    from perfreport.sources._exposition import Exposition
    from perfreport.sources._input import Input
    from perfreport.sources._metric_series import Track
    from perfreport.sources._spec import Reading

_FIRST_TIME = 1 << 40  # ticks below are scrape numbers, above nanoseconds


def read_scrapes(source: Input, dialect: str) -> Reading:
    """Read one or many scrapes of the text formats."""
    return placed(source, read_exposition(source, SeriesTable()), dialect)


def placed(
    source: Input,
    found: Exposition,
    dialect: str,
    problems: Sequence[Problem] = (),
    notes: Sequence[Message] = (),
) -> Reading:
    """Give scrapes their times; `problems` and `notes` are the reader's own."""
    table = found.table
    times, clock, said = scrape_times(found, source.modified_ns)
    scrapes = len(times)
    tracks = [part for track in table.tracks for part in _by_process(track, table.tracks)]
    series = [_in_time(track, times, found) for track in tracks]
    if found.timed:
        own = [one.times_ns for one in series if len(one.times_ns)]
        untimed = any(track.ticks[0] < _FIRST_TIME for track in tracks)
        if not untimed:
            clock, said = UTC, ()
            scrapes = max((len(one) for one in own), default=0)
            times = max(own, key=len, default=times[:0])
    if not clock.correlated and len(times) > 1 and int(times[0]) < _FIRST_TIME:
        # only the order is known: good for totals, not for anything in time
        times = times[:0]
    return reading(
        table,
        series,
        dialect=dialect,
        clock=clock,
        scrape_times_ns=times,
        scrapes=scrapes,
        skipped=int(found.cut) + sum(problem.count for problem in problems),
        problems=(*_problems(source, found), *problems),
        notes=(*said, *notes),
        foreign=found.foreign,
    )


def _problems(source: Input, found: Exposition) -> tuple[Problem, ...]:
    return (Problem(source.name, message("problem.metrics.cut")),) if found.cut else ()


def _in_time(track: Track, times: Integers, found: Exposition) -> SignalSeries:
    ticks: Integers = np.array(track.ticks, dtype=np.int64)
    scraped = ticks < _FIRST_TIME
    placed = np.where(scraped, times[np.minimum(ticks, len(times) - 1)], ticks)
    series = finished(track, placed)
    first = int(ticks[0])
    # A scrape that was cut off or failed says nothing of the series it lacks.
    if not scraped[0] or first == 0 or 2 * found.sizes[first - 1] < found.sizes[first]:
        return series
    return with_birth(series, times)


def _by_process(track: Track, tracks: Sequence[Track]) -> Iterator[Track]:
    """Tell apart instances that were scraped in turn and carry no label of their own.

    A restart changes the start time once; start times that come back are several processes.
    """
    starts = next((one for one in tracks if one.resolved.spec.name == "process.start.time"), None)
    if starts is None or track.ticks[0] >= _FIRST_TIME:
        yield track
        return
    moments = np.round(np.array(starts.values))
    changes = int(np.count_nonzero(np.diff(moments)))
    distinct = len(np.unique(moments))
    if changes < distinct:
        yield track
        return
    process = dict(zip(starts.ticks, moments, strict=True))
    parts: dict[float, Track] = {}
    for tick, value in zip(track.ticks, track.values, strict=True):
        moment = process.get(tick, moments[0])
        if moment not in parts:
            labels = tuple(sorted((*track.labels, ("process", f"{moment:.0f}"))))
            parts[moment] = replace(
                track, labels=labels, ticks=track.ticks[:0], values=track.values[:0]
            )
        parts[moment].ticks.append(tick)
        parts[moment].values.append(value)
    yield from parts.values()
