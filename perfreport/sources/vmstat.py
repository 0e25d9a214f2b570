"""`vmstat` output: run queue, CPU split, swap and steal of the whole host.

The first row of every run is the average since boot, not a sample of the test, and is left out.
Only `vmstat -t` writes times; the zone stands in its header. Without them the figures are kept
for the summary, but nothing can be placed on the run's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.signal import SignalKind
from perfreport.model.source import Clock, ClockKind
from perfreport.model.units import Unit
from perfreport.sources._host import HostSamples
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_SIGNATURE = {"r", "b", "swpd", "free", "us", "sy", "id"}
_SIGNALS = {  # column → signal, unit, factor to the base unit
    "r": ("system.run.queue", Unit.COUNT, 1.0),
    "b": ("system.blocked.processes", Unit.COUNT, 1.0),
    "free": ("system.memory.free", Unit.BYTES, 1024.0),
    "si": ("system.swap.in", Unit.BYTES_PER_SECOND, 1024.0),
    "so": ("system.swap.out", Unit.BYTES_PER_SECOND, 1024.0),
    "cs": ("system.context.switches", Unit.PER_SECOND, 1.0),
    "us": ("system.cpu.user", Unit.RATIO, 0.01),
    "sy": ("system.cpu.system", Unit.RATIO, 0.01),
    "wa": ("system.cpu.iowait", Unit.RATIO, 0.01),
    "st": ("system.cpu.steal", Unit.RATIO, 0.01),
}


def sniff(head: Head) -> float:
    """Certain when vmstat's column line is there."""
    return 1.0 if any(set(line.split()) >= _SIGNATURE for line in head.text.splitlines()) else 0.0


def read(source_input: Input) -> Reading:
    """Read every row but the since-boot averages."""
    samples = HostSamples()
    losses = Losses(source_input.name)
    columns: list[str] = []
    zone, zoned, timed, since_boot = "", True, False, False
    for number, line in source_input.lines():
        cells = line.split()
        if not cells or cells[0] == "procs":
            continue
        if set(cells) >= _SIGNATURE:
            zone = cells[-1] if cells[-1].isupper() else ""  # `-t` names the zone
            # A header is repeated every screen; only the first of a run precedes the averages.
            since_boot = not columns
            columns = cells
            continue
        row = _row(columns, cells)
        if row is None:
            losses.add(number)
            continue
        if since_boot:
            since_boot = False
            continue
        instant = find_instant(f"{line} {zone}") if len(cells) > _values(columns) else None
        if instant is not None:
            timed, zoned = True, zoned and instant.zoned
        time_ns = instant.ns if instant else None
        samples.row()
        for column, (signal, unit, factor) in _SIGNALS.items():
            if column in row:
                samples.add(signal, SignalKind.GAUGE, unit, time_ns, row[column] * factor)
        samples.add(
            "system.cpu.usage", SignalKind.GAUGE, Unit.RATIO, time_ns, (100 - row["id"]) / 100
        )
    kind = ClockKind.UTC if timed and zoned else ClockKind.UNKNOWN
    return samples.reading("vmstat", Clock(kind), losses)


def _values(columns: list[str]) -> int:
    """How many numeric columns there are: `-t` adds a time, headed by the zone's name."""
    known = [name for name in columns if name.islower()]
    return len(known)


def _row(columns: list[str], cells: list[str]) -> dict[str, float] | None:
    if len(cells) < _values(columns) or not columns:
        return None
    try:
        numbers = [float(cell.replace(",", ".")) for cell in cells[: _values(columns)]]
    except ValueError:
        return None
    return dict(zip(columns, numbers, strict=False))


PLUGIN = Source(id="vmstat", kind="host-stats", sniff=sniff, read=read)
