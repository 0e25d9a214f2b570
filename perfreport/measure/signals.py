"""Server signals over the phases of a run: one row per signal, group and phase, and answers.

Levels are averaged over their samples, running totals over what they grew by, quotients of totals
over the quotient of their growth; no average of averages.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._signal_drain import DRAIN, drain
from perfreport.measure._signal_join import RunSignals, join
from perfreport.measure._signal_lines import Evaluation, Level, Line
from perfreport.measure._signal_parts import maxima, percentiles
from perfreport.measure._signal_rows import plain_lines, statistics
from perfreport.measure._signal_specs import (
    across_of,
    expressions_of,
    has_rate,
    is_total,
    labels_of,
    unit_of,
)
from perfreport.model.configuration import Observations
from perfreport.model.measurement import WHOLE_RUN, Measurement, SignalStats
from perfreport.model.message import message
from perfreport.model.signal import Part
from perfreport.model.units import Unit
from perfreport.signals import catalogue
from perfreport.signals.catalogue import normal_form
from perfreport.signals.expression import Leaf, Matcher, leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.measure._signal_lines import Windows
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Selector
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun
    from perfreport.signals import SignalSpec

_PERCENTILE = re.compile(r"p\((\d+(?:\.\d+)?)\)")


def run_signals(run: TestRun) -> RunSignals:
    """All series of a run, joined over its files."""
    return join(run)


def is_signal(name: str) -> bool:
    """Whether a metric is a canonical or derived signal, measured or not."""
    known = catalogue()
    return name in known.signals or name in known.derived or name == DRAIN


def is_measured_here(run: TestRun, name: str) -> bool:
    """Whether a question about `name` is for the server's side: a signal, or a person's figure."""
    return is_signal(name) or any(
        one.name == name for fact in run.of(Observations) for one in fact.observations
    )


def measure_signals(
    run: TestRun, phases: Phases, selectors: Sequence[Selector]
) -> tuple[tuple[SignalStats, ...], dict[Selector, Measurement]]:
    """Every signal by phase, and the answers to those selectors that ask for the server's side."""
    signals = run_signals(run)
    answers = {
        selector: answer(signals, phases, selector)
        if is_signal(selector.metric)
        else _observed(run, selector)
        for selector in selectors
        if is_measured_here(run, selector.metric)
    }
    return signal_statistics(signals, phases), answers


def windows_of(phases: Phases, phase: str) -> tuple[tuple[int, int], ...]:
    """The half-open windows that a selector's phase stands for."""
    if phase == WHOLE_RUN:
        return ((phases.start_ns, phases.end_ns),)
    return tuple((one.start_ns, one.end_ns) for one in phases.matching(phase))


def signal_lines(signals: RunSignals, name: str, where: Tags = ()) -> tuple[Line, ...]:
    """A signal in time for charts and rules: one line per group, times and values.

    Levels as sampled, running totals as rates, timers as means per interval.
    """
    evaluation = Evaluation(signals, labels_of(name), _matchers(where))
    for expression in expressions_of(name):
        lines = tuple(line for line in evaluation.lines(expression) if len(line.times_ns))
        if lines:
            return plain_lines(lines)
    return ()


def signal_statistics(signals: RunSignals, phases: Phases) -> tuple[SignalStats, ...]:
    """Every signal that was measured, by group, for the whole run and each phase."""
    cuts = [(WHOLE_RUN, windows_of(phases, WHOLE_RUN))]
    cuts += [(phase.name, windows_of(phases, phase.name)) for phase in phases.phases]
    return statistics(signals, cuts)


def answer(signals: RunSignals, phases: Phases, selector: Selector) -> Measurement:
    """Answer a question about a signal; `value` is None where nothing tells."""
    windows = windows_of(phases, selector.phase)
    if selector.metric == DRAIN:
        return drain(signals, phases, selector, windows)
    spec = catalogue().signals.get(selector.metric)
    if spec is not None and spec.timed:
        return _timer_answer(signals, spec, selector, windows)
    return _level_answer(signals, selector, windows)


def _observed(run: TestRun, selector: Selector) -> Measurement:
    """The last figure that a person noted under the name."""
    noted = [one for fact in run.of(Observations) for one in fact.observations]
    last = [one for one in noted if one.name == selector.metric][-1]
    return Measurement(selector, last.value, last.unit, 1)


def _level_answer(signals: RunSignals, selector: Selector, windows: Windows) -> Measurement:
    name, stat = selector.metric, selector.stat
    across = across_of(name)
    evaluation = Evaluation(
        signals, None if across in {"sum", "total"} else labels_of(name), _matchers(selector.where)
    )
    counted = is_total(name)
    statistic = _statistic(stat)
    unit = unit_of(name, rate=counted and stat != "count")
    for expression in expressions_of(name, increase=counted and stat == "count"):
        watched = signals.heard((leaf.signal for leaf in leaves(expression)), windows)
        if stat in {"mean", "avg", "rate", "count"}:
            if (stat == "count" and not counted) or (stat == "rate" and not has_rate(name)):
                break
            levels = [
                level
                for level in evaluation.levels(expression, watched)
                if not np.isnan(level.value)
            ]
            if levels:
                worst = _worst(levels, across)
                said = (message("warning.signal.coarse"),) if worst.coarse else ()
                return Measurement(selector, worst.value, unit, worst.n, warnings=said)
        elif statistic is not None:
            inside = [line.within(watched) for line in evaluation.lines(expression)]
            figures = [(statistic(values), len(values)) for values in inside if len(values)]
            if figures:
                pick = min if across == "min" or stat == "min" else max
                value, n = pick(figures)
                return Measurement(selector, value, unit, n)
    return _nothing(signals, selector, unit)


def _timer_answer(
    signals: RunSignals, spec: SignalSpec, selector: Selector, windows: Windows
) -> Measurement:
    together = Evaluation(signals, None, _matchers(selector.where))
    windows = signals.heard((spec.name,), windows)
    if selector.stat in {"mean", "avg", "rate", "count"}:
        return _timer_total(signals, spec, selector, windows, together)
    if selector.stat in {"max", "peak"}:
        for value, earlier in maxima(together, spec.name, windows).values():
            said = (message("warning.signal.decaying-max"),) if earlier else ()
            n = _count(together, spec, windows)
            return Measurement(selector, value, spec.unit, n, warnings=said)
    share = _share(selector.stat)
    if share is not None:
        for value in percentiles(together, spec.name, share, windows).values():
            return Measurement(selector, value, spec.unit, _count(together, spec, windows))
        if spec.name in signals.by_signal:
            said = (message("warning.signal.no-buckets", signal=spec.name),)
            return Measurement(selector, None, spec.unit, 0, warnings=said)
    return _nothing(signals, selector, spec.unit)


def _timer_total(
    signals: RunSignals,
    spec: SignalSpec,
    selector: Selector,
    windows: Windows,
    together: Evaluation,
) -> Measurement:
    suffix = ".mean" if selector.stat in {"mean", "avg"} else ".rate"
    derived = catalogue().derived[spec.name + suffix]
    expressions, unit = derived.expressions, derived.unit
    if selector.stat == "count":
        expressions = (Leaf(spec.name, Part.COUNT, window="increase"),)
        unit = Unit.COUNT
    for expression in expressions:
        for level in together.levels(expression, windows):
            if not np.isnan(level.value):
                said = (message("warning.signal.coarse"),) if level.coarse else ()
                return Measurement(selector, level.value, unit, level.n, warnings=said)
    return _nothing(signals, selector, unit)


def _nothing(signals: RunSignals, selector: Selector, unit: Unit) -> Measurement:
    alone = {one.signal for one in signals.lone.series}
    needed = {
        leaf.signal for expression in expressions_of(selector.metric) for leaf in leaves(expression)
    }
    said = (message("warning.signal.since-start"),) if needed & alone else ()
    return Measurement(selector, None, unit, 0, warnings=said)


def _matchers(where: Tags) -> tuple[Matcher, ...]:
    return tuple(Matcher(normal_form(label), glob) for label, glob in where)


def _worst(levels: list[Level], across: str) -> Level:
    pick = min if across == "min" else max
    return pick(levels, key=lambda level: level.value)


def _count(evaluation: Evaluation, spec: SignalSpec, windows: Windows) -> int:
    levels = evaluation.levels(Leaf(spec.name, Part.COUNT, window="increase"), windows)
    return round(sum(level.value for level in levels if not np.isnan(level.value)))


def _share(stat: str) -> float | None:
    if stat in {"med", "median"}:
        return 0.5
    match = _PERCENTILE.fullmatch(stat)
    return float(match[1]) / 100 if match else None


def _statistic(stat: str) -> Callable[[Floats], float] | None:
    share = _share(stat)
    if share is not None:
        return lambda values: float(np.quantile(values, share))
    return {
        "max": lambda values: float(np.max(values)),
        "peak": lambda values: float(np.max(values)),
        "min": lambda values: float(np.min(values)),
        "last": lambda values: float(values[-1]),
        "value": lambda values: float(values[-1]),
    }.get(stat)
