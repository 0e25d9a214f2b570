"""`kafka-consumer-groups.sh --describe`, once or repeated with times between the snapshots.

Columns are found by their names: 0.9 wrote a comma list, 1.x no GROUP column, 4.x adds
LEADER-EPOCH. `-` is no value (a partition that was never committed has no lag, not lag 0), and a
negative lag (log end read just before the commit) is lag 0. A snapshot without a time of its own
leaves the file without a clock.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.kafka import ConsumerGroups, GroupSnapshot, PartitionLag
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._instants import find_instant
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.kafka import PartitionKey
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input
    from perfreport.sources._instants import Instant

_ALIASES = {
    "CURRENT OFFSET": "CURRENT-OFFSET",
    "LOG END OFFSET": "LOG-END-OFFSET",
    "OWNER": "CONSUMER-ID",
}
_NONE = {"-", "unknown", "none", ""}
_STATE_ROW = re.compile(r"(?P<group>\S+)\s.*?(?P<state>[A-Z][A-Za-z]+)\s+\d+")
_REMARK = re.compile(r"onsumer group '([^']*)'(.*)")
_STATES = (("rebalancing", "rebalancing"), ("no active members", "empty"), ("not exist", "missing"))


def sniff(head: Head) -> float:
    """Certain when a header names topic, partition and lag, or states and members."""
    known = any(_columns(line) or _state_columns(line) for line in head.text.splitlines())
    return 1.0 if known else 0.0


def read(source_input: Input) -> Reading:
    """Read every snapshot."""
    reader = _Reader(source_input.name)
    for number, line in source_input.lines():
        reader.take(number, line)
    return reader.reading()


class _Reader:
    """State of one pass over the lines."""

    def __init__(self, name: str) -> None:
        self._columns: list[str] = []
        self._time: Instant | None = None
        self._zoned = True
        self._rows: list[PartitionLag] = []
        self._seen: set[PartitionKey] = set()
        self._states: dict[str, str] = {}
        self._snapshots: list[GroupSnapshot] = []
        self._losses = Losses(name)
        self._records = 0

    def take(self, number: int, line: str) -> None:
        text = line.strip()
        columns = _columns(text) or _state_columns(text)
        if columns:
            self._columns = columns
            return
        if not text or text.startswith("Note:"):
            return
        remark = _REMARK.search(text)
        if remark is not None:
            state = next((state for word, state in _STATES if word in remark[2]), "")
            self._states[remark[1]] = state
            return
        if self._state(text):
            return
        row = self._row(text, number)
        if row is not None:
            self._records += 1
            if row.partition is not None and row.key in self._seen:
                self._close()  # a snapshot without a separator: the partition comes again
            self._seen.add(row.key)
            self._rows.append(row)
            return
        instant = find_instant(text)
        if instant is not None:
            self._close()
            self._time = instant
            self._zoned = self._zoned and instant.zoned
            return
        self._losses.add(number)

    def _state(self, text: str) -> bool:
        """Take a row of `--state`: the state of a group, its lag unknown."""
        if not self._columns or self._columns[0] != "GROUP" or "#MEMBERS" not in self._columns:
            return False
        match = _STATE_ROW.fullmatch(text)
        if match is None:
            return False
        if match["group"] in self._states:
            self._close()
        self._records += 1
        self._states[match["group"]] = match["state"].lower()
        return True

    def _row(self, text: str, number: int) -> PartitionLag | None:
        if not self._columns or "PARTITION" not in self._columns:
            return None
        comma = "," in text and len(text.split(",")) == len(self._columns)
        cells = [cell.strip() for cell in text.split(",")] if comma else text.split()
        if len(cells) < self._columns.index("LAG") + 1:
            return None
        row = dict(zip(self._columns, cells, strict=False))
        partition = row["PARTITION"]
        if not partition.isdigit():
            # A member without a partition: more consumers than partitions.
            return None if partition not in _NONE else PartitionLag.idle(row.get("GROUP"), number)
        return PartitionLag(
            group=row.get("GROUP"),
            topic=row["TOPIC"],
            partition=int(partition),
            committed=_offset(row.get("CURRENT-OFFSET")),
            log_end=_offset(row.get("LOG-END-OFFSET")),
            lag=_offset(row["LAG"]),
            consumer=_name(row.get("CONSUMER-ID")),
            line=number,
        )

    def _close(self) -> None:
        if self._rows or any(self._states.values()):
            time_ns = self._time.ns if self._time else None
            states = tuple(sorted(self._states.items()))
            self._snapshots.append(GroupSnapshot(time_ns, tuple(self._rows), states))
        self._rows, self._seen, self._states, self._time = [], set(), {}, None

    def reading(self) -> Reading:
        self._close()
        timed = [one.time_ns for one in self._snapshots if one.time_ns is not None]
        placed = bool(timed) and len(timed) == len(self._snapshots)
        kind = ClockKind.UTC if placed and self._zoned else ClockKind.UNKNOWN
        snapshots = tuple(self._snapshots)

        def facts(ref: SourceRef) -> tuple[Fact, ...]:
            groups = ConsumerGroups(ref, snapshots)
            return (groups, groups.signals()) if placed else (groups,)

        totals = [total for one in snapshots if (total := one.total_lag) is not None]
        return Reading(
            facts=facts,
            records=self._records,
            skipped=self._losses.count,
            start_ns=min(timed, default=None),
            end_ns=max(timed, default=None),
            clock=Clock(kind),
            problems=self._losses.problems(),
            summary=(
                ("snapshots", len(snapshots)),
                ("partitions", len({row.key for one in snapshots for row in one.partitions})),
                ("lag_last", totals[-1] if totals else None),
                ("lag_max", max(totals, default=None)),
            ),
        )


def _columns(line: str) -> list[str]:
    """Column names of a header line, or nothing."""
    if "PARTITION" not in line or "LAG" not in line or "TOPIC" not in line:
        return []
    names = [name.strip() for name in line.split(",")] if "," in line else line.split()
    names = [_ALIASES.get(name, name) for name in names]
    return names if {"TOPIC", "PARTITION", "LAG"} <= set(names) else []


def _state_columns(line: str) -> list[str]:
    """Column names of the header of `--describe --state`, or nothing."""
    names = line.split()
    return names if names[:1] == ["GROUP"] and {"STATE", "#MEMBERS"} <= set(names) else []


def _offset(cell: str | None) -> int | None:
    if cell is None or cell.lower() in _NONE:
        return None
    try:
        return max(int(cell), 0)
    except ValueError:
        return None


def _name(cell: str | None) -> str | None:
    return None if cell is None or cell.lower() in _NONE else cell


PLUGIN = Source(id="kafka-consumer-groups", kind="kafka-consumer-groups", sniff=sniff, read=read)
