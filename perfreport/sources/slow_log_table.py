"""Exports of the table mysql.slow_log (`log_output=TABLE`) and of cloud consoles like it.

`start_time` has no zone and is when the statement began. Cloud exports name the columns
otherwise and write the times as seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._client_source import (
    ClientReading,
    certainty,
    clock_of,
    count_of,
    instant_of,
    number_of,
)
from perfreport.sources._slow_log_columns import SlowLogColumns
from perfreport.sources._slow_log_header import NOT_LOGGED
from perfreport.sources._slow_log_reading import notes_of, summary_of
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

_LAST_NS = 1 << 62
_SQL = ("sql_text", "sqltext")
_QUERY_TIME = ("query_time", "querytimes", "query_times")
_LOCK_TIME = ("lock_time", "locktimes", "lock_times")
_START = ("start_time", "executionstarttime", "execution_start_time")
_SENT = ("rows_sent", "returnrowcounts", "return_row_counts")
_EXAMINED = ("rows_examined", "parserowcounts", "parse_row_counts")
_DATABASE = ("db", "dbname", "db_name")
_CLOCK = re.compile(r"(-?)(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def _wants(table: ResultTable) -> bool:
    return any(name in table.columns for name in _SQL) and any(
        name in table.columns for name in _QUERY_TIME
    )


def sniff(head: Head) -> float:
    """Certain with the statement and its query time side by side."""
    return certainty(head, lambda table, _: _wants(table))


def read(source: Input) -> Reading:
    """Read every row as an entry."""
    reading = ClientReading(source, _wants)
    columns = SlowLogColumns()
    zoned = timed = True
    for row in reading.rows():
        statement, query_time = row.get(*_SQL), _seconds(row.get(*_QUERY_TIME))
        if not statement or query_time is None:
            reading.losses.add(row.line)
            continue
        started = instant_of(row.get(*_START))
        timed = timed and started is not None
        zoned = zoned and started is not None and started.zoned
        end_ns = NOT_LOGGED if started is None else started.ns + round(query_time * 1e9)
        if not NOT_LOGGED <= end_ns < _LAST_NS:
            reading.losses.add(row.line)
            continue
        _add(columns, row, statement, query_time, end_ns)
    figures = columns.figures()

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        # The table does not tell the server it came from, so small lock times prove nothing.
        return (columns.fact(ref, row_lock_time_counted=False),)

    return Reading(
        facts=facts,
        records=figures.queries,
        skipped=reading.losses.count,
        start_ns=figures.start_ns,
        end_ns=figures.end_ns,
        clock=clock_of(placed=zoned, timed=timed and bool(figures.queries)),
        dialect="table",
        problems=reading.problems(),
        notes=notes_of(figures, None, lock_time_counted=True),
        summary=summary_of(figures),
        foreign=reading.foreign(),
    )


def _add(
    columns: SlowLogColumns, row: ResultRow, statement: str, query_time: float, end_ns: int
) -> None:
    def counted(*names: str) -> int:
        count = count_of(row.get(*names))
        return NOT_LOGGED if count is None else count

    database = row.get(*_DATABASE)
    columns.add(
        statement.strip().removesuffix(";").encode("utf-8", "replace"),
        row.line,
        end_ns,
        query_time,
        _seconds(row.get(*_LOCK_TIME)) or 0.0,
        counted(*_SENT),
        counted(*_EXAMINED),
        counted("rows_affected"),
        database=database.encode("utf-8", "replace") if database else None,
    )


def _seconds(cell: str | None) -> float | None:
    """Seconds of `00:00:02.000343` or of a plain number."""
    if cell and (clock := _CLOCK.fullmatch(cell.strip())):
        sign = -1 if clock[1] else 1
        return sign * (int(clock[2]) * 3600 + int(clock[3]) * 60 + float(clock[4]))
    return number_of(cell)


PLUGIN = Source(id="slow-log-table", kind="slow-query-log", sniff=sniff, read=read)
