"""Thread dumps of `jcmd Thread.dump_to_file` as text (JDK 21 and later), virtual threads included.

The file begins with process id, time and version; states stand in it from JDK 25 on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Source
from perfreport.sources._thread_reading import OpenDump, OpenThread, dump_reading

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._spec import Reading

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")
_THREAD = re.compile(rf'#(\d+) "(.*?)"( virtual)?(?: ([A-Z_]+))?(?: {_TIME.pattern})?\s*')
_FRAME = re.compile(r"\s+(?:at )?([\w$./@<>+-]+\([^()]*\))\s*")
_LOCK = re.compile(
    r"\s+- (waiting to lock|parking to wait for|waiting on|locked|parked on) <([^>\s]+)>"
    r"(?:.*owner #(\d+))?"
)


def sniff(head: Head) -> float:
    """Look for the three lines at the top and the thread headers."""
    lines = head.lines[:400]
    headers = sum(1 for line in lines if _THREAD.fullmatch(line))
    top = [line.strip() for line in lines[:3]]
    titled = len(top) == 3 and top[0].isdecimal() and _TIME.fullmatch(top[1]) is not None
    if titled and headers:
        return 0.95
    return 0.8 if headers > 2 and any(_FRAME.fullmatch(line) for line in lines) else 0.0


def read(source: Input) -> Reading:
    """Read every thread."""
    losses = Losses(source.name)
    dumps: list[OpenDump] = []
    thread: OpenThread | None = None
    previous = ""
    for number, line in source.lines():
        if _TIME.fullmatch(line.strip()) and previous.strip().isdecimal():
            _close(dumps, thread)
            thread = None
            dumps.append(OpenDump(number - 1, find_instant(line)))
        elif found := _THREAD.fullmatch(line):
            if not dumps:
                dumps.append(OpenDump(number))
            _close(dumps, thread)
            thread = OpenThread(found[2] or f"#{found[1]}", number)
            thread.virtual, thread.state = found[3] is not None, found[4]
        elif thread is not None and line[:1] in {" ", "\t"}:
            if not _detail(thread, line):
                losses.add(number)
        elif dumps and dumps[-1].vm is None and not dumps[-1].threads and line.strip():
            dumps[-1].vm = line.strip()[:80]
        elif line.strip() and not line.strip().isdecimal():
            losses.add(number)
        previous = line
        if dumps:
            dumps[-1].last_line = number
    _close(dumps, thread)
    return dump_reading(source, dumps, "file", losses)


def _close(dumps: list[OpenDump], thread: OpenThread | None) -> None:
    if thread is not None:
        if thread.state is None and thread.frames:
            parked = thread.frames[0].startswith(("jdk.internal.misc.Unsafe.park", "java.lang.Obj"))
            thread.state = "WAITING" if parked else "RUNNABLE"
        dumps[-1].threads.append(thread.done())


def _detail(thread: OpenThread, line: str) -> bool:
    if found := _LOCK.match(line):
        what, lock, _ = found.groups()
        if what == "locked":
            thread.holds.append(lock)
        elif thread.waits_for is None:
            thread.waits_for = (lock, lock.split("@")[0])
        return True
    if found := _FRAME.fullmatch(line):
        thread.frame(found[1])
        return True
    return not line.strip() or line.strip().startswith("- ")


PLUGIN = Source("thread-dump-file", "thread-dump", sniff, read)
