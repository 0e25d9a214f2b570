"""Response time, throughput and load over the run, with its phases and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.figure import Curve, Figure, Panel
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import FigurePlan
from perfreport.report.figures._marks import drawn, phases_of, since_start, targets_of
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.measurement import Timeline

_STATS = ("p(50)", "med", "p(95)", "p(99)")
_FEWEST = 3


def _build(test: TestAnalysis) -> Figure | None:
    whole = [
        line
        for line in test.measurements.timelines
        if line.endpoint is None and line.scenario is None and len(line.start_ns) >= _FEWEST
    ]
    if not whole or not np.isfinite(whole[0].p95).any():
        return None
    line = whole[0]
    panels = (_latency(test, line), _throughput(test, line), *_users(test))
    alt = message(
        "figure.over-time.alt",
        test=name_of(test.grade),
        p95=Quantity(float(np.nanmax(line.p95)), Unit.SECONDS),
        rate=Quantity(float(np.nanmax(line.successful)), Unit.PER_SECOND),
    )
    return Figure(
        "over-time",
        message("figure.over-time.title", test=name_of(test.grade)),
        alt,
        message("figure.axis.time"),
        Unit.SECONDS,
        panels,
        phases_of(test),
    )


def _latency(test: TestAnalysis, line: Timeline) -> Panel:
    x = since_start(test, line.start_ns)
    curves = tuple(
        Curve(message(f"column.{name}"), x, drawn(values))
        for name, values in (("p50", line.p50), ("p95", line.p95), ("p99", line.p99))
    )
    most = float(np.nanmax(line.p99))
    levels = targets_of(test, "http_req_duration", _STATS, most)
    return Panel(message("figure.latency"), Unit.SECONDS, curves, levels)


def _throughput(test: TestAnalysis, line: Timeline) -> Panel:
    x = since_start(test, line.start_ns)
    curves = [Curve(message("figure.successful"), x, drawn(line.successful))]
    failed = line.requests - line.successful
    if np.nanmax(failed) > 0:
        curves.append(Curve(message("figure.failed"), x, drawn(np.maximum(failed, 0.0))))
    return Panel(message("figure.throughput"), Unit.PER_SECOND, tuple(curves))


def _users(test: TestAnalysis) -> tuple[Panel, ...]:
    found = [
        one
        for one in test.measurements.series
        if one.name == "vus" and one.scenario is None and len(one.times_ns)
    ]
    if not found:
        return ()
    curve = Curve(
        message("figure.vus"), since_start(test, found[0].times_ns), drawn(found[0].values)
    )
    return (Panel(message("figure.vus"), Unit.COUNT, (curve,)),)


PLUGIN = FigurePlan("over-time", 10, _build)
