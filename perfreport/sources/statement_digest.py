"""`events_statements_summary_by_digest` and sys.statement_analysis, in any client's form.

All sums count since FIRST_SEEN or the last truncation: one dump tells lifetimes, two tell what
happened in between. FIRST_SEEN and LAST_SEEN are in the session's time zone, which is not written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.sql import DigestRow, StatementDigest
from perfreport.sources._client_output import ResultRow, ResultTable
from perfreport.sources._client_source import ClientReading, certainty, clock_of, instant_of
from perfreport.sources._digest_columns import DigestColumns
from perfreport.sources._spec import Reading, Source
from perfreport.sqltext import linkable, tidy_digest

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input
    from perfreport.sources._instants import Instant

_DIGEST = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_FRONT = ("schema_name", "digest", "digest_text", "count_star", "sum_timer_wait",
          "min_timer_wait", "avg_timer_wait", "max_timer_wait", "sum_lock_time")  # fmt: skip
_MIDDLE = ("sum_errors", "sum_warnings", "sum_rows_affected", "sum_rows_sent",
           "sum_rows_examined", "sum_created_tmp_disk_tables", "sum_created_tmp_tables",
           "sum_select_full_join", "sum_select_full_range_join", "sum_select_range",
           "sum_select_range_check", "sum_select_scan", "sum_sort_merge_passes",
           "sum_sort_range", "sum_sort_rows", "sum_sort_scan", "sum_no_index_used",
           "sum_no_good_index_used")  # fmt: skip
_SEEN = ("first_seen", "last_seen")
_SAMPLE = ("quantile_95", "quantile_99", "quantile_999",
           "query_sample_text", "query_sample_seen", "query_sample_timer_wait")  # fmt: skip
# The whole table without names, by its number of columns: MariaDB and MySQL 5.7; MySQL 8.0 before
# and from 8.0.28 (SUM_CPU_TIME) and 8.0.31 (memory) on; 8.0 also with the query sample.
_LAYOUTS: dict[int, tuple[str, ...]] = {
    len(layout): layout
    for layout in (
        _FRONT + _MIDDLE + _SEEN,
        _FRONT + _MIDDLE + _SEEN + _SAMPLE,
        (*_FRONT, *_MIDDLE, "sum_cpu_time", *_SEEN, *_SAMPLE),
        (*_FRONT, *_MIDDLE, "sum_cpu_time", "max_controlled_memory", "max_total_memory",
         "count_secondary", *_SEEN, *_SAMPLE),
    )
}  # fmt: skip
_WITHOUT_SEEN = {28: (*_FRONT, *_MIDDLE, "first_seen")}


def _wants(table: ResultTable) -> bool:
    if not table.columns:
        return True  # rows decide, one by one
    return DigestColumns(table).usable


def sniff(head: Head) -> float:
    """Certain with a digest's columns, or with its layout where no names are written."""
    return certainty(head, _fits)


def _fits(table: ResultTable, rows: tuple[ResultRow, ...]) -> bool:
    if table.columns:
        return DigestColumns(table).usable
    return any(_layout_of(row.cells) for row in rows)


def _layout_of(cells: tuple[str | None, ...]) -> tuple[str, ...]:
    """The layout of a row without names; () if it is no row of a digest."""
    layout = _LAYOUTS.get(len(cells)) or _WITHOUT_SEEN.get(len(cells), ())
    return layout if layout and _DIGEST.fullmatch(cells[1] or "") else ()


class _Snapshot:
    """The rows of one result set."""

    def __init__(self, instant: Instant | None) -> None:
        self.instant = instant
        self.rows: list[DigestRow] = []
        self.overflowed = False
        self.rounded = False

    def fact(self, source: SourceRef) -> StatementDigest:
        """Return the digest; without a written time it was taken after its latest LAST_SEEN."""
        seen = max((row.last_seen_ns for row in self.rows if row.last_seen_ns), default=None)
        return StatementDigest(
            source,
            tuple(self.rows),
            taken_ns=self.instant.ns if self.instant else seen,
            overflowed=self.overflowed,
            rounded=self.rounded,
        )


def read(source: Input) -> Reading:
    """Read every result set as one dump."""
    reading = ClientReading(source, _wants)
    snapshots: dict[ResultTable, _Snapshot] = {}
    columns: dict[ResultTable, DigestColumns] = {}
    named: dict[ResultTable, ResultTable] = {}
    for given in reading.rows():
        row = given
        if not row.table.columns:
            row = _with_names(row, named)
        layout = columns.get(row.table)
        if layout is None:
            layout = columns[row.table] = DigestColumns(row.table)
        snapshot = snapshots.setdefault(row.table, _Snapshot(row.table.instant))
        if not _add(snapshot, layout, row):
            reading.losses.add(row.line)
    found = [snapshot for snapshot in snapshots.values() if snapshot.rows or snapshot.overflowed]
    return _reading(found, reading)


def _with_names(row: ResultRow, named: dict[ResultTable, ResultTable]) -> ResultRow:
    """Give a row without names those of the layout with as many columns."""
    table = named.get(row.table)
    if table is None:
        layout = _layout_of(row.cells)
        table = ResultTable(layout, row.table.form, row.table.line, row.table.instant)
        if layout:
            named[row.table] = table
    return ResultRow(table, row.cells, row.line, row.last_line)


def _add(snapshot: _Snapshot, columns: DigestColumns, row: ResultRow) -> bool:
    """Take one row; False if it is none."""
    if len(row.cells) != len(row.table.columns) or not columns.usable:
        return False
    text = columns.text(row)
    count = columns.count(row, "count")
    total = columns.seconds(row, "total")
    mean = columns.seconds(row, "mean")
    if total is None and mean is not None and count is not None:
        total = mean * count
    if count is None or total is None:
        return False
    if text is None and row.get("digest") is None:
        # The table was full: this row sums up every statement that found no place.
        snapshot.overflowed = True
        text = ""
    if text is None:
        return False
    first, last = instant_of(row.get("first_seen")), instant_of(row.get("last_seen"))
    shown = tidy_digest(text)
    snapshot.rounded = snapshot.rounded or columns.rounded(row)
    snapshot.rows.append(
        DigestRow(
            schema=row.get("schema_name", "db"),
            digest=row.get("digest"),
            fingerprint=shown,
            link=linkable(shown),
            count=count,
            total=total,
            longest=columns.seconds(row, "longest"),
            shortest=columns.seconds(row, "shortest"),
            lock=columns.seconds(row, "lock"),
            errors=columns.count(row, "errors"),
            rows_affected=columns.count(row, "rows_affected"),
            rows_sent=columns.count(row, "rows_sent"),
            rows_examined=columns.count(row, "rows_examined"),
            tmp_tables=columns.count(row, "tmp_tables"),
            tmp_disk_tables=columns.count(row, "tmp_disk_tables"),
            full_joins=columns.count(row, "full_joins"),
            scans=columns.count(row, "scans"),
            rows_sorted=columns.count(row, "rows_sorted"),
            no_index_used=columns.count(row, "no_index_used"),
            no_good_index_used=columns.count(row, "no_good_index_used"),
            p95=columns.seconds(row, "p95"),
            p99=columns.seconds(row, "p99"),
            first_seen_ns=first.ns if first else None,
            last_seen_ns=last.ns if last else None,
            line=row.line,
        )
    )
    return True


def _reading(snapshots: list[_Snapshot], reading: ClientReading) -> Reading:
    rows = [row for snapshot in snapshots for row in snapshot.rows]
    seen = [row.first_seen_ns for row in rows if row.first_seen_ns is not None]
    last = [row.last_seen_ns for row in rows if row.last_seen_ns is not None]
    notes = []
    if any(snapshot.overflowed for snapshot in snapshots):
        notes.append(message("note.digest-overflowed"))
    if any(snapshot.rounded for snapshot in snapshots):
        notes.append(message("note.digest-rounded"))

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return tuple(snapshot.fact(ref) for snapshot in snapshots)

    return Reading(
        facts=facts,
        records=len(rows),
        skipped=reading.losses.count,
        start_ns=min(seen, default=None),
        end_ns=max(last, default=None),
        clock=clock_of(placed=False, timed=bool(seen or last)),
        dialect="sys" if any(snapshot.rounded for snapshot in snapshots) else "performance-schema",
        problems=reading.problems(),
        notes=tuple(notes),
        summary=_summary(snapshots),
        foreign=reading.foreign(),
    )


def _summary(snapshots: list[_Snapshot]) -> tuple[tuple[str, SummaryValue], ...]:
    last = snapshots[-1].rows if snapshots else []
    longest = [row.longest for row in last if row.longest is not None]
    return (
        ("rows", sum(len(snapshot.rows) for snapshot in snapshots)),
        ("snapshots", len(snapshots)),
        ("queries", sum(row.count for row in last)),
        ("query_time_total", round(sum(row.total for row in last), 6)),
        ("query_time_max", max(longest, default=None)),
    )


PLUGIN = Source(id="statement-digest", kind="statement-digest", sniff=sniff, read=read)
