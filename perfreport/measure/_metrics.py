"""Every statistic of every metric, and the answers to selectors: one read per metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure import _submetrics
from perfreport.measure._requests import failed_rows, outside_load
from perfreport.measure._statistics import STATISTICS, Sink, Statistic, unit_of
from perfreport.model.builtin import BUILTIN
from perfreport.model.load import Contains, MetricType
from perfreport.model.measurement import WHOLE_RUN, Measurement, Selector
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perfreport.measure._duration import Duration
    from perfreport.measure._summary import Summaries
    from perfreport.model.load import Tags
    from perfreport.model.phase import Phase, Phases
    from perfreport.model.run import TestRun
    from perfreport.store import Samples, SampleStore

_SUCCESSFUL: Tags = (("expected_response", "true"),)


class Metrics:
    """All there is to ask of the metrics of one run; samples or summary may be missing."""

    def __init__(
        self,
        run: TestRun,
        store: SampleStore | None,
        summaries: Summaries,
        phases: Phases,
        duration: Duration,
    ) -> None:
        self._run = run
        self._store = store
        self._summaries = summaries
        self._phases = phases
        self._duration = duration

    def kind(self, metric: str) -> tuple[MetricType | None, Contains | None]:
        """Type and content of a metric: as declared, as the summary says, or as k6 always has."""
        declared = self._store.declaration(metric) if self._store else None
        if declared is not None and (declared.declared or metric in BUILTIN):
            return declared.type, declared.contains
        told = self._summaries.declared(metric)
        if told is not None:
            return told.type, told.contains
        if declared is not None:
            return declared.type, declared.contains
        return BUILTIN.get(metric, (None, None))

    def measured(
        self, selectors: Sequence[Selector]
    ) -> tuple[tuple[Measurement, ...], tuple[Measurement | None, ...]]:
        """Whole-run statistics of all metrics, and the answers to `selectors` in their order.

        An answer is None where nothing of that name is known of k6: it may be a server signal.
        """
        slots = self._slots()
        answers: list[Measurement | None] = [None] * len(selectors)
        names = dict.fromkeys([
            *(self._store.metrics if self._store else ()),
            *(name for name, _ in slots),
        ])
        names.update(dict.fromkeys(selector.metric for selector in selectors))
        whole: list[Measurement] = []
        for name in names:
            asked = [number for number, selector in enumerate(selectors) if selector.metric == name]
            view = _View(self._store, name, self._phases, self._duration, self.kind(name)[0])
            for where, stats in (
                (where, stats) for (metric, where), stats in slots.items() if metric == name
            ):
                whole += (
                    self._answer(view, Selector(name, stat, where), globs=False) for stat in stats
                )
            if not self._is_known(name, view):
                continue
            for number in asked:
                answers[number] = self._answer(view, selectors[number], globs=True)
        return tuple(whole), tuple(answers)

    def _is_known(self, name: str, view: _View) -> bool:
        return (
            bool(view)
            or name in BUILTIN
            or self._summaries.declared(name) is not None
            or self._summaries.knows(name, ())
        )

    def _slots(self) -> dict[tuple[str, Tags], tuple[str, ...]]:
        """(metric, tags) → the statistics that belong to it."""
        named = _submetrics.named(self._run)
        extra = _submetrics.percentiles(self._run)
        keys: dict[tuple[str, Tags], None] = {}
        for metric in self._store.metrics if self._store else ():
            keys[metric, ()] = None
        for (metric, where), with_threshold in named.items():
            if with_threshold or self._summaries.knows(metric, where) or self._has(metric, where):
                keys[metric, where] = None
        slots: dict[tuple[str, Tags], tuple[str, ...]] = {}
        for metric, where in sorted(keys, key=lambda key: (key[0], bool(key[1]))):
            kind = self.kind(metric)[0]
            if kind is None:
                continue
            more = extra.get((metric, where), ()) if kind is MetricType.TREND else ()
            slots[metric, where] = tuple(dict.fromkeys((*STATISTICS[kind], *more)))
        return slots

    def _has(self, metric: str, where: Tags) -> bool:
        if self._store is None or not self._store.count(metric):
            return False
        return not where or bool(self._store.tagsets_where(where, globs=False).any())

    def _answer(self, view: _View, selector: Selector, *, globs: bool) -> Measurement:
        kind, contains = self.kind(selector.metric)
        unit = unit_of(kind, contains, selector.stat)
        sampled = view.statistic(selector, globs=globs) if view else None
        if view and sampled is None and kind is not None:
            wrong = message(
                "measure.no-such-statistic",
                metric=selector.metric,
                stat=selector.stat,
                type=kind.value,
            )
            return Measurement(selector, None, unit, 0, warnings=(wrong,))
        where = tuple(sorted(selector.where))
        if selector.only_successful:
            where = tuple(sorted({**dict(where), **dict(_SUCCESSFUL)}.items()))
        statistic = sampled or Statistic(None, 0)
        if selector.phase == WHOLE_RUN:
            statistic = self._summaries.settled(selector.metric, where, selector.stat, sampled)
        by_time = kind is MetricType.COUNTER and selector.stat == "rate"
        return Measurement(
            selector,
            statistic.value,
            unit,
            statistic.n,
            statistic.interval,
            estimated=by_time and self._duration.estimated and selector.phase == WHOLE_RUN,
            warnings=statistic.warnings,
        )


class _View:
    """The samples of one metric and the parts of it that were asked for, each sorted once."""

    def __init__(
        self,
        store: SampleStore | None,
        metric: str,
        phases: Phases,
        duration: Duration,
        kind: MetricType | None,
    ) -> None:
        self._store = store
        self._phases = phases
        self._duration = duration
        self._kind = kind
        self._samples: Samples | None = None
        self._sinks: dict[tuple[object, ...], Sink] = {}
        if store is not None and store.count(metric):
            self._samples = store.samples(metric)

    def __bool__(self) -> bool:
        return self._samples is not None

    def statistic(self, selector: Selector, *, globs: bool) -> Statistic | None:
        """One statistic of the part that a selector chooses."""
        if self._samples is None or self._kind is None:
            return None
        key = (selector.where, selector.phase, selector.only_successful, globs)
        if key not in self._sinks:
            self._sinks[key] = self._sink(self._samples, selector, globs=globs)
        return self._sinks[key].statistic(selector.stat)

    def _sink(self, samples: Samples, selector: Selector, *, globs: bool) -> Sink:
        store = self._store
        assert store is not None  # noqa: S101 - there are samples
        assert self._kind is not None  # noqa: S101 - asked before
        seconds = self._duration.seconds
        chosen = None
        if selector.where:
            chosen = store.tagsets_where(selector.where, globs=globs)
        if selector.phase != WHOLE_RUN:
            outside = ~outside_load(store)
            chosen = outside if chosen is None else chosen & outside
        rows = None if chosen is None else chosen[samples.tagsets]
        if selector.phase != WHOLE_RUN:
            matching = self._phases.matching(selector.phase)
            inside = _inside(samples, matching)
            rows = inside if rows is None else rows & inside
            seconds = sum(phase.seconds for phase in matching)
        if selector.only_successful and selector.metric.startswith("http_req"):
            good = ~failed_rows(store, samples)[0]
            rows = good if rows is None else rows & good
        values = samples.values if rows is None else samples.values[rows]
        return Sink(self._kind, values, seconds)


def _inside(
    samples: Samples, phases: Iterable[Phase]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    inside = np.zeros(len(samples), np.bool_)
    for phase in phases:
        inside |= (samples.times_ns >= phase.start_ns) & (samples.times_ns < phase.end_ns)
    return inside
