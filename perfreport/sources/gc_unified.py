"""GC logs of unified JVM logging (`-Xlog:gc…`, JDK 9 and later), all collectors, any decorations.

In: lines `[decorations] GC(n) message`, or bare messages (`-Xlog:gc::none`). Out: one GcLog.
Not its job: `PrintGCDetails` logs of JDK 8 (see `gc_jdk8`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._foreign import Unread
from perfreport.sources._gc_stamps import DECORATED, Stamps
from perfreport.sources._gc_unified import Messages
from perfreport.sources._log_wrapping import wrapping_of
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._gc_columns import Columns
    from perfreport.sources._input import Head, Input

_LINE = re.compile(
    r"(?:\[[^\]\[]*\])* ?(?:GC\(\d+\) |Using (?:G1|Parallel|Serial|The Z|Shenandoah|Epsilon|Conc)"
    r"|Initializing The Z|Safepoint \"|Allocation Stall \()"
    r"|(?:\[[^\]\[]*\])+ ?Total time for which application"
)
_LEVELS = frozenset({"info", "debug", "trace", "warning", "error"})
# How messages start that say nothing we use; by two letters, as most lines are of this kind.
_DULL = frozenset({"  ", "Us", "Su", "Ed", "Ar", "Ph", "So", "Li", "St", "Ci", "Cl", "We", "Fi"})
# How messages without GC number start; only looked for in logs without decorations.
_BARE = re.compile(
    "Using |Initializing |Version: |CPUs: |Memory: |Large Page|NUMA |Compressed |Heap|Pre-touch|"
    "Parallel Workers|Concurrent |Periodic GC|CDS archive|Narrow klass|(?:Min|Max|Initial) Cap|"
    r"Runtime Workers|GC Workers|Safepoint |Total time for |Application time|Allocation Stall \(|"
    r"Relocation Stall \(|Attempting |Address Space|Clearing All Soft"
)
_FIRST = 2  # the numbers a JVM starts with
_REORDERED = 10  # GC numbers of concurrent cycles may run behind by a few
_LONGEST_DECORATION = 400
_PACKED = 1 << 14


def _sniff(head: Head) -> float:
    lines = [line for line in (*head.lines, *head.middle_lines) if line.strip()]
    wrapping = wrapping_of(lines)
    if wrapping is not None:
        lines = [wrapping.sub("", line, count=1) for line in lines]
    hits = sum(1 for line in lines if _LINE.match(line))
    decorated = sum(1 for line in lines if line.startswith("[") and _decorated(line))
    if not hits:
        return 0.0
    return 0.95 if 2 * max(hits, decorated) > len(lines) else 0.3


@dataclass(slots=True)
class _Scan:
    """State of one pass over a log."""

    stamps: Stamps = field(default_factory=Stamps)
    messages: Messages = field(init=False)
    bounds: tuple[int, int] | None = None  # first and last moment the log speaks of
    started: int | None = None  # start of the first JVM: wall time minus uptime
    stamped: int = 0
    _latest: int = 0

    def __post_init__(self) -> None:
        self.messages = Messages(self.time)

    def bound(self, text: str) -> None:
        """Widen the span of the log by the time of a decorated line."""
        time = self.stamps.read(_decorations(text))
        if time is None:
            return
        self.stamped += 1
        first, last = self.bounds or (time, time)
        self.bounds = (min(first, time), max(last, time))
        wall, uptime = self.stamps.wall, self.stamps.uptime
        if self.started is None and wall is not None and uptime is not None:
            self.started = None if self.stamps.monotonic else wall - uptime

    def time(self, text: str) -> int:
        """Time of a line in ns; 0 where it has none."""
        time = self.stamps.quick(text)
        if time is None:
            return 0
        self.stamped += 1
        self._latest = time
        return time

    def collection(self, text: str, at: int, line: int) -> bool:
        """Read `… GC(n) message`, `GC(` standing at `at`; False if it is no such line."""
        close = text.find(") ", at, at + 20)
        number = text[at + 3 : close]
        if close < 0 or not number.isdecimal():
            return False
        gc_id = int(number)
        columns = self.messages.columns
        if columns.first_id is None:
            columns.first_id = gc_id
        elif columns.last_id is not None and gc_id <= _FIRST < columns.last_id - _REORDERED:
            self.began(text)
        columns.last_id = gc_id
        self.messages.read(text[close + 2 :], gc_id, text, line)
        return True

    def began(self, text: str) -> None:
        """Note a JVM that started anew in the same file.

        Not a file of a rotated log that was put before an older one: its times fall.
        """
        time = self.stamps.read(_decorations(text))
        if time is not None and (not self.stamps.walled or time >= self._latest):
            self.messages.columns.restarts.append(time)
            self.messages.columns.last_id = None

    def other(self, text: str, line: int) -> bool:
        """Read a line without `GC(n)`; False if it is not one of the JVM's."""
        found = DECORATED.match(text)
        if found is None:
            if self.stamped or not _BARE.match(text):
                return False
            self.messages.read(text, -1, text, line)
            return True
        if not _decorated(text):
            return False
        self.bound(text)
        message = text[found.end() :]
        if message.startswith("Using ") and self.messages.columns.last_id is not None:
            self.began(text)
        self.messages.read(message, -1, text, line)
        return True


def _read(source: Input) -> Reading:
    scan, unread = _Scan(), Unread()
    wrapping = wrapping_of(source.head.lines)
    pauses = scan.messages.columns.pauses
    first = last = ""
    for line, raw in source.lines():
        text = raw if wrapping is None else wrapping.sub("", raw, count=1)
        at = text.find("GC(", 0, _LONGEST_DECORATION)
        if at == 0 or (at > 0 and text[0] == "[" and text[at - 1] in " ]"):
            last = text
            if not first:
                first = text
            close = text.find(") ", at)
            if text[close + 2 : close + 4] in _DULL and close > 0:
                continue
            understood = scan.collection(text, at, line)
        else:
            understood = not text or text.isspace() or scan.other(text, line)
        if not understood:
            unread.add(line, raw)
        elif len(pauses) > _PACKED:
            scan.messages.columns.pack()
    scan.bound(first)
    scan.bound(last)
    return _reading(source, scan, unread)


def _reading(source: Input, scan: _Scan, unread: Unread) -> Reading:
    messages, columns = scan.messages, scan.messages.columns
    start, end = _span(scan, columns)
    vm = messages.vm(scan.started)
    clock = _clock(scan)
    losses = Losses(source.name)
    if messages.first_broken is not None:
        losses.add(messages.first_broken, messages.broken)
    if unread.first_dropped is not None:
        losses.add(unread.first_dropped, unread.dropped)
    placed = clock.kind is not ClockKind.UNKNOWN

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (columns.fact(ref, vm, start, end),)

    return Reading(
        facts=facts,
        records=columns.records,
        skipped=losses.count,
        start_ns=start if placed else None,
        end_ns=end if placed else None,
        clock=clock,
        dialect="unified",
        problems=losses.problems(),
        summary=columns.summary(vm),
        foreign=unread.segments(),
    )


def _span(scan: _Scan, columns: Columns) -> tuple[int, int]:
    """First and last moment the log speaks of."""
    moments = list(scan.bounds or ())
    times, _ = columns.pauses.columns()
    if scan.stamped and len(times):
        moments += [int(times[0]), int(times[-1])]
    return (min(moments), max(moments)) if moments else (0, 0)


def _clock(scan: _Scan) -> Clock:
    if not scan.stamped:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.gc-no-times"))
    stamps = scan.stamps
    if not stamps.walled:
        return Clock(ClockKind.RELATIVE, reason=message("clock.gc-uptime-only"))
    if not stamps.zoned:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.jvm-local-time"))
    return Clock(ClockKind.UTC, stamps.offset_ns)


def _decorations(text: str) -> str:
    found = DECORATED.match(text)
    return found.group() if found else ""


def _decorated(text: str) -> bool:
    """Whether a line begins with decorations of unified logging, not with just any brackets."""
    found = DECORATED.match(text)
    if found is None:
        return False
    decorations = found.group().strip()
    return Stamps().read(decorations) is not None or any(
        cell.strip() in _LEVELS for cell in decorations[1:-1].split("][")
    )


PLUGIN = Source("gc-unified", "gc-log", _sniff, _read)
