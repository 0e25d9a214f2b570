"""All series of a run, joined over files: one series per signal, part and set of labels."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from perfreport.measure._signal_events import EVENTS, PAUSE, gc_series
from perfreport.measure.silence import heard, silences
from perfreport.model.signal import SignalKind, Signals
from perfreport.signals import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from perfreport.measure.silence import Spans
    from perfreport.model.load import Tags
    from perfreport.model.run import TestRun
    from perfreport.model.signal import Part, SignalSeries

# Labels that tell one watched process or host from another, whatever a signal speaks of.
IDENTITY = frozenset(
    {"instance", "pod", "host", "hostname", "node", "namespace", "application", "job"}
    | {"service", "container", "process", "file"}
)
_CERTAIN_IDENTITY = frozenset({"instance", "pod", "process"})


@dataclass(frozen=True, eq=False)
class RunSignals:
    """Every series on the run's clock, and apart from them those that no clock places."""

    series: tuple[SignalSeries, ...]
    unplaced: tuple[SignalSeries, ...] = ()
    _silent: dict[str, Spans] = field(default_factory=dict, repr=False)

    @cached_property
    def by_signal(self) -> Mapping[str, tuple[SignalSeries, ...]]:
        """Series by the name of their signal."""
        found: dict[str, list[SignalSeries]] = {}
        for one in self.series:
            found.setdefault(one.signal, []).append(one)
        return {name: tuple(several) for name, several in found.items()}

    def heard(
        self, names: Iterable[str], windows: Sequence[tuple[int, int]]
    ) -> tuple[tuple[int, int], ...]:
        """Windows in which no sampled signal of these fell silent for more than half the time."""
        spans = tuple(span for name in sorted(set(names)) for span in self._silences(name))
        return heard(spans, windows)

    def _silences(self, name: str) -> Spans:
        if name not in self._silent:
            several = self.by_signal.get(name, ()) if name not in EVENTS else ()
            times = [one.times_ns for one in several]
            self._silent[name] = silences(np.unique(np.concatenate(times))) if times else ()
        return self._silent[name]

    @cached_property
    def lone(self) -> RunSignals:
        """Running totals that were seen once only: all they tell is "since the process started"."""
        once = [
            replace(one, times_ns=one.times_ns[:1], values=one.values[:1])
            for one in (*self.series, *self.unplaced)
            if one.kind is SignalKind.COUNTER and len(one.times_ns) == 1
        ]
        return RunSignals(tuple(once))


def join(run: TestRun) -> RunSignals:
    """Join the series of all files of a run.

    Where several dialects tell of one signal, the one with most samples is taken: adding them up
    would count the same thing twice. Signals of hosts are kept per file instead, because files of
    several hosts may lie side by side.
    """
    placed: dict[str, dict[str, list[tuple[str, SignalSeries]]]] = {}
    unplaced: list[SignalSeries] = []
    for fact in run.of(Signals):
        source = fact.source
        for one in fact.series:
            if not source.clock.correlated:
                unplaced.append(one)
                continue
            dialects = placed.setdefault(one.signal, {})
            dialects.setdefault(f"{source.kind} {source.dialect}", []).append((source.path, one))
    series: list[SignalSeries] = []
    for name in sorted(placed):
        dialects = placed[name]
        if len(dialects) > 1 and _apart(name):
            every = [entry for dialect in sorted(dialects) for entry in dialects[dialect]]
            series += _joined(every, keep_files=True)
        else:
            best = max(sorted(dialects), key=lambda dialect: _samples(dialects[dialect]))
            series += _joined(dialects[best], keep_files=False)
    return RunSignals(_with_gc_logs(run, series), tuple(unplaced))


def _with_gc_logs(run: TestRun, series: list[SignalSeries]) -> tuple[SignalSeries, ...]:
    logged = gc_series(run)
    exported = {
        tuple(label for label in one.labels if label[0] in IDENTITY)
        for one in series
        if one.signal == PAUSE
    }
    processes = {one.labels for one in logged if one.signal == PAUSE}
    if len(processes) < len(exported):
        return (*series, *(one for one in logged if one.signal != PAUSE))
    return (*(one for one in series if one.signal != PAUSE or not processes), *logged)


def _apart(name: str) -> bool:
    spec = catalogue().signals.get(name)
    return name.startswith("system.") and (spec is None or spec.across in {"max", "min"})


def _samples(entries: Iterable[tuple[str, SignalSeries]]) -> int:
    return sum(len(one.times_ns) for _, one in entries)


def _joined(entries: list[tuple[str, SignalSeries]], *, keep_files: bool) -> Iterator[SignalSeries]:
    groups: dict[tuple[Part, Tags], list[tuple[str, SignalSeries]]] = {}
    for path, one in entries:
        groups.setdefault((one.part, one.labels), []).append((path, one))
    for _, several in sorted(groups.items(), key=lambda group: (group[0][0], group[0][1])):
        several.sort(key=lambda entry: (int(entry[1].times_ns[0]), entry[0]))
        if keep_files or not _one_series([one for _, one in several]):
            for path, one in several:
                labels = tuple(sorted((*one.labels, ("file", path))))
                yield replace(one, labels=labels)
        else:
            yield _merged([one for _, one in several])


def _one_series(several: list[SignalSeries]) -> bool:
    """Whether series of equal labels in several files are one, not several unlabelled processes."""
    if any(name in _CERTAIN_IDENTITY for name, _ in several[0].labels):
        return True
    for earlier, later in pairwise(several):
        if earlier.times_ns[-1] < later.times_ns[0]:
            continue
        common, left, right = np.intersect1d(
            earlier.times_ns, later.times_ns, assume_unique=True, return_indices=True
        )
        same = np.array_equal(earlier.values[left], later.values[right], equal_nan=True)
        if not len(common) or not same:
            return False
    return True


def _merged(several: list[SignalSeries]) -> SignalSeries:
    if len(several) == 1:
        return several[0]
    times = np.concatenate([one.times_ns for one in several])
    values = np.concatenate([one.values for one in several])
    unique, first = np.unique(times, return_index=True)
    return replace(several[0], times_ns=unique, values=values[first])
