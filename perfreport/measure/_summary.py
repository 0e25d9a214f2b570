"""What k6's own summary says of a metric: the authority on whole-run statistics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.measure import _submetrics
from perfreport.measure._duration import is_distributed
from perfreport.measure._statistics import Statistic, too_few
from perfreport.model.load import LoadSummary
from perfreport.model.message import message

if TYPE_CHECKING:
    from perfreport.model.load import SummaryMetric, Tags
    from perfreport.model.run import TestRun

_TOLERANCE = 1e-9
# In k6's summary statistics of one name may stand under another, by summary shape.
_ALSO = {"med": ("p(50)",), "p(50)": ("med",)}


class Summaries:
    """The statistics of every metric that the run's summaries hold.

    Of a distributed run every instance has a summary of its own part: none speaks for the whole.
    """

    def __init__(self, run: TestRun) -> None:
        self._metrics: dict[tuple[str, Tags], dict[str, float]] = {}
        self._declared: dict[str, SummaryMetric] = {}
        if is_distributed(run):
            return
        for metric in (entry for fact in run.of(LoadSummary) for entry in fact.metrics):
            key = _submetrics.parse(metric.name)
            known = self._metrics.setdefault(key, {})
            for stat, value in metric.values:
                if value is not None and math.isfinite(value):
                    known.setdefault(stat, value)
            if metric.type is not None and not key[1]:
                self._declared.setdefault(key[0], metric)

    def declared(self, metric: str) -> SummaryMetric | None:
        """A metric with its type, where a summary tells it."""
        return self._declared.get(metric)

    def knows(self, metric: str, where: Tags) -> bool:
        """Whether a summary holds this (sub)metric."""
        return (metric, where) in self._metrics

    def n(self, metric: str, where: Tags) -> int:
        """Number of samples, 0 where the summary does not tell it."""
        values = self._metrics.get((metric, where), {})
        if "passes" in values and "fails" in values:
            return round(values["passes"] + values["fails"])
        if "count" in values:
            return round(values["count"])
        # Every request has one sample of each of these, every iteration one duration.
        twin = {"iteration_duration": "iterations"}.get(metric)
        if metric.startswith("http_req_"):
            twin = "http_reqs"
        return round(self._metrics.get((twin, where), {}).get("count", 0)) if twin else 0

    def value(self, metric: str, where: Tags, stat: str) -> float | None:
        """A statistic as the summary has it."""
        values = self._metrics.get((metric, where), {})
        for name in (stat, *_ALSO.get(stat, ())):
            if name in values:
                return values[name]
        return None

    def settled(self, metric: str, where: Tags, stat: str, sampled: Statistic | None) -> Statistic:
        """The summary's statistic where it differs from the sampled one, with a warning.

        Samples get lost (a torn file, an infinite value that k6 2.x can't write); the summary was
        computed before that. Zeros that k6 prints for metrics without a sample measure nothing.
        """
        told = self.value(metric, where, stat)
        if told is None:
            return sampled or Statistic(None, 0)
        if sampled is None or sampled.value is None:
            n = self.n(metric, where)
            if not n and told == 0 and stat not in {"count", "rate"}:
                return sampled or Statistic(None, 0)
            if sampled is None:
                return Statistic(told, n, warnings=too_few(stat, n))
            return self._instead(sampled, told, n)
        if math.isclose(told, sampled.value, rel_tol=_TOLERANCE, abs_tol=1e-12):
            return sampled
        if math.isinf(sampled.value):
            return sampled
        return self._instead(sampled, told, self.n(metric, where) or sampled.n)

    @staticmethod
    def _instead(sampled: Statistic, told: float, n: int) -> Statistic:
        if sampled.value is None and told == 0:
            return Statistic(told, n, None, sampled.warnings)
        warning = message("measure.summary-differs", n_summary=n, n_samples=sampled.n)
        return Statistic(told, n, None, (*sampled.warnings, warning))
