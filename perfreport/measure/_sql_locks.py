"""Lock waits as sampled, gathered by table and index: who stood in line, and who was at its head.

A dump lists edges: each waiter against everybody before it. The roots of the graph, transactions
that block and do not wait themselves, are what holds everybody up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.source import Provenance
from perfreport.model.sql import Locks, LockWaits, Transactions
from perfreport.model.statement import LockHotspot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from perfreport.measure._sql_windows import Window
    from perfreport.model.run import TestRun
    from perfreport.model.sql import Lock, LockWait, Transaction

_SHOWN = 5


@dataclass(slots=True)
class _Place:
    """What was seen on one table and index."""

    waiters: Counter[int | None] = field(default_factory=Counter)  # per sample
    records: set[str] = field(default_factory=set)
    ages: list[float] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    roots: Counter[str] = field(default_factory=Counter)
    idle: int = 0
    root_count: int = 0
    line: int | None = None
    path: str = ""


def lock_hotspots(run: TestRun, windows: Sequence[Window]) -> Iterator[LockHotspot]:
    """Yield every place of every window, the one with most waiters first within a window."""
    locks = {lock.lock_id: lock for fact in run.of(Locks) for lock in fact.locks}
    open_ones = {one.trx: one for fact in run.of(Transactions) for one in fact.transactions}
    sampled = [(fact, _completed(fact, locks, open_ones)) for fact in run.of(LockWaits)]
    for window in windows:
        samples = 0
        places: dict[tuple[str | None, str | None], _Place] = defaultdict(_Place)
        for fact, waits in sampled:
            placed = fact.source.clock.correlated
            if not placed and window.phase != WHOLE_RUN:
                continue
            looks = fact.samples_ns
            if placed and looks:
                looks = tuple(one for one in looks if window.start_ns <= one < window.end_ns)
                samples += len(looks)
            else:
                samples += fact.samples
            inside = [
                wait
                for wait in waits
                if not placed
                or wait.time_ns is None
                or window.start_ns <= wait.time_ns < window.end_ns
            ]
            _gather(places, inside, fact.source.path)
        yield from _hotspots(window.phase, places, samples)


def _completed(
    fact: LockWaits, locks: dict[str | None, Lock], open_ones: dict[str, Transaction]
) -> list[LockWait]:
    """Add table and statements from dumps of locks and transactions taken beside the edges."""
    by_trx: dict[str | None, list[Lock]] = defaultdict(list)
    for lock in locks.values():
        by_trx[lock.trx].append(lock)

    def complete(wait: LockWait) -> LockWait:
        waiter, blocker = (
            open_ones.get(wait.waiting_trx or ""),
            open_ones.get(wait.blocking_trx or ""),
        )
        known = [
            lock
            for lock in by_trx.get(wait.waiting_trx, [])
            if lock.waiting is not False and (wait.record is None or lock.record == wait.record)
        ]
        lock = known[0] if known else None
        return replace(
            wait,
            table=wait.table or (lock.table if lock else None),
            index=wait.index or (lock.index if lock else None),
            waiting_statement=wait.waiting_statement or (waiter.statement if waiter else None),
            blocking_statement=wait.blocking_statement or (blocker.statement if blocker else None),
        )

    return [complete(wait) for wait in fact.waits]


def _gather(
    places: dict[tuple[str | None, str | None], _Place], waits: Iterable[LockWait], path: str
) -> None:
    """Count transactions once per sample and record, whatever the number of edges they have."""
    lines: dict[tuple[int | None, str | None, str | None, str | None], list[LockWait]] = {}
    for wait in waits:
        key = wait.time_ns, wait.table, wait.index, wait.record
        lines.setdefault(key, []).append(wait)
    for (time_ns, table, index, record), edges in lines.items():
        place = places[table, index]
        place.path, place.line = place.path or path, place.line or edges[0].line
        if record:
            place.records.add(record)
        _stand_in_line(place, time_ns, edges)


def _stand_in_line(place: _Place, time_ns: int | None, edges: list[LockWait]) -> None:
    """Tell waiters from roots among the transactions at one record.

    Only one transaction holds an exclusive lock, so of several blockers all but the one that
    blocks most wait too; their own edges were cut off where the dump had a LIMIT.
    """
    blocked: Counter[str] = Counter(_blocker(edge) for edge in edges)
    waiting = {_waiter(edge): edge for edge in edges}
    roots = [one for one in blocked if one not in waiting]
    if len(roots) > 1 and all((edge.blocking_mode or "").startswith("X") for edge in edges):
        roots = [max(roots, key=lambda one: (blocked[one], -_number(one)))]
    place.waiters[time_ns] += len((set(waiting) | set(blocked)) - set(roots))
    for edge in waiting.values():
        if edge.waiting_statement:
            place.waiting[edge.waiting_statement] += 1
        if edge.age is not None:
            place.ages.append(edge.age)
    for root in roots:
        statement = next(edge.blocking_statement for edge in edges if _blocker(edge) == root)
        place.root_count += 1
        if statement:
            place.roots[statement] += 1
        else:
            place.idle += 1


def _waiter(edge: LockWait) -> str:
    return edge.waiting_trx or str(edge.waiting_thread)


def _blocker(edge: LockWait) -> str:
    return edge.blocking_trx or str(edge.blocking_thread)


def _number(transaction: str) -> int:
    """Transactions are numbered as they begin."""
    return int(transaction) if transaction.isdigit() else 0


def _hotspots(
    phase: str, places: dict[tuple[str | None, str | None], _Place], samples: int
) -> Iterator[LockHotspot]:
    for (table, index), place in sorted(
        places.items(), key=lambda item: (-sum(item[1].waiters.values()), str(item[0]))
    ):
        looks = max(samples, len(place.waiters))
        yield LockHotspot(
            phase=phase,
            table=table,
            index=index,
            samples=looks,
            busy_samples=len(place.waiters),
            waiters_mean=sum(place.waiters.values()) / looks,
            waiters_max=max(place.waiters.values()),
            records=len(place.records) or None,
            longest_wait=max(place.ages, default=None),
            waiting_statements=tuple(place.waiting.most_common(_SHOWN)),
            root_statements=tuple(place.roots.most_common(_SHOWN)),
            idle_roots=place.idle / place.root_count if place.root_count else None,
            provenance=Provenance(place.path, line=place.line),
        )
