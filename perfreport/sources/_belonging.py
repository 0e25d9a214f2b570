"""How well a summary, plan, console log or exit code fits a run, by what both of them say.

Each function returns a score (more is surer) or None where the two contradict each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.load import MetricType
from perfreport.model.units import NS_PER_SECOND
from perfreport.sources._k6_summary import typed

if TYPE_CHECKING:
    from perfreport.model.load import (
        ConsoleLog,
        ExitStatus,
        LoadPlan,
        LoadSummary,
        SummaryMetric,
    )
    from perfreport.store import SampleStore

_EQUAL = 1e-6  # a CSV keeps six decimals
_MOST_COMPARED = 16  # each costs a pass over its samples
_TELLING = frozenset({
    "http_reqs", "http_req_failed", "http_req_duration", "http_req_waiting", "iterations",
    "iteration_duration", "checks", "data_received", "dropped_iterations",
})  # fmt: skip
_SLACK_SECONDS = 60.0
_THRESHOLDS_CROSSED = 99
_ABORTED = 105
_KILLED = 137

_LATE_FLUSH = 1.05  # a killed k6 has shown iterations that it had not yet written

_NAMED = 300  # k6 itself said which file it writes

CERTAIN, LIKELY, POSSIBLE = 100, 20, 1


@dataclass(frozen=True, slots=True)
class Seen:
    """What the files of a run say of it: names, time, and iterations (of each, and of all)."""

    files: frozenset[str]
    window: tuple[int, int] | None
    iterations: frozenset[float]
    scenarios: frozenset[str]
    torn: bool


@dataclass(slots=True)
class Comparison:
    """Counts and extremes that a summary and samples have in common."""

    equal: int = 0
    fewer: tuple[tuple[str, int, int], ...] = ()  # metric, samples, summary
    more: int = 0
    extremes: int = 0  # equal minima and maxima that are not zero
    outside: int = 0  # extremes of the samples beyond the summary's


def compare(summary: LoadSummary, store: SampleStore) -> Comparison:
    """Hold a summary against samples, metric by metric."""
    found = Comparison()
    told = [
        metric
        for metric in typed(summary.metrics, store.declarations)
        if "{" not in metric.name and metric.type not in {None, MetricType.GAUGE}
    ]
    told.sort(key=lambda metric: (metric.name not in _TELLING, metric.name))
    for metric in told[:_MOST_COMPARED]:
        values = dict(metric.values)
        said, have = _count(metric, values), _measured_count(metric, store)
        if said is not None:
            if math.isclose(said, have, rel_tol=_EQUAL, abs_tol=_EQUAL):
                found.equal += 1
            elif have < said:
                found.fewer = (*found.fewer, (metric.name, round(have), round(said)))
            else:
                found.more += 1
        if metric.type is MetricType.TREND and store.count(metric.name):
            _compare_extremes(found, values, store, metric.name)
    return found


def summary_fits(found: Comparison, *, torn: bool) -> int | None:
    """A summary counts what the samples hold, or more of the same where the file is cut short."""
    if found.more > found.equal or (found.outside and not found.extremes):
        return None
    if found.equal and found.equal >= len(found.fewer):
        return CERTAIN + found.equal + found.extremes
    if found.fewer and not found.more:
        if found.extremes:
            return LIKELY + found.extremes
        return POSSIBLE if torn else None
    return CERTAIN if found.extremes else POSSIBLE


def same_run(one: LoadSummary, other: LoadSummary) -> bool:
    """Whether two summaries tell of the same run: all counts they share are equal."""
    mine = {metric.name: _count(metric, dict(metric.values)) for metric in one.metrics}
    theirs = {metric.name: _count(metric, dict(metric.values)) for metric in other.metrics}
    pairs = [(mine[name], theirs[name]) for name in mine.keys() & theirs.keys()]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(known) and all(math.isclose(a, b, rel_tol=_EQUAL) for a, b in known)


def plan_fits(plan: LoadPlan, run: Seen) -> int | None:
    """The plan knows every scenario that ran."""
    planned = {scenario.name for scenario in plan.scenarios}
    if not planned or not run.scenarios:
        return POSSIBLE
    if not run.scenarios <= planned:
        return None
    return LIKELY if run.scenarios == planned and planned != {"default"} else POSSIBLE + 1


def console_fits(console: ConsoleLog, clock: tuple[int, int] | None, run: Seen) -> int | None:
    """A console log names the run's files, counts its iterations and lies in its time.

    `clock` is the console's own window. Its last progress line may come before the last samples
    (a killed run), and a torn file may end before the console does.
    """
    score = POSSIBLE
    if run.files & set(console.outputs):
        score += _NAMED
    elif run.files & {name.removesuffix(".gz") for name in console.outputs}:
        score += LIKELY
    if clock is not None and run.window is not None:
        slack = round(_SLACK_SECONDS * NS_PER_SECOND)
        late = clock[0] > run.window[1] + slack and not run.torn
        if late or clock[1] < run.window[0] - slack:
            return None
        score += LIKELY
    counted = _iterations_fit(console, run)
    return None if counted is None else score + counted


def _iterations_fit(console: ConsoleLog, run: Seen) -> int | None:
    """Compare the last progress line with the iterations of the samples."""
    complete = console.complete_iterations
    if complete is None or not run.iterations:
        return 0
    if complete in run.iterations:
        return CERTAIN if complete else LIKELY
    if run.torn:
        return 0
    if complete > max(run.iterations) * _LATE_FLUSH + 10:
        return None
    if console.aborted_by is not None or console.crossed_thresholds is not None:
        return None  # the console shows the end: all were counted
    if run.window is not None and console.seconds is not None:
        length = (run.window[1] - run.window[0]) / NS_PER_SECOND
        if abs(length - console.seconds) > max(2.0, 0.1 * length):
            return None
    return 0


def exit_fits(
    status: ExitStatus, console: ConsoleLog | None, summary: LoadSummary | None
) -> int | None:
    """An exit code agrees with how the console and the summary say the run ended."""
    code = status.code
    crossed = None
    if summary is not None and any(entry.ok is not None for entry in summary.thresholds):
        crossed = any(entry.ok is False for entry in summary.thresholds)
    if console is not None and console.crossed_thresholds:
        crossed = True
    aborted = console.aborted_by if console is not None else None
    if code == 0 and (aborted or crossed):
        return None
    if code == _THRESHOLDS_CROSSED and crossed is False:
        return None
    if code == _ABORTED:
        if console is not None and aborted not in {"interrupt", "terminated"}:
            return None
        return LIKELY if aborted else POSSIBLE
    if code == _KILLED:
        return None if summary is not None or aborted or crossed else LIKELY
    return LIKELY if crossed is not None else POSSIBLE


def _count(metric: SummaryMetric, values: dict[str, float | None]) -> float | None:
    """Return what a summary counts of a metric: samples, or a counter's sum."""
    if metric.type is MetricType.RATE:
        passes, fails = values.get("passes"), values.get("fails")
        return None if passes is None or fails is None else passes + fails
    return values.get("count")


def _measured_count(metric: SummaryMetric, store: SampleStore) -> float:
    if metric.type is not MetricType.COUNTER:
        return store.count(metric.name)
    return sum(total.sum for total in store.totals(metric.name))


def _compare_extremes(
    found: Comparison, values: dict[str, float | None], store: SampleStore, name: str
) -> None:
    total = store.totals(name)[0]
    for said, have, beyond in (
        (values.get("min"), total.min, -1),
        (values.get("max"), total.max, 1),
    ):
        if said is None:
            continue
        if math.isclose(said, have, rel_tol=1e-9, abs_tol=1e-12):
            found.extremes += said != 0
        elif (have - said) * beyond > 0:
            found.outside += 1
