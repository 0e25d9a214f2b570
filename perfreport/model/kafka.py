"""Consumer groups as the broker sees them: offsets and lag per partition over time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np

from perfreport.model.signal import Part, SignalKind, Signals, SignalSeries
from perfreport.model.source import Fact
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from perfreport.model.source import SourceRef

PartitionKey: TypeAlias = tuple[str | None, str | None, int | None]

LAG = "kafka.consumer.group.lag"
COMMITTED = "kafka.consumer.group.offset"
LOG_END = "kafka.topic.partition.offset"


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """One row: None where the broker knows no value (never committed, or no partition at all)."""

    group: str | None
    topic: str | None
    partition: int | None
    committed: int | None
    log_end: int | None
    lag: int | None
    consumer: str | None
    line: int

    @classmethod
    def idle(cls, group: str | None, line: int) -> Self:
        """A consumer that has no partition."""
        return cls(group, None, None, None, None, None, None, line)

    @property
    def key(self) -> PartitionKey:
        """Which partition of which topic, as seen by which group."""
        return (self.group, self.topic, self.partition)


@dataclass(frozen=True, slots=True)
class GroupSnapshot:
    """All rows described at one time; `states` are (group, state) where the tool said one."""

    time_ns: int | None
    rows: tuple[PartitionLag, ...]
    states: tuple[tuple[str, str], ...] = ()

    @property
    def partitions(self) -> tuple[PartitionLag, ...]:
        """Rows that speak of a partition."""
        return tuple(row for row in self.rows if row.partition is not None)

    @property
    def total_lag(self) -> int | None:
        """Sum over the partitions whose lag is known; None where none is."""
        known = [row.lag for row in self.partitions if row.lag is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class ConsumerGroups(Fact):
    """Snapshots in the order of the file."""

    snapshots: tuple[GroupSnapshot, ...]

    @property
    def owners(self) -> int:
        """The most consumers that owned partitions of one topic at once; 0 where none is told."""
        most = 0
        for snapshot in self.snapshots:
            found: dict[tuple[str | None, str | None], set[str]] = {}
            for row in snapshot.partitions:
                if row.consumer is not None:
                    found.setdefault((row.group, row.topic), set()).add(row.consumer)
            most = max(most, *map(len, found.values()), 0)
        return most

    def shifted(self, delta_ns: int, source: SourceRef) -> Self:
        """Move the times of all snapshots by `delta_ns`."""
        return replace(
            self,
            source=source,
            snapshots=tuple(
                replace(one, time_ns=None if one.time_ns is None else one.time_ns + delta_ns)
                for one in self.snapshots
            ),
        )

    def signals(self) -> Signals:
        """The same offsets and lags as series by group, topic and partition."""
        timed = [(one.time_ns, one) for one in self.snapshots if one.time_ns is not None]
        keys = sorted(
            {row.key for _, one in timed for row in one.partitions},
            key=lambda key: tuple(map(str, key)),
        )
        series: list[SignalSeries] = []
        for key in keys:
            rows = [
                (time_ns, row) for time_ns, one in timed for row in one.partitions if row.key == key
            ]
            times = np.array([time for time, _ in rows], dtype=np.int64)
            series.extend(
                _series(name, kind, key, times, [getattr(row, field) for _, row in rows])
                for name, kind, field in (
                    (LAG, SignalKind.GAUGE, "lag"),
                    (COMMITTED, SignalKind.COUNTER, "committed"),
                    (LOG_END, SignalKind.COUNTER, "log_end"),
                )
            )
        asked = np.array(sorted({time_ns for time_ns, _ in timed}), dtype=np.int64)
        return Signals(self.source, tuple(series), asked)


def _series(
    name: str,
    kind: SignalKind,
    key: PartitionKey,
    times_ns: np.ndarray[tuple[int], np.dtype[np.int64]],
    values: list[int | None],
) -> SignalSeries:
    group, topic, partition = key
    labels = {"group": group, "topic": topic, "partition": str(partition)}
    if name == LOG_END:
        del labels["group"]
    order = np.argsort(times_ns, kind="stable")
    known = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    times, last = np.unique(times_ns[order][::-1], return_index=True)
    return SignalSeries(
        name,
        Part.VALUE,
        kind,
        Unit.COUNT,
        tuple(sorted((label, value) for label, value in labels.items() if value is not None)),
        times,
        known[order][::-1][last],
    )


@dataclass(frozen=True, slots=True)
class LagCourse:
    """The lag of one consumer group over a test, in records and seconds.

    `before` is the lag before a spike, else before the load; `after_spike` the lag as the spike
    ends. `draining` says what was consumed and what came in per second from the end of the load
    until the lag was gone; `consumed` is the rate over the load while the group was behind.
    `peak_after` counts from the start of the load, `drained_after` and `last_after` from its end;
    `drained_after` is None where the lag was not seen to go away. `last` is the last look. Without
    a load of known times all three are None.
    """

    group: str | None
    before: float | None
    after_spike: float | None
    peak: float
    peak_after: float | None
    at_end: float | None
    drained_after: float | None
    last: float
    last_after: float | None
    consumed: float | None = None
    draining: tuple[float, float] | None = None
