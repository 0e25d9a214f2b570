"""Where a source with open times can lie, and whether only one place is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perfreport.clocks._hints import Hints
    from perfreport.model.message import Message
    from perfreport.model.source import SourceRef

_MINUTE = 60 * NS_PER_SECOND
_DAY = 24 * 60 * _MINUTE
# Offsets from UTC in use anywhere, in minutes (IANA 2025b); all are multiples of 15.
_ZONES = tuple(
    sorted(
        {hour * 60 for hour in range(-12, 15)}
        | {-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765}
    )
)
_ENOUGH = 0.5  # share of the shorter of source and run that must overlap
_CLEAR = 0.2  # a second-best place this close makes the choice a guess
_AFTERWARDS = 2 * _MINUTE  # a snapshot is often taken as soon as the test is over
_OLDEST_WALL_CLOCK = 20 * 365 * _DAY
_NO_DATE = "clock.log-time-of-day"
_BY_FILE_DATE = "clock.modified-time"


@dataclass(frozen=True, slots=True)
class Window:
    """The time the load ran."""

    start_ns: int
    end_ns: int


def place(source: SourceRef, window: Window, hints: Hints) -> Clock | None:
    """Return the clock of a source that can be placed, or one that says why it can't be.

    None: nothing to say that its clock does not say already.
    """
    assert source.start_ns is not None  # noqa: S101 - the caller asks only for these
    key = source.clock.reason.key if source.clock.reason else ""
    if key == _BY_FILE_DATE:
        return _by_file_date(source, window)
    if source.start_ns >= _OLDEST_WALL_CLOCK:
        return _by_zone(source, window, hints, days=(0,))
    if key == _NO_DATE:
        day = window.start_ns // _DAY
        return _by_zone(source, window, hints, days=(day - 1, day, day + 1))
    return _by_start(source, window, hints)


def _by_file_date(source: SourceRef, window: Window) -> Clock | None:
    if _overlap(source, window, 0) < 1:
        return None
    return Clock(ClockKind.ALIGNED, 0, message("clock.aligned-modified"))


def _by_zone(source: SourceRef, window: Window, hints: Hints, days: Iterable[int]) -> Clock | None:
    scores = {
        zone * _MINUTE: max(_overlap(source, window, zone * _MINUTE - day * _DAY) for day in days)
        for zone in _ZONES
    }
    best = max(scores.values())
    if best < _ENOUGH:
        return _refused(source, message("clock.no-overlap"))
    fitting = [zone for zone, score in scores.items() if score > best - _CLEAR]
    if len(fitting) == 1:
        zone = fitting[0]
        reason = message("clock.aligned-overlap", zone=_zone_text(zone))
        return Clock(ClockKind.ALIGNED, _shift(source, window, zone, days), reason)
    told = [(zone, path) for zone, path in hints.zones if zone in fitting]
    if len(told) == 1:
        zone, path = told[0]
        reason = message("clock.aligned-zone", zone=_zone_text(zone), other=path)
        return Clock(ClockKind.ALIGNED, _shift(source, window, zone, days), reason)
    return _refused(source, message("clock.ambiguous", count=len(fitting)))


def _by_start(source: SourceRef, window: Window, hints: Hints) -> Clock | None:
    if source.kind not in {"gc-log", "jstat"}:
        return None  # only a JVM's uptime counts from the start that is known here
    fitting = [
        (start, path) for start, path in hints.starts if _overlap(source, window, -start) > 0
    ]
    if not fitting:
        return None
    if len(fitting) > 1:
        return _refused(source, message("clock.several-starts", count=len(fitting)))
    start, path = fitting[0]
    reason = message("clock.aligned-start", other=path, start=start)
    return Clock(ClockKind.ALIGNED, -start, reason)


def _shift(source: SourceRef, window: Window, zone: int, days: Iterable[int]) -> int:
    best = max(days, key=lambda day: _overlap(source, window, zone - day * _DAY))
    return zone - best * _DAY


def _refused(source: SourceRef, reason: Message) -> Clock | None:
    clock = Clock(source.clock.kind, source.clock.offset_ns, reason)
    return None if clock == source.clock else clock


def _overlap(source: SourceRef, window: Window, offset_ns: int) -> float:
    """Share of the shorter of both that lies in the other; a moment lies in or outside."""
    assert source.start_ns is not None  # noqa: S101 - see `place`
    assert source.end_ns is not None  # noqa: S101
    start, end = source.start_ns - offset_ns, source.end_ns - offset_ns
    if end - start < _MINUTE // 60:
        inside = window.start_ns <= start and end <= window.end_ns + _AFTERWARDS
        return 1.0 if inside else 0.0
    shared = min(end, window.end_ns) - max(start, window.start_ns)
    return max(shared, 0) / max(min(end - start, window.end_ns - window.start_ns), 1)


def _zone_text(offset_ns: int) -> str:
    minutes = abs(offset_ns) // _MINUTE
    sign = "-" if offset_ns < 0 else "+"
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"
