"""`docker stats` output, as a table or as JSON lines, streamed or repeated with `--no-stream`.

CPU is a share of one core (200 % on two cores). The tool writes no times: only separators
between the snapshots can place it, else the figures serve the summary alone.
"""

from __future__ import annotations

import json
import re
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
    from perfreport.sources._instants import Instant

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_HEADER = re.compile(r"^CONTAINER(?: ID)?\s+.*CPU %\s+MEM USAGE / LIMIT")
_ROW = re.compile(
    r"^(?P<id>[0-9a-f]{12}|\S+)\s+(?:(?P<name>\S+)\s+)?(?P<cpu>[\d.]+|--)\s?%?\s+"
    r"(?P<used>[\d.]+\s?\w+)\s/\s(?P<limit>[\d.]+\s?\w+)\s"
)
_AMOUNT = re.compile(r"([\d.]+)\s?([kKMGT]?)(i?)B")
_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def sniff(head: Head) -> float:
    """Certain with the table's header or JSON lines with its keys."""
    for line in head.text.splitlines():
        text = _ANSI.sub("", line)
        if _HEADER.match(text):
            return 1.0
        if text.startswith("{") and '"CPUPerc"' in text and '"MemUsage"' in text:
            return 1.0
    return 0.0


def read(source_input: Input) -> Reading:
    """Read every row."""
    samples = HostSamples()
    losses = Losses(source_input.name)
    instant: Instant | None = None
    zoned, complete = True, True
    for number, line in source_input.lines():
        text = _ANSI.sub("", line).strip()
        if not text or _HEADER.match(text):
            continue
        row = _json_row(text) if text.startswith("{") else _table_row(text)
        if row is not None:
            name, cpu, used, limit = row
            time_ns = instant.ns if instant else None
            complete = complete and instant is not None
            samples.row()
            for signal, unit, value in (
                ("container.cpu.cores", Unit.CORES, cpu),
                ("container.memory.used", Unit.BYTES, used),
                ("container.memory.max", Unit.BYTES, limit),
            ):
                if value is not None:
                    samples.add(signal, SignalKind.GAUGE, unit, time_ns, value, container=name)
            continue
        found = find_instant(text)
        if found is not None:
            instant, zoned = found, zoned and found.zoned
        else:
            losses.add(number)
    placed = instant is not None and complete and zoned
    clock = Clock(ClockKind.UTC if placed else ClockKind.UNKNOWN)
    return samples.reading("docker-stats", clock, losses)


def _table_row(text: str) -> tuple[str, float | None, float | None, float | None] | None:
    match = _ROW.match(text)
    if match is None:
        return None
    return (
        match["name"] or match["id"],
        _share(match["cpu"]),
        _bytes(match["used"]),
        _bytes(match["limit"]),
    )


def _json_row(text: str) -> tuple[str, float | None, float | None, float | None] | None:
    try:
        row = json.loads(text)
    except ValueError:
        return None
    if not isinstance(row, dict) or "CPUPerc" not in row:
        return None
    used, _, limit = str(row.get("MemUsage", "")).partition(" / ")
    name = str(row.get("Name") or row.get("Container") or "")
    return name, _share(str(row["CPUPerc"]).rstrip("%")), _bytes(used), _bytes(limit)


def _share(cell: str) -> float | None:
    try:
        return float(cell) / 100
    except ValueError:
        return None


def _bytes(cell: str) -> float | None:
    amount = _AMOUNT.fullmatch(cell.strip())
    if amount is None:
        return None
    base = 1024 if amount[3] else 1000
    return float(amount[1]) * float(base) ** _POWERS[amount[2]]


PLUGIN = Source(id="docker-stats", kind="host-stats", sniff=sniff, read=read)
