"""What both dialects of application logs hand to ingest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._spec import Reading

if TYPE_CHECKING:
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
    dated = text.first_ns is not None and text.clock.dated
    for line in text.stray:
        losses.add(line)
    dropped = text.gc.dropped + text.dumps.dropped
    if dropped:
        losses.add(text.gc.first_dropped or text.dumps.first_dropped or 1, dropped)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (events.fact(ref, start, end, lines),)

    return Reading(
        facts=facts,
        records=sum(events.levels.values()),
        skipped=losses.count,
        start_ns=start if dated else None,
        end_ns=end if dated else None,
        clock=clock,
        dialect=dialect,
        problems=losses.problems(),
        summary=events.summary(lines),
        foreign=(*text.gc.segments(), *text.dumps.segments()),
    )


def _clock(text: LogText) -> Clock:
    if text.first_ns is None:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.log-no-times"))
    if not text.clock.dated:
        return Clock(ClockKind.RELATIVE, reason=message("clock.log-time-of-day"))
    if not text.clock.zoned:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.jvm-local-time"))
    return Clock(ClockKind.UTC)
