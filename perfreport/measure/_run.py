"""All measurements of one run, put together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.measure._derived import bases, derive
from perfreport.measure._duration import duration_of
from perfreport.measure._metrics import Metrics
from perfreport.measure._requests import requests_of
from perfreport.measure._slices import slices_of
from perfreport.measure._statistics import unit_of
from perfreport.measure._summary import Summaries
from perfreport.measure._tables import checks_of, errors_of, scenarios_of, series_of, statuses_of
from perfreport.measure._timelines import timelines_of
from perfreport.measure.signals import measure_signals
from perfreport.model.load import LoadSamples
from perfreport.model.measurement import Measurement, Measurements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.measurement import Selector
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun


def measured(run: TestRun, phases: Phases, selectors: Sequence[Selector]) -> Measurements:
    """Compute everything; see `perfreport.measure.measure`."""
    samples = run.one(LoadSamples)
    store = samples.store if samples else None
    duration = duration_of(run)
    metrics = Metrics(run, store, Summaries(run), phases, duration)
    whole, answers = _answers(metrics, selectors)
    signals, server = measure_signals(run, phases, selectors)
    selected = tuple(server.get(one.selector, one) for one in answers)
    base = Measurements(
        seconds=duration.seconds,
        seconds_estimated=duration.estimated,
        metrics=whole,
        selected=selected,
        slices=(),
        errors=(),
        statuses=(),
        checks=checks_of(run, store),
        scenarios=(),
        timelines=(),
        series=(),
        phases=phases.phases,
        signals=signals,
    )
    if samples is None or store is None:
        return base
    requests = requests_of(store, phases.phases)
    return replace(
        base,
        slices=slices_of(store, requests, phases.phases, duration.seconds),
        errors=errors_of(store, requests),
        statuses=statuses_of(store, requests),
        scenarios=scenarios_of(store),
        timelines=timelines_of(requests, samples.start_ns, samples.end_ns),
        series=series_of(store),
        warnings=requests.warnings,
    )


def _answers(
    metrics: Metrics, selectors: Sequence[Selector]
) -> tuple[tuple[Measurement, ...], tuple[Measurement, ...]]:
    """Whole-run statistics and one answer per selector, derived ones from what they rest on."""
    asked = dict.fromkeys(selectors)
    for selector in selectors:
        asked.update(dict.fromkeys(bases(selector)))
    whole, answers = metrics.measured(tuple(asked))
    found = {
        selector: answer or Measurement(selector, None, unit_of(None, None, selector.stat), 0)
        for selector, answer in zip(asked, answers, strict=True)
    }
    for selector in selectors:
        if needed := bases(selector):
            found[selector] = derive(selector, tuple(found[one] for one in needed))
    return whole, tuple(found[selector] for selector in selectors)
