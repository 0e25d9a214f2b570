"""`SHOW GLOBAL STATUS`, once or repeated: counters and gauges of the server as it names them.

Repeated dumps are placed by a time column or by times between them; without any, by their own
`Uptime`, which tells distances but no dates. A lone dump counts since the server started.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.database import GlobalStatus, StatusVariable
from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._client_source import (
    ClientReading,
    certainty,
    clock_of,
    instant_of,
    number_of,
)
from perfreport.sources._series import SeriesCollector
from perfreport.sources._server_variables import has_pairs, is_status, value_name
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.signals.catalogue import ResolvedName
    from perfreport.sources._client_output import ResultRow, ResultTable
    from perfreport.sources._input import Head, Input

_TIME_COLUMNS = ("time", "ts", "timestamp", "@timestamp", "sampled_at", "now()", "date", "datetime")
_NO_UPTIME = 1e9  # seconds; no server runs for thirty years
_EXPORTER = "mysql_global_status_"
# mysqld_exporter keeps these apart by label instead of by name.
_FAMILIES = {"com_": ("commands", "command"), "handler_": ("handlers", "handler")}
_SUMMARY = (
    ("innodb_row_lock_waits", 1.0),
    ("innodb_row_lock_time", 1e-3),  # the server counts milliseconds
    ("slow_queries", 1.0),
    ("questions", 1.0),
)


def sniff(head: Head) -> float:
    """Certain where names and values are those of counters."""
    return certainty(head, lambda table, rows: has_pairs(table) and is_status(rows) is True)


@dataclass(slots=True)
class _Snapshot:
    """The values of one dump by lower-case name; spelled as the server does in `names`."""

    time_ns: int | None
    zoned: bool
    values: dict[str, float] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def read(source: Input) -> Reading:
    """Read every dump."""
    tables: dict[ResultTable, list[ResultRow]] = {}
    reading = ClientReading(source, has_pairs)
    for row in reading.rows():
        tables.setdefault(row.table, []).append(row)
    snapshots: list[_Snapshot] = []
    for table, rows in tables.items():
        if is_status(rows) is False:
            reading.leave(rows)
            continue
        _collect(snapshots, table, rows, reading)
    return _reading(snapshots, reading)


def _collect(
    snapshots: list[_Snapshot], table: ResultTable, rows: list[ResultRow], reading: ClientReading
) -> None:
    value_column = value_name(table) or ""
    timed = [name for name in _TIME_COLUMNS if name in table.columns]
    current = snapshots[-1] if snapshots else None
    for row in rows:
        name = row.get("variable_name") or ""
        cell = row.get(value_column)
        instant = (instant_of(row.get(*timed)) if timed else None) or table.instant
        time_ns = instant.ns if instant else None
        key = name.lower()
        if current is None or current.time_ns != time_ns or (not instant and key in current.names):
            current = _Snapshot(time_ns, zoned=instant is not None and instant.zoned)
            snapshots.append(current)
        current.names.setdefault(key, name)
        value = number_of(cell)
        if value is not None:
            current.values[key] = value
        elif not name:
            reading.losses.add(row.line)


def _reading(snapshots: list[_Snapshot], reading: ClientReading) -> Reading:
    snapshots = [snapshot for snapshot in snapshots if snapshot.values]
    placed = bool(snapshots) and all(snapshot.time_ns is not None for snapshot in snapshots)
    clock = clock_of(placed=all(one.zoned for one in snapshots), timed=placed)
    uptimes = [one.values.get("uptime", _NO_UPTIME) for one in snapshots]
    if not placed and len(snapshots) > 1 and max(uptimes) < _NO_UPTIME:
        for snapshot in snapshots:
            snapshot.time_ns = round(snapshot.values["uptime"] * 1e9)
        clock = Clock(ClockKind.RELATIVE, reason=message("clock.database-uptime-only"))
    times = [snapshot.time_ns for snapshot in snapshots if snapshot.time_ns is not None]
    complete = len(times) == len(snapshots)
    snapshots.sort(key=lambda snapshot: snapshot.time_ns or 0)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        status = GlobalStatus(
            ref,
            _variables(snapshots, timed=complete),
            snapshots=len(snapshots),
            uptime=snapshots[0].values.get("uptime") if snapshots else None,
        )
        return (status, _signals(snapshots).build(ref)) if complete and times else (status,)

    return Reading(
        facts=facts,
        records=sum(len(snapshot.values) for snapshot in snapshots),
        skipped=reading.losses.count,
        start_ns=min(times, default=None) if complete else None,
        end_ns=max(times, default=None) if complete else None,
        clock=clock,
        problems=reading.problems(),
        notes=(message("note.status-since-start"),) if len(snapshots) == 1 else (),
        summary=_summary(snapshots),
        foreign=reading.foreign(),
    )


def _variables(snapshots: list[_Snapshot], *, timed: bool) -> tuple[StatusVariable, ...]:
    import numpy as np

    names: dict[str, str] = {}
    for snapshot in snapshots:
        names = {**snapshot.names, **names}
    variables = []
    for key in sorted(names):
        points = [(one.time_ns or 0, one.values[key]) for one in snapshots if key in one.values]
        if points:
            times = np.array([time for time, _ in points] if timed else [], dtype=np.int64)
            values = np.array([value for _, value in points], dtype=np.float64)
            variables.append(StatusVariable(names[key], times, values))
    return tuple(variables)


def _signals(snapshots: list[_Snapshot]) -> SeriesCollector:
    series = SeriesCollector()
    resolved: dict[str, ResolvedName | None] = {}
    for snapshot in snapshots:
        if snapshot.time_ns is None:
            continue
        series.asked_at(snapshot.time_ns)
        for key, value in snapshot.values.items():
            if key not in resolved:
                resolved[key] = _resolve(key)
            found = resolved[key]
            if found is not None:
                kind, unit = found.spec.kind_of(found.part), found.spec.unit_of(found.part)
                labels = dict(found.labels)
                for prefix, (_, label) in _FAMILIES.items():
                    if key.startswith(prefix):
                        labels[label] = key.removeprefix(prefix)
                series.add(
                    found.spec.name, kind, unit, snapshot.time_ns, value * found.scale, **labels
                )
    return series


def _resolve(key: str) -> ResolvedName | None:
    """What the signal catalogue knows the variable as, by the name mysqld_exporter gives it."""
    from perfreport.signals.catalogue import catalogue

    for prefix, (family, _) in _FAMILIES.items():
        if key.startswith(prefix):
            return catalogue().resolve(_EXPORTER + family)
    return catalogue().resolve(_EXPORTER + key)


def _summary(snapshots: list[_Snapshot]) -> tuple[tuple[str, SummaryValue], ...]:
    """Increases over all dumps; of a lone one the totals since the server started."""
    last = snapshots[-1].values if snapshots else {}
    first = snapshots[0].values if len(snapshots) > 1 else {}
    running = [
        one.values["threads_running"] for one in snapshots if "threads_running" in one.values
    ]
    figures: list[tuple[str, SummaryValue]] = [("snapshots", len(snapshots))]
    for name, factor in _SUMMARY:
        if name in last:
            increase = last[name] - first.get(name, 0.0)
            # A server restarted in between counts from zero again.
            figures.append((name, round((increase if increase >= 0 else last[name]) * factor, 6)))
    figures.append(("threads_running_max", max(running, default=None)))
    return tuple(figures)


PLUGIN = Source(id="global-status", kind="global-status", sniff=sniff, read=read)
