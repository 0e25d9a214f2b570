"""Thread dumps: what every thread of a JVM was doing at one moment, and who waits for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from perfreport.model.source import SourceRef


class Activity(StrEnum):
    """What a thread does, by its frames: a socket read counts as its protocol, not as running."""

    POOL_WAIT = "pool-wait"  # waits for a database connection of a pool
    DATABASE = "database"  # in a JDBC driver
    CACHE = "cache"  # in a Redis client
    DOWNSTREAM = "downstream"  # in an HTTP client
    MESSAGING = "messaging"  # in a Kafka client, sending or waiting for buffer or metadata
    LOGGING = "logging"  # in a log appender
    LOCK_WAIT = "lock-wait"  # waits for a monitor or an explicit lock
    IDLE = "idle"  # a pool's worker without work
    SLEEPING = "sleeping"
    RUNNING = "running"
    WAITING = "waiting"  # for anything else
    INTERNAL = "internal"  # a thread of the JVM itself


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread. `state` is Java's word, None for the JVM's own threads.

    `frames` are topmost first, without arguments ("com.shop.Orders.place(Orders.java:18)"); `own`
    is the topmost frame of the application's own code. `waits_for` is the identity and class of a
    lock, `holds` identities of locks held, `owner` the thread that holds the lock, if told.
    """

    name: str
    state: str | None
    activity: Activity
    frames: tuple[str, ...]
    own: str | None
    line: int
    waits_for: tuple[str, str] | None = None
    holds: tuple[str, ...] = ()
    owner: str | None = None
    cpu_seconds: float | None = None
    elapsed_seconds: float | None = None
    daemon: bool = False
    virtual: bool = False
    http_worker: bool = False


@dataclass(frozen=True, slots=True)
class Contention:
    """A lock that threads wait for. `owner` None: nobody in the dump holds it."""

    lock: str
    type_name: str
    owner: str | None
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThreadDump(Fact):
    """All threads at one moment; `time_ns` None where the dump has no time."""

    time_ns: int | None
    vm: str | None
    threads: tuple[Thread, ...]
    deadlocks: tuple[tuple[str, ...], ...] = ()  # names of the threads of each cycle
    first_line: int = 1
    last_line: int = 1

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Return the dump moved by `delta_ns`, owned by `source`."""
        time = None if self.time_ns is None else self.time_ns + delta_ns
        return replace(self, source=source, time_ns=time)

    def doing(self, activity: Activity) -> tuple[Thread, ...]:
        """Threads with one activity."""
        return tuple(thread for thread in self.threads if thread.activity is activity)

    @property
    def http_workers(self) -> tuple[Thread, ...]:
        """Request threads of the web server, idle ones included."""
        return tuple(thread for thread in self.threads if thread.http_worker)

    @property
    def busy_http_workers(self) -> tuple[Thread, ...]:
        """Request threads that have a request."""
        return tuple(one for one in self.http_workers if one.activity is not Activity.IDLE)

    def states(self) -> tuple[tuple[str, int], ...]:
        """Number of threads by Java state, the most first."""
        counts = Counter(thread.state for thread in self.threads if thread.state is not None)
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def stacks(self) -> tuple[tuple[str, Activity, int], ...]:
        """Busy threads by own top frame and activity, the most first."""
        counts = Counter(
            (thread.own, thread.activity) for thread in self.threads if thread.own is not None
        )
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple((own, activity, count) for (own, activity), count in ordered)

    def contentions(self) -> tuple[Contention, ...]:
        """Locks that at least one thread waits for, the most wanted first."""
        owners = {lock: thread.name for thread in self.threads for lock in thread.holds}
        waiting: dict[tuple[str, str], list[Thread]] = {}
        for thread in self.threads:
            if thread.waits_for is not None and thread.activity is Activity.LOCK_WAIT:
                waiting.setdefault(thread.waits_for, []).append(thread)
        found = [
            Contention(
                lock,
                type_name,
                owners.get(lock) or next((one.owner for one in threads if one.owner), None),
                tuple(one.name for one in threads),
            )
            for (lock, type_name), threads in waiting.items()
        ]
        return tuple(sorted(found, key=lambda one: (-len(one.waiting), one.lock)))
