"""Two cumulative digest dumps, and what ran in between."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.source import Provenance
from perfreport.model.sql import DigestRow
from perfreport.model.statement import StatementFigures, StatementOrigin
from perfreport.sqltext import is_locking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.sql import StatementDigest

_SUMMED = frozenset({
    "count", "total", "lock", "errors", "rows_affected", "rows_sent", "rows_examined", "tmp_tables",
    "tmp_disk_tables", "full_joins", "scans", "rows_sorted", "no_index_used", "no_good_index_used",
})  # fmt: skip
_NOT_A_DIFFERENCE = {"longest": None, "shortest": None, "p95": None, "p99": None}


def digest_between(digests: Sequence[StatementDigest]) -> tuple[DigestRow, ...] | None:
    """Return what ran between the first and the last dump; None with fewer than two.

    A row's maximum only tells of the time in between where the statement first ran in it, or
    where the maximum rose. A statement that counts less than before was forgotten in between
    (TRUNCATE, restart, eviction): what it counts since is all that is known.
    """
    exact = [digest for digest in digests if not digest.rounded] or list(digests)
    if len(exact) < 2:
        return None
    before, after = (pick(exact, key=_age) for pick in (min, max))
    if _age(before) == _age(after):
        return None
    earlier = {_key(row): row for row in before.rows}
    rows = (_difference(row, earlier.get(_key(row))) for row in after.rows)
    return tuple(row for row in rows if row.count > 0)


def digest_figures(digests: Sequence[StatementDigest]) -> Iterator[StatementFigures]:
    """Yield every statement between two dumps, or since the server started where there is one."""
    if not digests:
        return
    between = digest_between(digests)
    source = latest(digests).source
    rows = latest(digests).rows if between is None else between
    origin = StatementOrigin.DIGEST_LIFETIME if between is None else StatementOrigin.DIGEST
    all_time = sum(row.total for row in rows)
    for row in sorted(rows, key=lambda row: (-row.total, row.fingerprint)):
        if row.digest is None and not row.fingerprint:
            continue
        yield StatementFigures(
            origin=origin,
            phase=WHOLE_RUN,
            fingerprint=row.fingerprint,
            link=row.link,
            databases=(row.schema,) if row.schema else (),
            count=row.count,
            total=row.total,
            share=row.total / all_time if all_time else 0.0,
            longest=row.longest,
            p95=row.p95,
            rows_examined=_per(row.rows_examined, row.count),
            rows_sent=_per(row.rows_sent, row.count),
            rows_affected=_per(row.rows_affected, row.count),
            row_lock_wait=None,
            full_scans=row.no_index_used if row.no_index_used is not None else row.scans,
            tmp_disk_tables=row.tmp_disk_tables,
            errors=row.errors,
            locking=is_locking(row.fingerprint),
            provenance=Provenance(source.path, line=row.line),
        )


def latest(digests: Sequence[StatementDigest]) -> StatementDigest:
    """The dump that was taken last."""
    return max(digests, key=_age)


def _age(digest: StatementDigest) -> tuple[int, int]:
    """Later dumps have seen statements later and counted more of them."""
    seen = max((row.last_seen_ns or 0 for row in digest.rows), default=0)
    return max(seen, digest.taken_ns or 0), sum(row.count for row in digest.rows)


def _key(row: DigestRow) -> tuple[str | None, str]:
    return row.schema, row.digest or row.fingerprint


def _difference(after: DigestRow, before: DigestRow | None) -> DigestRow:
    if before is None or after.count < before.count or after.total < before.total:
        return after
    changed: dict[str, object] = dict(_NOT_A_DIFFERENCE)
    for field in fields(DigestRow):
        if field.name in _SUMMED:
            now, then = getattr(after, field.name), getattr(before, field.name)
            changed[field.name] = None if now is None or then is None else now - then
    if after.longest is not None and (before.longest is None or after.longest > before.longest):
        changed["longest"] = after.longest
    return replace(after, **changed)  # type: ignore[arg-type]


def _per(total: int | None, count: int) -> float | None:
    return None if total is None or not count else total / count
