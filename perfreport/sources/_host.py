"""What the host dialects share: samples of signals, and the figures `inspect` shows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.sources._series import SeriesCollector
from perfreport.sources._spec import Reading

if TYPE_CHECKING:
    from perfreport.model.message import Message
    from perfreport.model.signal import SignalKind
    from perfreport.model.source import Clock, Fact, SourceRef, SummaryValue
    from perfreport.model.units import Unit
    from perfreport.sources._losses import Losses

# inspect key → (signal, how several samples become one figure)
_FIGURES = {
    "cpu_usage_mean": ("system.cpu.usage", "mean"),
    "cpu_usage_max": ("system.cpu.usage", "max"),
    "cpu_steal_max": ("system.cpu.steal", "max"),
    "cpu_iowait_max": ("system.cpu.iowait", "max"),
    "run_queue_max": ("system.run.queue", "max"),
    "memory_free_min": ("system.memory.free", "min"),
}


class HostSamples:
    """Collects samples; those without a time count for the summary only."""

    def __init__(self) -> None:
        self._series = SeriesCollector()
        self._values: dict[str, list[float]] = {}
        self._busiest: dict[str, float] = {}
        self._times: list[int] = []
        self._rows = 0

    def row(self) -> None:
        """Count one understood row."""
        self._rows += 1

    def add(
        self,
        signal: str,
        kind: SignalKind,
        unit: Unit,
        time_ns: int | None,
        value: float,
        **labels: str,
    ) -> None:
        """Take one sample."""
        if not labels:
            self._values.setdefault(signal, []).append(value)
        if signal == "process.cpu.cores" and "process" in labels:
            name = labels["process"]
            self._busiest[name] = max(self._busiest.get(name, 0.0), value)
        if time_ns is not None:
            self._times.append(time_ns)
            self._series.asked_at(time_ns)
            self._series.add(signal, kind, unit, time_ns, value, **labels)

    def reading(
        self,
        dialect: str,
        clock: Clock,
        losses: Losses,
        notes: tuple[Message, ...] = (),
    ) -> Reading:
        """Return everything that was collected."""

        def facts(ref: SourceRef) -> tuple[Fact, ...]:
            return (self._series.build(ref),) if self._times else ()

        return Reading(
            facts=facts,
            records=self._rows,
            skipped=losses.count,
            start_ns=min(self._times, default=None),
            end_ns=max(self._times, default=None),
            clock=clock,
            dialect=dialect,
            problems=losses.problems(),
            notes=notes,
            summary=self._summary(),
        )

    def _summary(self) -> tuple[tuple[str, SummaryValue], ...]:
        figures: list[tuple[str, SummaryValue]] = [("snapshots", self._rows)]
        for key, (signal, how) in _FIGURES.items():
            values = self._values.get(signal)
            if values:
                mean = sum(values) / len(values)
                figures.append((key, {"mean": mean, "max": max(values), "min": min(values)}[how]))
        if self._busiest:
            busiest = sorted(self._busiest.items(), key=lambda item: (-item[1], item[0]))[:5]
            figures.append(("process_cores_max", tuple(busiest)))
        return tuple(figures)
