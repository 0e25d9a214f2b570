"""One row per signal, group and phase: what tables of server signals are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from perfreport.measure._signal_join import IDENTITY
from perfreport.measure._signal_lines import Evaluation, Line
from perfreport.measure._signal_parts import maxima, percentiles
from perfreport.measure._signal_specs import (
    expressions_of,
    is_generated,
    is_total,
    labels_of,
    unit_of,
)
from perfreport.model.measurement import WHOLE_RUN, SignalStats
from perfreport.model.signal import Part
from perfreport.signals import catalogue
from perfreport.signals.expression import Leaf, Operation, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.measure._signal_join import RunSignals
    from perfreport.measure._signal_lines import Level, Windows
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats
    from perfreport.model.units import Unit
    from perfreport.signals import SignalSpec
    from perfreport.signals.expression import Expression

Cuts: TypeAlias = "Sequence[tuple[str, tuple[tuple[int, int], ...]]]"


def statistics(signals: RunSignals, cuts: Cuts) -> tuple[SignalStats, ...]:
    """Every signal that was measured, by group, for each (phase, windows)."""
    rows: list[SignalStats] = []
    known = catalogue()
    for name in sorted({*known.signals, *known.derived}):
        spec = known.signals.get(name)
        if spec is None and is_generated(name):
            continue  # the timer's own row says it
        rows += (
            _timer_rows(signals, spec, cuts)
            if spec and spec.timed
            else (_rows(signals, name, cuts))
        )
        rows += _since_start(signals, name)
    return tuple(rows)


def plain_lines(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Leave out identities that are the same everywhere: they tell nothing apart."""
    if not lines:
        return lines
    everywhere = set(lines[0].labels).intersection(*(line.labels for line in lines[1:]))
    common = {label for label in everywhere if label[0] in IDENTITY and label[0] != "file"}
    return tuple(
        replace(line, labels=tuple(label for label in line.labels if label not in common))
        for line in lines
    )


def _rows(signals: RunSignals, name: str, cuts: Cuts) -> Iterator[SignalStats]:
    evaluation = Evaluation(signals, labels_of(name))
    counted = is_total(name)
    for expression in expressions_of(name):
        lines = evaluation.lines(expression)
        if not any(len(line.times_ns) for line in lines):
            continue
        plain = dict(zip([line.labels for line in lines], plain_lines(lines), strict=True))
        grown = Leaf(name, None, window="increase") if counted else None
        for phase, whole in cuts:
            windows = signals.heard((leaf.signal for leaf in leaves(expression)), whole)
            levels = {one.labels: one for one in evaluation.levels(expression, windows)}
            increases = (
                {one.labels: one.value for one in evaluation.levels(grown, windows)}
                if grown
                else {}
            )
            for key, line in plain.items():
                yield from _row(name, phase, line, windows, levels.get(key), increases.get(key))
        return


def _row(
    name: str,
    phase: str,
    line: Line,
    windows: Windows,
    level: Level | None,
    increase: float | None,
) -> Iterator[SignalStats]:
    values = line.within(windows)
    mean = None if level is None or np.isnan(level.value) else level.value
    if not len(values) and mean is None:
        return
    grown = None if increase is None or np.isnan(increase) else increase
    yield replace(
        _sampled(name, line.labels, phase, unit_of(name, rate=is_total(name)), values),
        mean=mean,
        increase=grown,
    )


def _timer_rows(signals: RunSignals, spec: SignalSpec, cuts: Cuts) -> Iterator[SignalStats]:
    evaluation = Evaluation(signals, spec.by)
    counted = catalogue().derived[f"{spec.name}.mean"].expressions[0]
    lines = evaluation.lines(counted)
    if not lines:
        yield from _rows(signals, spec.name, cuts)  # the source gave nothing but a mean
        return
    count = Leaf(spec.name, Part.COUNT, window="increase")
    plain = dict(zip([line.labels for line in lines], plain_lines(lines), strict=True))
    for phase, whole in cuts:
        windows = signals.heard((spec.name,), whole)
        levels = {one.labels: one.value for one in evaluation.levels(counted, windows)}
        counts = {one.labels: one.value for one in evaluation.levels(count, windows)}
        highest = maxima(evaluation, spec.name, windows)
        p95 = percentiles(evaluation, spec.name, 0.95, windows)
        for key, line in plain.items():
            n = counts.get(key, float("nan"))
            if np.isnan(n) or n <= 0:
                continue
            values = line.within(windows)
            yield replace(
                _sampled(spec.name, line.labels, phase, spec.unit, values),
                mean=levels.get(key),
                increase=n,
                peak=highest[key][0] if key in highest else None,
                p95=p95.get(key),
            )


def _since_start(signals: RunSignals, name: str) -> Iterator[SignalStats]:
    """Totals of lone scrapes; quotients of them are means since the process started."""
    if not signals.lone.series:
        return
    spec = catalogue().signals.get(name)
    evaluation = Evaluation(signals.lone, labels_of(name), since_start=True)
    if spec is None or spec.timed:
        expressions = (
            catalogue().derived[f"{name}.mean"].expressions if spec else expressions_of(name)
        )
        quotients = [one for one in expressions if _is_quotient_of_totals(one)]
        counts = Leaf(name, Part.COUNT, window="increase")
        increases = {one.labels: one.value for one in evaluation.levels(counts, ())} if spec else {}
    else:
        quotients = [Leaf(name, None, window="increase")] if is_total(name) else []
        increases = {}
    for expression in quotients:
        for level in evaluation.levels(expression, ()):
            if np.isnan(level.value):
                continue
            total = level.value if spec and not spec.timed else increases.get(level.labels)
            unit = spec.unit if spec else catalogue().derived[name].unit
            yield replace(
                _sampled(name, level.labels, WHOLE_RUN, unit, np.array([])),
                n=1,
                mean=None if spec and not spec.timed else level.value,
                since_start=True,
                increase=total,
            )


def _sampled(name: str, labels: Tags, phase: str, unit: Unit, values: Floats) -> SignalStats:
    """A row with all that plain samples tell; `mean` is theirs until something better is known."""
    some = len(values) > 0
    return SignalStats(
        signal=name,
        labels=labels,
        phase=phase,
        unit=unit,
        n=len(values),
        mean=float(np.mean(values)) if some else None,
        peak=float(np.max(values)) if some else None,
        p95=float(np.quantile(values, 0.95)) if some else None,
        minimum=float(np.min(values)) if some else None,
        first=float(values[0]) if some else None,
        last=float(values[-1]) if some else None,
    )


def _is_quotient_of_totals(expression: Expression) -> bool:
    every = list(leaves(expression))
    return isinstance(expression, Operation) and all(leaf.window == "rate" for leaf in every)
