"""Any table with a time column: one column per series, or a metric and a value column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.signals import catalogue
from perfreport.sources._exposition import parse_sample
from perfreport.sources._instants import find_instant
from perfreport.sources._metric_series import KIND
from perfreport.sources._metric_times import epoch_ns
from perfreport.sources._spec import Reading, Source
from perfreport.sources._table import delimiter_of, header_of, read_table, split
from perfreport.sources._table_cells import cell_value

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._table import Header


# Headers of dialects with more to them than a table.
_OTHERS = (
    '"Time"',
    '"Series"',
    '"time","',
    "metric_name,",
    "name,time,",
    "name,tags,time,",
    ",result",
)


def sniff(head: Head) -> float:
    """A header with a time column over rows of times and numbers; surer with known names."""
    lines = [line for line in head.lines if line.strip()][:40]
    if len(lines) < 2:
        return 0.0
    delimiter = delimiter_of(lines[0])
    header = header_of(split(lines[0], delimiter))
    if header is None or lines[0].startswith(_OTHERS):
        return 0.0
    rows = [split(line, delimiter) for line in lines[1:]]
    fitting = [row for row in rows if len(row) == len(header.columns) and _fits(row, header)]
    if len(fitting) < 0.8 * len(rows):
        return 0.0
    return 0.85 if _known(header, fitting) else 0.4


def read(source: Input) -> Reading:
    """Read all tables of the file."""
    return read_table(source, "csv")


def _fits(row: list[str], header: Header) -> bool:
    time = row[header.time].strip()
    epoch = epoch_ns(float(time)) if time.replace(".", "", 1).isdigit() else None
    if epoch is None and find_instant(time) is None:
        return False
    cells = (
        [row[header.value]]
        if header.is_long and header.value is not None
        else [cell for at, cell in enumerate(row) if at != header.time]
    )
    return any(cell_value(cell, False) or cell_value(cell, True) for cell in cells)


def _known(header: Header, rows: list[list[str]]) -> bool:
    names = (
        {row[header.name] for row in rows}
        if header.is_long and header.name is not None
        else set(header.columns)
    )
    bare = {(parse_sample(f"{name} 0") or (name,))[0] if "{" in name else name for name in names}
    return any(catalogue().resolve(name) is not None for name in bare)


PLUGIN = Source(id="plain-csv", kind=KIND, sniff=sniff, read=read)
