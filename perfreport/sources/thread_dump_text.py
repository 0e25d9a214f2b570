"""Thread dumps as text: jstack, `jcmd Thread.print`, kill -3, the actuator's text form.

Several dumps may follow each other in one file; a dump may lack its first line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.sources._foreign import Unread
from perfreport.sources._instants import find_instant
from perfreport.sources._log_wrapping import wrapping_of
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Source
from perfreport.sources._thread_reading import OpenDump, OpenThread, dump_reading

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._instants import Instant
    from perfreport.sources._spec import Reading

_START = re.compile(r"Full thread dump(?: (.*?))?:?\s*")
_THREAD = re.compile(
    r'"(.*)"(?: #\d+)?(?: \[\d+\])?(?: .*?)?(?: prio=| os_prio=| tid=| nid=| - Thread t@)(.*)'
)
_STATE = re.compile(r"\s+java\.lang\.Thread\.State: ([A-Z_]+)")
_FRAME = re.compile(r"\s+at ([\w$./@<>+-]+\(.*?\))\s*(?:~?\[.*\])?\s*")
_LOCK = re.compile(
    r"\s+- (?:<?(waiting to lock|waiting to re-lock(?: in wait\(\))?|waiting on|locked|eliminated"
    r"|parking to wait for)>?)\s+<?([^\s>]+)>?(?: \((?:a )?([^)]*)\))?(?: owned by \"(.*?)\")?"
)
_CPU = re.compile(r"\bcpu=(\d{1,12}(?:[.,]\d{1,6})?)ms")
_ELAPSED = re.compile(r"\belapsed=(\d{1,12}(?:[.,]\d{1,6})?)s")
_DEADLOCK = re.compile(r"Found (?:one|a total of \d+|\d+) Java-level deadlocks?")
_CYCLE_MEMBER = re.compile(r'"(.*)":\s*')
_TIME_LINE = re.compile(r".{0,40}\d\d:\d\d.{0,30}")
_DULL = re.compile(
    r"\s*$|\d+:\s*$|Threads class SMR|_java_thread_list|_to_delete_list|0x[0-9a-f]+,?|\}|JNI |"
    r"\s+Locked ownable|\s+- (?:None|<)|\s+No compile task|\s+Compiling:|Heap\s*$|\s|Found |=+|-+$|"
    r"Java stack information|Attaching to|Debugger attached|\S+ compiler detected|JVM version is|"
    r"Deadlock Detection|No deadlocks|Reference |VM Thread|Server compiler"
)
_STATES = {
    "runnable": "RUNNABLE",
    "waiting for monitor entry": "BLOCKED",
    "in Object.wait()": "WAITING",
    "sleeping": "TIMED_WAITING",
}


def sniff(head: Head) -> float:
    """Look for the first line of a dump, or for thread headers with their states."""
    lines = [line for line in (*head.lines, *head.middle_lines) if line.strip()]
    wrapping = wrapping_of(lines)
    if wrapping is not None:
        lines = [wrapping.sub("", line, count=1) for line in lines]
    starts = sum(1 for line in lines if line.startswith("Full thread dump"))
    headers = sum(1 for line in lines if line[:1] == '"' and _THREAD.match(line))
    states = sum(1 for line in lines if _STATE.match(line))
    frames = sum(1 for line in lines if _FRAME.fullmatch(line))
    if not headers or not (starts or states):
        return 0.75 if starts and len(lines) < 20 else 0.0
    dump = headers + states + frames
    return 0.95 if 2 * dump > len(lines) else 0.4


@dataclass(slots=True)
class _Scan:
    dumps: list[OpenDump] = field(default_factory=list)
    unread: Unread = field(default_factory=Unread)
    thread: OpenThread | None = None
    instants: list[tuple[int, Instant]] = field(default_factory=list)
    cycle: list[str] | None = None  # names of the deadlock being listed; None outside of one

    def add(self, number: int, line: str) -> None:
        """Take in one line."""
        start = line[:1]
        if start in {" ", "\t"}:
            if self.thread is not None:
                self._detail(line)
            elif self.unread.lines and self.unread.lines[-1][0] == number - 1:
                self.unread.add(number, line)  # the stack trace of somebody else's record
        elif start == '"':
            self._quoted(number, line)
        elif not start or line.isspace():
            self.close_thread()
            if self.unread.lines and self.unread.lines[-1][0] == number - 1:
                self.unread.add(number, line)
        else:
            self._other(number, line)
        if self.dumps:
            self.dumps[-1].last_line = number

    def _other(self, number: int, line: str) -> None:
        if found := _START.match(line):
            self._begin(number, found[1])
        elif _DEADLOCK.match(line):
            self.close_cycle()
            self.cycle = []
        elif line.startswith("Java stack information"):
            self.close_cycle()
        elif _TIME_LINE.fullmatch(line) and (instant := find_instant(line)):
            self.instants.append((number, instant))
        elif not _DULL.match(line):
            self.unread.add(number, line)

    def close_thread(self) -> None:
        """Freeze the thread under way."""
        if self.thread is not None:
            self.dumps[-1].threads.append(self.thread.done())
            self.thread = None

    def _begin(self, number: int, vm: str | None) -> None:
        self.close_thread()
        self.close_cycle()
        near = [instant for line, instant in self.instants if number - line <= 3]
        # Of the dump's own local time and a `date` with a zone before it, the zone tells more.
        best = next((one for one in near if one.zoned), near[-1] if near else None)
        self.dumps.append(OpenDump(number, best, vm))

    def _quoted(self, number: int, line: str) -> None:
        found = _THREAD.match(line)
        if found is None:
            member = _CYCLE_MEMBER.fullmatch(line)
            if member is None:
                self.unread.add(number, line)
            elif self.cycle is not None:
                self.cycle.append(member[1])
            return
        self.close_thread()
        if not self.dumps:
            self._begin(number, None)
        self.thread = OpenThread(found[1], number)
        self.thread.daemon = " daemon " in line
        self.thread.virtual = " virtual " in line
        if cpu := _CPU.search(line):
            self.thread.cpu_seconds = float(cpu[1].replace(",", ".")) / 1000
        if elapsed := _ELAPSED.search(line):
            self.thread.elapsed_seconds = float(elapsed[1].replace(",", "."))

    def _detail(self, line: str) -> None:
        thread = self.thread
        assert thread is not None  # noqa: S101 - the caller looked
        if found := _FRAME.fullmatch(line):
            thread.frame(found[1])
        elif found := _STATE.match(line):
            thread.state = found[1]
        elif found := _LOCK.match(line):
            what, lock, type_name, owner = found.groups()
            if what in {"locked", "eliminated"}:
                thread.holds.append(lock)
            elif thread.waits_for is None:
                thread.waits_for = (lock, type_name or lock.split("@")[0])
                thread.owner = owner

    def close_cycle(self) -> None:
        """Note the deadlock that was being listed."""
        if self.cycle and self.dumps:
            self.dumps[-1].deadlocks.append(tuple(self.cycle))
        self.cycle = None


def read(source: Input) -> Reading:
    """Read every dump."""
    scan, losses = _Scan(), Losses(source.name)
    wrapping = wrapping_of(source.head.lines)
    for number, line in source.lines():
        scan.add(number, line if wrapping is None else wrapping.sub("", line, count=1))
    scan.close_thread()
    scan.close_cycle()
    if scan.unread.first_dropped is not None:
        losses.add(scan.unread.first_dropped, scan.unread.dropped)
    return dump_reading(source, scan.dumps, "text", losses, scan.unread.segments())


PLUGIN = Source("thread-dump-text", "thread-dump", sniff, read)
