"""From a scanned slow log to what a source hands on; shared by the text dialects."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind, Problem
from perfreport.model.units import Quantity, Unit
from perfreport.sources._slow_log import Scan, scan
from perfreport.sources._spec import Reading

if TYPE_CHECKING:
    from perfreport.model.message import Message
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input
    from perfreport.sources._slow_log_columns import SlowLogFigures

_USER = re.compile(r"^# User@Host: ", re.MULTILINE)
_COSTS = re.compile(r"^#.*\bQuery_time: [\d.]+\s+Lock_time: ", re.MULTILINE)
_BANNER = re.compile(
    r"\A\s*(?:[^\n]*, Version: ([^\n]*?)\. (?:started with|embedded library):[^\n]*\n"
    r"tcp port:[^\n]*\ntime\s+id command\s+argument[^\n]*\s*)+",
    re.IGNORECASE,
)
_MARIADB = re.compile(
    r"QC_hit:|\bVersion: [^\n]*-MariaDB|^# Rows_affected: \d+  Bytes_sent", re.MULTILINE
)
_PERCONA = re.compile(
    r"Log_slow_rate_(?:type|limit):|^# Schema: \S*\s+Last_errno:|InnoDB_trx_id:|Percona Server"
    r"|QC_Hit:",
    re.MULTILINE,
)
_MARIADB_VERSION = re.compile(r"(\d+)\.(\d+)\.\d+-MariaDB")
# From this version on MariaDB adds milliseconds of row-lock wait to a counter of microseconds.
_LOCK_TIME_BROKEN_FROM = (10, 6)
_CERTAIN = 0.97
_LIKELY = 0.8


def certainty(head: Head, dialect: str) -> float:
    """How sure it is that a file is a slow log of this dialect."""
    found, sure = _recognised(head)
    return sure if found == dialect else 0.0


@lru_cache(maxsize=2)
def _recognised(head: Head) -> tuple[str, float]:
    text = head.text.replace("\r\n", "\n")
    entries = bool(_COSTS.search(text))
    banner = _BANNER.match(text)
    if not entries:
        # An empty log is the banner alone; a general log has the same one, with queries behind it.
        alone = banner is not None and banner.end() == len(text)
        if not alone:
            middle = head.middle.decode("utf-8", "replace")
            if not (_COSTS.search(middle) and _USER.search(middle)):
                return "", 0.0
            text = middle
    sure = _CERTAIN if entries and _USER.search(text) else _LIKELY
    if _MARIADB.search(text):
        return "mariadb", sure
    return ("percona" if _PERCONA.search(text) else "mysql"), sure


def read(source: Input, dialect: str) -> Reading:
    """Read a slow log; every dialect differs only in what its figures mean."""
    scanned = scan(source)
    columns = scanned.columns
    figures = columns.figures()
    counted = row_lock_time_counted(dialect, scanned.versions)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (
            columns.fact(
                ref,
                row_lock_time_counted=counted,
                sampling=scanned.sampling,
                version=next(reversed(scanned.versions), None),
            ),
        )

    return Reading(
        facts=facts,
        records=figures.queries,
        skipped=scanned.skipped,
        start_ns=figures.start_ns,
        end_ns=figures.end_ns,
        clock=_clock(scanned),
        dialect=dialect,
        problems=_problems(source, scanned),
        notes=notes_of(figures, scanned, lock_time_counted=counted),
        summary=summary_of(figures),
    )


def row_lock_time_counted(dialect: str, versions: dict[str, None]) -> bool:
    """Whether `Lock_time` holds waits for row locks at their true size."""
    if dialect != "mariadb":
        return True
    known = [_MARIADB_VERSION.search(version) for version in versions]
    return bool(known) and all(
        match is not None and (int(match[1]), int(match[2])) < _LOCK_TIME_BROKEN_FROM
        for match in known
    )


def summary_of(figures: SlowLogFigures) -> tuple[tuple[str, SummaryValue], ...]:
    """The keys that `inspect` shows."""
    return (
        ("queries", figures.queries),
        ("unique", figures.unique),
        ("query_time_total", round(figures.query_time_total, 6)),
        ("query_time_max", figures.query_time_max),
    )


def notes_of(
    figures: SlowLogFigures, scanned: Scan | None, *, lock_time_counted: bool
) -> tuple[Message, ...]:
    """What a reader of the figures has to know."""
    notes = []
    if figures.query_time_min is not None:
        fastest = Quantity(figures.query_time_min, Unit.SECONDS)
        notes.append(message("note.slow-log-threshold", fastest=fastest))
    if figures.queries and not lock_time_counted:
        notes.append(message("note.slow-log-lock-time"))
    if scanned and scanned.sampling:
        key = "session" if scanned.sampled_by_session else "query"
        notes.append(message(f"note.slow-log-sampled.{key}", limit=round(scanned.sampling)))
    return tuple(notes)


def _clock(scanned: Scan) -> Clock:
    if scanned.zoned:
        return Clock(ClockKind.UTC)
    key = "clock.database-local-time" if scanned.unzoned else "clock.database-no-times"
    return Clock(ClockKind.UNKNOWN, reason=message(key))


def _problems(source: Input, scanned: Scan) -> tuple[Problem, ...]:
    if not scanned.skipped:
        return ()
    told = message("problem.entries-not-understood", count=scanned.skipped)
    return (Problem(source.name, told, scanned.first_skipped, scanned.skipped),)
