"""What all dialects of thread dumps hand to ingest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind, SourceRef
from perfreport.model.threads import Activity, Thread, ThreadDump
from perfreport.sources._spec import Reading
from perfreport.sources._stack_trace import is_own
from perfreport.sources._thread_activity import activity_of, is_http_worker

if TYPE_CHECKING:
    from perfreport.model.source import Fact
    from perfreport.sources._input import Input
    from perfreport.sources._instants import Instant
    from perfreport.sources._losses import Losses
    from perfreport.sources._spec import Segment

_HIDDEN_CLASS = re.compile(r"/0x[0-9a-f]+")
_MOST_FRAMES = 80
_NOWHERE = SourceRef("", "thread-dump")  # for counting before the file is known


@dataclass(slots=True)
class OpenThread:
    """A thread whose lines are still being read."""

    name: str
    line: int
    state: str | None = None
    frames: list[str] = field(default_factory=list)
    waits_for: tuple[str, str] | None = None
    holds: list[str] = field(default_factory=list)
    owner: str | None = None
    cpu_seconds: float | None = None
    elapsed_seconds: float | None = None
    daemon: bool = False
    virtual: bool = False

    def frame(self, text: str) -> None:
        """Add a frame, without module names."""
        if len(self.frames) < _MOST_FRAMES:
            self.frames.append(_without_modules(text))

    def done(self) -> Thread:
        """Freeze it."""
        frames = tuple(self.frames)
        type_name = self.waits_for[1] if self.waits_for else None
        activity = activity_of(self.state, frames, type_name)
        own = next((frame for frame in frames if is_own(frame)), None)
        return Thread(
            name=self.name,
            state=self.state,
            activity=activity,
            frames=frames,
            own=own,
            line=self.line,
            waits_for=self.waits_for,
            holds=tuple(self.holds),
            owner=self.owner,
            cpu_seconds=self.cpu_seconds,
            elapsed_seconds=self.elapsed_seconds,
            daemon=self.daemon,
            virtual=self.virtual,
            http_worker=is_http_worker(self.name),
        )


@dataclass(slots=True)
class OpenDump:
    """A dump whose lines are still being read."""

    first_line: int
    instant: Instant | None = None
    vm: str | None = None
    last_line: int = 0
    threads: list[Thread] = field(default_factory=list)
    deadlocks: list[tuple[str, ...]] = field(default_factory=list)

    def done(self, source: SourceRef, time_ns: int | None) -> ThreadDump:
        """Freeze it; deadlocks are found in the locks where the JVM names none."""
        threads = tuple(self.threads)
        deadlocks = tuple(self.deadlocks) or lock_cycles(threads)
        last = max(self.last_line, self.first_line)
        return ThreadDump(source, time_ns, self.vm, threads, deadlocks, self.first_line, last)


def _without_modules(frame: str) -> str:
    """Turn "java.base@17/java.lang.Thread.run(java.base@17/Thread.java:840)" into plain names."""
    if "/" not in frame:
        return frame
    method, _, place = _HIDDEN_CLASS.sub("", frame).partition("(")
    return f"{method.rpartition('/')[2]}({place.rpartition('/')[2]}"


def lock_cycles(threads: tuple[Thread, ...]) -> tuple[tuple[str, ...], ...]:
    """Cycles of threads that each wait for a lock the next one holds."""
    owners = {lock: thread.name for thread in threads for lock in thread.holds}
    waits: dict[str, str] = {}
    for thread in threads:
        if thread.waits_for is None or thread.state != "BLOCKED":
            continue
        owner = owners.get(thread.waits_for[0]) or thread.owner
        if owner is not None and owner != thread.name:
            waits[thread.name] = owner
    cycles: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for start in waits:
        path: list[str] = []
        name: str | None = start
        while name is not None and name not in seen:
            seen.add(name)
            path.append(name)
            name = waits.get(name)
        if name in path:
            cycles.append(tuple(path[path.index(name) :]))
    return tuple(cycles)


def dump_reading(
    source: Input,
    dumps: list[OpenDump],
    dialect: str,
    losses: Losses,
    foreign: tuple[Segment, ...] = (),
) -> Reading:
    """Return everything that was read from one file."""
    clock, times = _clock(source, dumps)
    placed = [time for time in times if time is not None]

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return tuple(dump.done(ref, time) for dump, time in zip(dumps, times, strict=True))

    frozen = [dump.done(_NOWHERE, None) for dump in dumps]
    return Reading(
        facts=facts,
        records=sum(len(dump.threads) for dump in dumps),
        skipped=losses.count,
        start_ns=min(placed, default=None),
        end_ns=max(placed, default=None),
        clock=clock,
        dialect=dialect,
        problems=losses.problems(),
        summary=(
            ("dumps", len(dumps)),
            ("threads", max((len(dump.threads) for dump in frozen), default=0)),
            ("deadlocks", max((len(dump.deadlocks) for dump in frozen), default=0)),
            (
                "waiting_for_pool",
                max((len(dump.doing(Activity.POOL_WAIT)) for dump in frozen), default=0),
            ),
        ),
        foreign=foreign,
    )


def _clock(source: Input, dumps: list[OpenDump]) -> tuple[Clock, list[int | None]]:
    instants = [dump.instant for dump in dumps]
    times = [None if one is None else one.ns for one in instants]
    known = [one for one in instants if one is not None]
    if known:
        if all(one.zoned for one in known):
            return Clock(ClockKind.UTC), times
        return Clock(ClockKind.UNKNOWN, reason=message("clock.jvm-local-time")), times
    modified = source.modified_ns
    if modified is None or len(dumps) != 1:
        return Clock(ClockKind.UNKNOWN, reason=message("clock.dump-no-time")), times
    reason = message("clock.modified-time")
    return Clock(ClockKind.UNKNOWN, reason=reason), [modified]
