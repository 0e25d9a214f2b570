"""GC logs of JDK 8 and before (`-XX:+PrintGC…`): Serial, Parallel, CMS, G1, Shenandoah.

Records may be spread over lines, with tenuring tables, heap listings or concurrent phases in
between; a date, the uptime, both or neither stands before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING

from perfreport.model.jvm import Collector, Trouble, Vm
from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import NS_PER_SECOND
from perfreport.sources._foreign import Unread
from perfreport.sources._gc_columns import NAN, Columns, size
from perfreport.sources._gc_jdk8_records import NUMBER, SIZE, eden_line, parse_collection
from perfreport.sources._gc_stamps import Stamps
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_STAMP = (
    r"(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{3}[+-]\d{4}): ?)?(?:(\d{1,9}[.,]\d{3}): ?)?"
    r"(?:#\d+: )?"
)
_RECORD = re.compile(rf"{_STAMP}(?=\[(?:Full )?GC\b|\[CMS-concurrent|\[Pause |\[Concurrent )")
_STOPPED = re.compile(
    rf"{_STAMP}Total time for which application threads were stopped: {NUMBER} seconds"
    rf"(?:, Stopping threads took: {NUMBER} seconds)?"
)
_SHENANDOAH = re.compile(
    rf"\[((?:Pause|Concurrent) [^,\[]*?)(?: {SIZE}->{SIZE}\({SIZE}\))?(?:, {NUMBER} ms|, start)\]"
)
_NOISE = re.compile(
    r"Desired survivor size |- age +\d|(?: ?\d+[.,]\d{3}: )?\[G1Ergonomics|AdaptiveSize|"
    r"Heap (?:after|before) GC|\{Heap before GC|\}|Heap\s*$|avg_|PSAdaptiveSize|"
    r" +(?:par new|concurrent mark-sweep|eden space|from space|to +space|def new|tenured|"
    r"the space|PSYoungGen|ParOldGen|PSOldGen|PSPermGen|object space|garbage-first|region size|"
    r"Metaspace|class space|CMS|compacting perm)|.*Finished|Before GC:|After GC:|Statistics for|"
    r"Total Free Space|Max   Chunk|Number of Blocks|Av\.  Block|Tree      Height|CMS: Large|-{5,}"
)
_HEADER = re.compile(
    r"(?:OpenJDK|Java HotSpot\(TM\)) .* JRE \((.{1,60}?)\)|Memory: \d+k page, physical (\d{1,15})k"
    r"|CommandLine flags: (.*)|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GC log file "
    r"|.*Application time: |Shenandoah |Regions: |GC threads: |Heuristics |Reference processing"
    r"|Trigger: |Free: |Pacer |Initialize |Max TLAB|Humongous object|Soft Max|All times are|"
    r"all workers\.|Concurrent |Pause |Pacing|Allocation pacing|, \[Metaspace|Evacuation Reserve|"
    r"Adaptive CSet|Cancelling|Failed to allocate|Uncommitted|Capacity expansion|Evacuation Res"
)
_FLAG = re.compile(
    r"-XX:(?:\+Use(\w+)GC\b|(InitialHeapSize|MaxHeapSize|G1HeapRegionSize)=(\d{1,15}))"
)
_USED = {
    "Serial": Collector.SERIAL,
    "Parallel": Collector.PARALLEL,
    "ParallelOld": Collector.PARALLEL,
    "ConcMarkSweep": Collector.CMS,
    "ParNew": Collector.CMS,
    "G1": Collector.G1,
    "Shenandoah": Collector.SHENANDOAH,
}
_LONGEST_RECORD = 16_000  # characters; a record that does not end by then is lost
_LONGEST_NESTING = 200  # lines


def sniff(head: Head) -> float:
    """Look for records, or for the header of a log that has none yet."""
    lines = [line for line in (*head.lines, *head.middle_lines) if line.strip()]
    records = sum(1 for line in lines if (at := _RECORD.match(line)) and line[at.end() :])
    stopped = sum(1 for line in lines if _STOPPED.match(line))
    if records:
        told = sum(
            1 for line in lines if _RECORD.match(line) or _STOPPED.match(line) or _dull(line)
        )
        return 0.95 if 2 * told > len(lines) else 0.3
    if stopped and 2 * stopped > len(lines):
        return 0.7
    flags = any("CommandLine flags: -XX" in line for line in lines[:9])
    return 0.8 if flags and any(" JRE (1." in line for line in lines[:9]) else 0.0


@dataclass(slots=True)
class _Scan:
    """State of one pass over a log."""

    losses: Losses
    columns: Columns = field(default_factory=Columns)
    stamps: Stamps = field(default_factory=Stamps)
    flags: dict[str, int] = field(default_factory=dict)
    collector: Collector | None = None
    told: bool = False  # by the command line, not inferred
    version: str | None = None
    memory: float | None = None
    stamped: int = 0
    latest: int = 0
    bounds: tuple[int, int] | None = None
    started: int | None = None
    cycle_ns: int | None = None
    _text: str = ""  # the record under way
    _line: int = 0
    _time: int = 0
    _lines: int = 0

    def add(self, number: int, line: str) -> bool:
        """Take in a line; False if it is none of a GC log's."""
        if line[:1] == " " and not self._text:
            if "Heap:" in line and self.columns.pauses:
                self._heap_of_last(line)
            return "[" in line or _dull(line) or not line.strip()
        found = _RECORD.match(line)
        if found is not None:
            self._record(number, line, found)
            return True
        if stopped := _STOPPED.match(line):
            self._stopped(stopped, number)
            return True
        if self._text and not _NOISE.match(line):
            self._more(line)
            return True
        return self._header(line) or bool(_NOISE.match(line)) or not line.strip()

    def _record(self, number: int, line: str, found: re.Match[str]) -> None:
        body = line[found.end() :]
        time = self._moment(found[1], found[2])
        if body.startswith(("[CMS-concurrent", "[GC concurrent", "[Concurrent")):
            self._concurrent(body, time, number)
        elif body.startswith("[Pause"):
            self._shenandoah(body, time, number)
        elif self._text:
            # A remark may hold a whole young collection; anything else was cut off.
            if "[YG occupancy" in self._text and _depth(body) <= 0:
                self._collection(body, time, number)
                self.columns.mark_inside()
            else:
                self.losses.add(self._line)
                self._begin(body, time, number)
        else:
            self._begin(body, time, number)

    def _begin(self, body: str, time: int, number: int) -> None:
        self._text, self._time, self._line, self._lines = "", time, number, 0
        self._more(body)

    def _more(self, line: str) -> None:
        """Add a line to the record under way, and close it when its brackets are closed."""
        self._text += line.partition("{Heap before GC")[0]
        self._lines += 1
        if _depth(self._text) <= 0:
            text, self._text = self._text, ""
            self._collection(text, self._time, self._line)
        elif len(self._text) > _LONGEST_RECORD or self._lines > _LONGEST_NESTING:
            self.drop()

    def drop(self) -> None:
        """Give up the record under way."""
        if self._text:
            self.losses.add(self._line)
            self._text = ""

    def _collection(self, text: str, time: int, line: int) -> None:
        found = parse_collection(text)
        if found is None:
            self.losses.add(line)
            return
        columns = self.columns
        phase, cause = columns.phases[found.phase], columns.causes[found.cause]
        heap = (found.before, found.after, found.capacity)
        columns.pauses.append((
            time,
            found.seconds,
            found.full,
            False,
            phase,
            cause,
            *heap,
            found.promoted,
            line,
        ))
        for kind in found.troubles:
            columns.trouble(kind, time, line)
        if not isnan(found.metaspace):
            columns.metaspace.append((time, found.metaspace))
        if found.phase == "Pause Initial Mark" or "Concurrent Start" in found.phase:
            self.cycle_ns = time
        if found.collector is not None and not self.told:
            self.collector = found.collector

    def _heap_of_last(self, line: str) -> None:
        heap = eden_line(line)
        last = self.columns.pauses[-1]
        if heap is not None and isnan(last[6]):
            self.columns.pauses[-1] = (*last[:6], *heap, *last[9:])

    def _concurrent(self, body: str, time: int, line: int) -> None:
        name, before, after = "Concurrent Mark Cycle", NAN, NAN
        if "mark-abort" in body:
            self.columns.trouble(Trouble.CONCURRENT_MARK_ABORT, time, line)
            return
        if found := _SHENANDOAH.match(body):
            if not found[2] or not found[8]:
                return
            name = found[1].split(" (")[0]
            before, after = size(found[2], found[3]), size(found[4], found[5])
        elif "concurrent-reset:" not in body and "concurrent-cleanup-end" not in body:
            return
        seconds = NAN if self.cycle_ns is None else (time - self.cycle_ns) / NS_PER_SECOND
        index = self.columns.cycle_names[name]
        self.columns.cycles.append((time, seconds, index, before, after, line))
        self.cycle_ns = None

    def _shenandoah(self, body: str, time: int, line: int) -> None:
        found = _SHENANDOAH.match(body)
        if found is None:
            self.losses.add(line)
            return
        if found[8] is None:
            return
        seconds = float(found[8].replace(",", ".")) / 1000
        heap = (NAN, NAN, NAN)
        if found[2]:
            heap = (size(found[2], found[3]), size(found[4], found[5]), size(found[6], found[7]))
        name, _, cause = found[1].partition(" (")
        phase = self.columns.phases[name]
        why = self.columns.causes["" if cause == "process weakrefs)" else cause.rstrip(")")]
        start = time - round(seconds * NS_PER_SECOND)
        row = (start, seconds, name == "Pause Full", False, phase, why, *heap, NAN, line)
        self.columns.pauses.append(row)
        if not self.told:
            self.collector = Collector.SHENANDOAH

    def _stopped(self, found: re.Match[str], line: int) -> None:
        time = self._moment(found[1], found[2])
        seconds = float(found[3].replace(",", "."))
        reaching = NAN if found[4] is None else float(found[4].replace(",", "."))
        index = self.columns.operations[""]
        start = time - round(seconds * NS_PER_SECOND)
        self.columns.safepoints.append((start, seconds, reaching, index, line))

    def _header(self, line: str) -> bool:
        found = _HEADER.match(line)
        if found is None:
            return False
        if found[1]:
            self.version = found[1]
        elif found[2]:
            self.memory = float(found[2]) * 1024
        elif found[3]:
            for used, name, amount in _FLAG.findall(found[3]):
                if used in _USED:
                    self.collector, self.told = _USED[used], True
                elif name:
                    self.flags[name] = int(amount)
        return True

    def _moment(self, date: str | None, uptime: str | None) -> int:
        """Time in ns by the date, else by the uptime, else that of the record before."""
        cells = f"[{date}]" if date else ""
        cells += f"[{uptime}s]" if uptime else ""
        time = self.stamps.read(cells) if cells else None
        if time is None:
            return self.latest
        self.stamped += 1
        if self.stamps.wall is not None and self.stamps.uptime is not None and self.started is None:
            self.started = self.stamps.wall - self.stamps.uptime
        if not self.stamps.walled and time < self.latest - NS_PER_SECOND:
            self.columns.restarts.append(time)
        self.latest = time
        first, last = self.bounds or (time, time)
        self.bounds = (min(first, time), max(last, time))
        return time

    def vm(self) -> Vm:
        """What the log said of its JVM."""
        get = self.flags.get
        return Vm(
            self.collector,
            not self.told,
            self.version,
            None,
            self.memory,
            None,
            get("InitialHeapSize"),
            get("MaxHeapSize"),
            get("G1HeapRegionSize"),
            self.started,
        )


def read(source: Input) -> Reading:
    """Read every record."""
    losses = Losses(source.name)
    scan, unread = _Scan(losses), Unread()
    for number, line in source.lines():
        if line and not scan.add(number, line):
            unread.add(number, line)
        if len(scan.columns.pauses) > 1 << 14:
            scan.columns.pack()
    scan.drop()
    if unread.first_dropped is not None:
        losses.add(unread.first_dropped, unread.dropped)
    vm, columns = scan.vm(), scan.columns
    start, end = scan.bounds or (0, 0)
    placed = scan.bounds is not None

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (columns.fact(ref, vm, start, end),)

    return Reading(
        facts=facts,
        records=columns.records,
        skipped=losses.count,
        start_ns=start if placed else None,
        end_ns=end if placed else None,
        clock=_clock(scan),
        dialect="jdk8",
        problems=losses.problems(),
        summary=columns.summary(vm),
        foreign=unread.segments(),
    )


def _clock(scan: _Scan) -> Clock:
    if not scan.stamped:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.gc-jdk8-no-times"))
    if not scan.stamps.walled:
        return Clock(ClockKind.RELATIVE, reason=message("clock.gc-jdk8-uptime-only"))
    return Clock(ClockKind.UTC, scan.stamps.offset_ns)


def _depth(text: str) -> int:
    return text.count("[") - text.count("]")


def _dull(line: str) -> bool:
    return bool(_NOISE.match(line) or _HEADER.match(line)) or line.startswith((" ", "\t"))


PLUGIN = Source("gc-jdk8", "gc-log", sniff, read)
