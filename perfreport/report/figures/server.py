"""What the servers did over the run: connections, threads, heap, pauses, CPU, consumer lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure.signals import run_signals, signal_lines
from perfreport.model.figure import Curve, Figure, Moment, Panel, Stroke
from perfreport.model.finding import Category
from perfreport.model.jvm import GcLog
from perfreport.model.message import message
from perfreport.model.units import Unit
from perfreport.report._spec import FigurePlan
from perfreport.report.figures._marks import FARTHEST, drawn, phases_of, since_start
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.measure._signal_join import RunSignals
    from perfreport.measure._signal_lines import Line
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.message import Message

_MOST_POINTS = 240
_MOST_LINES = 3
_MOST_MOMENTS = 4
_AFTERWARDS = 0.25  # share of the run's length shown after it
_DRAINING = 2.0  # the same while a backlog drains
_LAG = "kafka.consumer.lag"
_HOST = "host.cpu.usage"
_DRAINED = 0.01  # of the highest lag
_SAME_COURSE = 0.06  # of a processor: two readings of one host


@dataclass(frozen=True, slots=True)
class _Trace:
    """A signal of a panel; `instead` is asked where it was not measured."""

    name: str
    signal: str
    instead: str | None = None
    limit: bool = False


_PANELS = (
    (
        "connections",
        Unit.COUNT,
        (
            _Trace("active", "hikaricp.connections.active"),
            _Trace("pending", "hikaricp.connections.pending"),
            _Trace("most", "hikaricp.connections.max", limit=True),
        ),
    ),
    (
        "threads",
        Unit.COUNT,
        (
            _Trace("busy", "tomcat.threads.busy"),
            _Trace("most", "tomcat.threads.config.max", limit=True),
        ),
    ),
    (
        "heap",
        Unit.BYTES,
        (
            _Trace("used", "jvm.memory.heap.used", "jvm.gc.heap.after"),
            _Trace("most", "jvm.memory.heap.max", "jvm.gc.heap.max", limit=True),
        ),
    ),
    ("cpu", Unit.RATIO, (_Trace("host", _HOST), _Trace("process", "process.cpu.usage"))),
    ("lag", Unit.COUNT, (_Trace("lag", _LAG),)),
    (
        "messages",
        Unit.PER_SECOND,
        (_Trace("produced", "kafka.producer.rate"), _Trace("consumed", "kafka.consumer.rate")),
    ),
)


def _build(test: TestAnalysis) -> Figure | None:
    signals = run_signals(test.run)
    until = _until(test, signals)
    panels: list[Panel] = []
    for name, unit, traces in _PANELS:
        curves = tuple(_curves(test, signals, traces, until))
        if any(curve.stroke is not Stroke.LIMIT for curve in curves):
            panels.append(Panel(message(f"figure.server.{name}"), unit, curves))
        if name == "heap":
            panels += _pauses(test, until)
    if not panels:
        return None
    return Figure(
        "server",
        message("figure.server.title", test=name_of(test.grade)),
        message(
            "figure.server.alt",
            test=name_of(test.grade),
            shown=tuple(panel.title for panel in panels),
        ),
        message("figure.axis.time"),
        Unit.SECONDS,
        tuple(panels),
        phases_of(test),
        _onsets(test),
    )


def _until(test: TestAnalysis, signals: RunSignals) -> int:
    """Return how far the picture reaches: a little past the load, or until the lag is gone."""
    start, end = test.phases.start_ns, test.phases.end_ns
    until = end + round((end - start) * _AFTERWARDS)
    for line in signal_lines(signals, _LAG):
        inside = (line.times_ns >= start) & np.isfinite(line.values)
        times, lags = line.times_ns[inside], line.values[inside]
        if len(lags):
            left = times[lags > _DRAINED * lags.max()]
            until = max(until, int(left[-1]) if len(left) else until)
    return min(until, end + round((end - start) * _DRAINING))


def _curves(
    test: TestAnalysis, signals: RunSignals, traces: tuple[_Trace, ...], until: int
) -> Iterator[Curve]:
    highest = 0.0
    for trace in traces:
        lines = _lines(test, signals, trace, until)
        peaks = [float(np.nanmax(values)) for _, _, values in lines]
        if trace.limit:
            kept = {peak: at for at, peak in enumerate(peaks) if 0 < peak <= highest * FARTHEST}
            lines = [lines[at] for at in sorted(kept.values())]
        else:
            highest = max([highest, *peaks])
        stroke = Stroke.LIMIT if trace.limit else Stroke.LINE
        for line, times, values in lines:
            name = _name(trace, line, alone=len(lines) == 1)
            yield Curve(name, since_start(test, times), drawn(values), stroke)


def _lines(
    test: TestAnalysis, signals: RunSignals, trace: _Trace, until: int
) -> list[tuple[Line, Integers, Floats]]:
    """Return the lines with the highest peaks, thinned out, within the run and shortly after."""
    found = signal_lines(signals, trace.signal)
    if not found and trace.instead is not None:
        found = signal_lines(signals, trace.instead)
    start = test.phases.start_ns
    lines: list[tuple[Line, Integers, Floats]] = []
    for line in found:
        inside = (line.times_ns >= start) & (line.times_ns <= until)
        times, values = _thinned(line.times_ns[inside], line.values[inside])
        if len(times) > 1 and np.isfinite(values).any():
            lines.append((line, times, values))
    if trace.signal == _HOST:
        lines = _hosts(lines)
    lines.sort(key=lambda one: (-float(np.nanmax(one[2])), one[0].labels))
    return lines[:_MOST_LINES]


def _hosts(
    lines: list[tuple[Line, Integers, Floats]],
) -> list[tuple[Line, Integers, Floats]]:
    """Return one line per host: two files that read the same all along read one host."""
    kept: list[tuple[Line, Integers, Floats]] = []
    for line, times, values in lines:
        apart = (
            float(np.nanmedian(np.abs(np.interp(times, there, known) - values)))
            for _, there, known in kept
        )
        if all(not away <= _SAME_COURSE for away in apart):
            kept.append((line, times, values))
    return kept


def _thinned(times_ns: Integers, values: Floats) -> tuple[Integers, Floats]:
    """Keep the highest value of each of equally many samples, so that no peak is lost."""
    step = -(-len(values) // _MOST_POINTS)
    if step <= 1:
        return times_ns, values
    starts = np.arange(0, len(values), step)
    return times_ns[starts], np.fmax.reduceat(values, starts)


def _name(trace: _Trace, line: Line, *, alone: bool) -> Message:
    name = message(f"figure.server.{trace.name}")
    told = ", ".join(value for _, value in line.labels)
    return name if alone or not told else message("figure.server.of", name=name, of=told)


def _pauses(test: TestAnalysis, until: int) -> list[Panel]:
    """Return a panel of the GC pauses of every log with a place on the run's clock."""
    start = test.phases.start_ns
    times: list[Integers] = []
    seconds: list[Floats] = []
    for log in test.run.of(GcLog):
        if log.source.clock.correlated:
            pauses = log.pauses
            kept = ~pauses.inside & (pauses.start_ns >= start) & (pauses.start_ns <= until)
            times.append(pauses.start_ns[kept])
            seconds.append(pauses.seconds[kept])
    if not times or not sum(map(len, times)):
        return []
    at, lengths = np.concatenate(times), np.concatenate(seconds)
    order = np.argsort(at, kind="stable")
    at, lengths = _thinned(at[order], lengths[order])
    curve = Curve(
        message("figure.server.pauses"), since_start(test, at), drawn(lengths), Stroke.BARS
    )
    return [Panel(message("figure.server.pauses"), Unit.SECONDS, (curve,))]


def _onsets(test: TestAnalysis) -> tuple[Moment, ...]:
    """Return when the first bottlenecks set in, each rule once, inside the run."""
    start, end = test.phases.start_ns, test.phases.end_ns
    found = sorted(
        (one.onset_ns, one.rule, one.title)
        for one in test.diagnosis.findings
        if one.category is Category.BOTTLENECK
        and one.onset_ns is not None
        and start <= one.onset_ns <= end
    )
    moments: dict[str, Moment] = {}
    for onset_ns, rule, title in found:
        moments.setdefault(rule, Moment(title, (onset_ns - start) / 1e9))
    return tuple(moments.values())[:_MOST_MOMENTS]


PLUGIN = FigurePlan("server", 30, _build)
