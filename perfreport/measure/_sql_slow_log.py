"""Slow-log entries cut by phase and added up by statement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._sql_row_locks import LockTimeMeaning, lock_time_meaning
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.source import Provenance
from perfreport.model.sql import EntryFlag
from perfreport.model.statement import StatementFigures, StatementOrigin
from perfreport.sqltext import is_locking, linkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from perfreport.measure._sql_windows import Window
    from perfreport.model.sql import SlowLog

# Percentiles and lock waits are computed for the statements that matter only.
_LOOKED_AT = 200


def slow_log_figures(log: SlowLog, windows: Sequence[Window]) -> Iterator[StatementFigures]:
    """Yield every statement of every window, the heaviest first within a window.

    A log whose clock is not placed can't be cut: all of it stands for the whole test.
    """
    placed = log.source.clock.correlated
    meanings = _meanings(log)
    for window in windows:
        if placed:
            inside = (log.end_ns >= window.start_ns) & (log.end_ns < window.end_ns)
        elif window.phase == WHOLE_RUN:
            inside = np.ones(len(log.end_ns), dtype=bool)
        else:
            continue
        yield from _window_figures(log, window.phase, np.flatnonzero(inside), meanings)


def _meanings(log: SlowLog) -> dict[int, LockTimeMeaning]:
    """What Lock_time says of each locking statement that matters, over the whole log."""
    totals = np.bincount(log.statement, weights=log.query_time, minlength=len(log.statements))
    found = {}
    for index in np.argsort(-totals, kind="stable")[:_LOOKED_AT].tolist():
        if is_locking(log.statements[index].fingerprint):
            own = log.statement == index
            found[index] = lock_time_meaning(
                log.query_time[own], log.lock_time[own], counted=log.row_lock_time_counted
            )
    return found


def _window_figures(
    log: SlowLog, phase: str, rows: NDArray[np.intp], meanings: Mapping[int, LockTimeMeaning]
) -> Iterator[StatementFigures]:
    if not len(rows):
        return
    statement = log.statement[rows]
    totals = np.bincount(statement, weights=log.query_time[rows], minlength=len(log.statements))
    all_time = float(totals.sum())
    by_statement = np.argsort(statement, kind="stable")
    bounds = np.searchsorted(statement[by_statement], np.arange(len(log.statements) + 1))
    for rank, index in enumerate(np.argsort(-totals, kind="stable").tolist()):
        members = rows[by_statement[bounds[index] : bounds[index + 1]]]
        if not len(members):
            continue
        figures = _figures(log, phase, index, members, detailed=rank < _LOOKED_AT)
        wait = None
        if meaning := meanings.get(index):
            wait = meaning.wait(log.query_time[members], log.lock_time[members])
        share = figures.total / all_time if all_time else 0.0
        yield replace(figures, share=share, row_lock_wait=wait)


def _figures(
    log: SlowLog, phase: str, index: int, members: NDArray[np.intp], *, detailed: bool
) -> StatementFigures:
    statement = log.statements[index]
    times = log.query_time[members]
    flags = log.flags[members]
    known = flags & EntryFlag.PLAN_KNOWN != 0
    return StatementFigures(
        origin=StatementOrigin.SLOW_LOG,
        phase=phase,
        fingerprint=statement.fingerprint,
        link=linkable(statement.fingerprint),
        databases=statement.databases,
        count=len(members),
        total=float(times.sum()),
        share=0.0,
        longest=float(times.max()),
        p95=float(np.percentile(times, 95)) if detailed else None,
        rows_examined=_mean(log.rows_examined[members]),
        rows_sent=_mean(log.rows_sent[members]),
        rows_affected=_mean(log.rows_affected[members]),
        row_lock_wait=None,
        full_scans=_flagged(flags, known, EntryFlag.FULL_SCAN | EntryFlag.FULL_JOIN),
        tmp_disk_tables=_flagged(flags, known, EntryFlag.TMP_TABLE_ON_DISK),
        errors=int((flags & EntryFlag.FAILED != 0).sum()) or None,
        locking=is_locking(statement.fingerprint),
        plan=statement.plan,
        provenance=Provenance(log.source.path, line=statement.line),
    )


def _mean(counts: NDArray[np.int64]) -> float | None:
    logged = counts[counts >= 0]
    return float(logged.mean()) if len(logged) else None


def _flagged(flags: NDArray[np.int32], known: NDArray[np.bool_], wanted: EntryFlag) -> int | None:
    return int((flags & wanted != 0).sum()) if known.any() else None
