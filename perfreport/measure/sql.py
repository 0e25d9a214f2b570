"""SQL statements over the phases of a run: what took the time, what waited, what repeats.

Slow logs can be cut by phase but hold only what was slow; digests hold everything but only between
two dumps. Both are given, told apart by `origin`; one is never added to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure._sql_digest import digest_between, digest_figures, latest
from perfreport.measure._sql_indexes import index_hypotheses
from perfreport.measure._sql_locks import lock_hotspots
from perfreport.measure._sql_repetition import is_complete, repetitions
from perfreport.measure._sql_slow_log import slow_log_figures
from perfreport.measure._sql_windows import windows_of
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.sql import SlowLog, StatementDigest
from perfreport.model.statement import StatementOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun
    from perfreport.model.statement import (
        IndexHypothesis,
        LockHotspot,
        Repetition,
        StatementFigures,
    )

__all__ = [
    "digest_between",
    "hotspots",
    "hypotheses",
    "is_complete",
    "repeated_statements",
    "since_start",
    "statements",
    "top_statements",
]

_TOP = 10


def statements(run: TestRun, phases: Phases) -> tuple[StatementFigures, ...]:
    """Every statement of every origin: digests for the whole test, slow logs also per phase."""
    windows = windows_of(phases)
    digested = tuple(digest_figures(run.of(StatementDigest)))
    logged = tuple(one for log in run.of(SlowLog) for one in slow_log_figures(log, windows))
    # Lifetime sums come last: they speak of more than the test.
    lifetime = digested and digested[0].origin is StatementOrigin.DIGEST_LIFETIME
    return logged + digested if lifetime else digested + logged


def since_start(run: TestRun) -> tuple[StatementFigures, ...]:
    """Every statement since the server started (or its statistics were emptied), by the last dump.

    It speaks of more than the test.
    """
    dumps = run.of(StatementDigest)
    return tuple(digest_figures((latest(dumps),))) if dumps else ()


def top_statements(
    figures: Sequence[StatementFigures], phase: str = WHOLE_RUN, limit: int = _TOP
) -> tuple[StatementFigures, ...]:
    """The heaviest statements of one phase, from the most complete origin that has the phase."""
    for origin in dict.fromkeys(one.origin for one in figures):
        found = [one for one in figures if one.origin is origin and one.phase == phase]
        if found:
            return tuple(sorted(found, key=lambda one: (-one.total, one.fingerprint))[:limit])
    return ()


def hotspots(run: TestRun, phases: Phases) -> tuple[LockHotspot, ...]:
    """Tables and indexes that transactions were seen waiting on, per phase."""
    return tuple(lock_hotspots(run, windows_of(phases)))


def repeated_statements(
    run: TestRun, phases: Phases, figures: Sequence[StatementFigures], requests: int
) -> tuple[Repetition, ...]:
    """N+1 suspicions over the whole test; `requests` is its number of HTTP requests, 0 unknown."""
    return tuple(repetitions(figures, requests, run.one(SlowLog), windows_of(phases)[0]))


def hypotheses(figures: Sequence[StatementFigures]) -> tuple[IndexHypothesis, ...]:
    """Indexes that might help the heaviest statements, each to be tested by its EXPLAIN."""
    slowest = {
        (one.link, one.origin): one
        for origin in dict.fromkeys(one.origin for one in figures)
        for one in top_statements([f for f in figures if f.origin is origin])
    }
    return tuple(index_hypotheses(tuple(slowest.values())))
