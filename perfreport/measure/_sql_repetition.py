"""N+1 suspicions: one statement again and again for every row of a list, request or transaction.

A loop over rows fires the same lookup by key once per row. Where another statement returns about
as many rows per execution as the lookup runs for each of them, that is the list looped over,
however few of the requests ask for it. Without such a list the executions keep a steady ratio to
the requests, well above one, whatever the load. A ratio alone is a suspicion, nothing more: which
request fires the loop stands in no dump of the database.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.source import Provenance
from perfreport.model.statement import Repetition, StatementOrigin
from perfreport.sqltext import Verb, linkable, verb_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.measure._sql_windows import Window
    from perfreport.model.sql import SlowLog
    from perfreport.model.statement import StatementFigures

_LEAST_PER_UNIT = 4.0
_LEAST_COUNT = 100
_LEAST_PER_ROW_LIST = 3.0
_FEWEST_LISTS = 20
# Rows that are known already are not looked up again, so there may be fewer lookups than rows.
_LOOKUPS_PER_ROW = (0.6, 1.1)
_MOST_ROWS = 50.0  # a lookup by key returns few rows
_STEADY = 0.7
_FASTEST = 0.001  # a log that holds faster statements holds all that matter
_BUCKET_NS = 1_000_000_000
_FEWEST_BUCKETS = 5
_LOOKUP = re.compile(r"\bfrom\b.*\bwhere\b[^()]*?(?:=\s*\?|\bin\s*\(\?\+?\))")


def repetitions(
    figures: Sequence[StatementFigures], requests: int, log: SlowLog | None, window: Window
) -> Iterator[Repetition]:
    """Yield suspicions, most executions per unit first.

    `requests` is the number of HTTP requests of the whole test (0: unknown). Per execution of the
    list where one fits, else per request, else per transaction.
    """
    digest = [one for one in figures if one.origin is StatementOrigin.DIGEST]
    candidates = digest
    if not digest and log is not None and len(log.query_time) and is_complete(log):
        candidates = [
            one
            for one in figures
            if one.origin is StatementOrigin.SLOW_LOG and one.phase == window.phase
        ]
    commits = sum(one.count for one in candidates if verb_of(one.fingerprint) is Verb.COMMIT)
    unit, units = ("request", requests) if requests else ("transaction", commits)
    found = []
    for one in candidates:
        if one.count < _LEAST_COUNT or not _is_lookup(one):
            continue
        rows = _list_of(one, candidates)
        if rows is None and not (units and one.count / units >= _LEAST_PER_UNIT):
            continue
        steadiness = _steadiness(log, one.link, window)
        if steadiness is None or steadiness >= _STEADY:
            found.append((one, rows, steadiness))
    for one, rows, steadiness in sorted(found, key=lambda entry: -entry[0].count):
        provenance = one.provenance or Provenance("")
        base, bases = (unit, units) if rows is None else ("list", rows.count)
        yield Repetition(
            one.fingerprint, one.link, base, one.count, bases, one.count / bases, one.total,
            steadiness, provenance, rows,
        )  # fmt: skip


def _list_of(
    lookup: StatementFigures, candidates: Sequence[StatementFigures]
) -> StatementFigures | None:
    """The statement whose rows the lookup is run for: the one that fits best.

    A locking read opens a change of its row, once per transaction: that its number fits the rows
    of some list is chance.
    """
    if lookup.locking:
        return None
    fits = []
    for one in candidates:
        if one is lookup or one.count < _FEWEST_LISTS or not one.rows_sent:
            continue
        per_list = lookup.count / one.count
        per_row = per_list / one.rows_sent
        low, high = _LOOKUPS_PER_ROW
        if per_list >= _LEAST_PER_ROW_LIST and low <= per_row <= high and _is_read(one):
            fits.append((abs(per_row - 1), one.fingerprint, one))
    return min(fits, key=lambda entry: entry[:2])[2] if fits else None


def _is_read(one: StatementFigures) -> bool:
    return verb_of(one.fingerprint) is Verb.SELECT


def is_complete(log: SlowLog) -> bool:
    """Whether a log holds every statement that ran, or all but the fastest."""
    return float(log.query_time.min()) < _FASTEST and log.sampling is None


def _is_lookup(one: StatementFigures) -> bool:
    few = one.rows_sent is None or one.rows_sent <= _MOST_ROWS
    return _is_read(one) and few and bool(_LOOKUP.search(one.fingerprint))


def _steadiness(log: SlowLog | None, link: str, window: Window) -> float | None:
    """Correlation of a statement's executions with all others', second by second."""
    if log is None or not len(log.query_time) or not is_complete(log):
        return None
    if not log.source.clock.correlated:
        return None
    inside = (log.end_ns >= window.start_ns) & (log.end_ns < window.end_ns)
    if not inside.any():
        return None
    wanted = [at for at, one in enumerate(log.statements) if linkable(one.fingerprint) == link]
    buckets = (log.end_ns[inside] - window.start_ns) // _BUCKET_NS
    own = np.isin(log.statement[inside], wanted)
    length = int(buckets.max()) + 1
    executions = np.bincount(buckets[own], minlength=length).astype(np.float64)
    others = np.bincount(buckets[~own], minlength=length).astype(np.float64)
    if length < _FEWEST_BUCKETS:
        return None
    if executions.std() == 0.0 or others.std() == 0.0:
        # Under an even load a loop is even too, and a job of its own is not.
        return float(executions.std() == others.std())
    return float(np.corrcoef(executions, others)[0, 1])
