"""The facts of one run, made of the facts of all its files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.load import (
    CheckCount,
    ConsoleEvent,
    ConsoleLog,
    ExitStatus,
    LoadSamples,
    LoadSummary,
    MetricDeclaration,
)
from perfreport.sources._k6_summary import typed
from perfreport.store import SampleStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perfreport.model.source import Fact

_FORMS = ("handle-summary", "summary-export", "machine-readable")


def joined_facts(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the facts of a run: parts of a distributed run made one, the rest in order.

    The samples come first, then the summary that tells most, the console log and the exit code
    that tells of the worst end.
    """
    samples = [fact for fact in facts if isinstance(fact, LoadSamples)]
    summaries = [fact for fact in facts if isinstance(fact, LoadSummary)]
    consoles = [fact for fact in facts if isinstance(fact, ConsoleLog)]
    statuses = [fact for fact in facts if isinstance(fact, ExitStatus)]
    others = [
        fact
        for fact in facts
        if not isinstance(fact, LoadSamples | LoadSummary | ConsoleLog | ExitStatus)
    ]
    whole = [_declared(fact, summaries) for fact in _samples(samples)]
    declared = whole[0].declarations if whole else ()
    return (
        *whole,
        *_summaries(summaries, declared, distributed=len(samples) > 1),
        *_consoles(consoles),
        *sorted(statuses, key=lambda status: (status.code == 0, status.source.path)),
        *others,
    )


def _samples(facts: list[LoadSamples]) -> list[LoadSamples]:
    if len(facts) < 2:
        return facts
    store = SampleStore.merged([fact.store for fact in facts])
    thresholds = dict.fromkeys(entry for fact in facts for entry in fact.thresholds)
    whole = LoadSamples(
        source=facts[0].source,
        store=store,
        declarations=store.declarations,
        thresholds=tuple(thresholds),
        start_ns=min(fact.start_ns for fact in facts),
        end_ns=max(fact.end_ns for fact in facts),
        paths=tuple(path for fact in facts for path in fact.paths),
        offset_seconds=facts[0].offset_seconds,
    )
    return [whole]


def _declared(fact: LoadSamples, summaries: Iterable[LoadSummary]) -> LoadSamples:
    """Replace guessed types of metrics (a CSV declares none) by what a summary tells."""
    guesses = {entry.name: entry for entry in fact.declarations if not entry.declared}
    better = {
        metric.name: MetricDeclaration(metric.name, metric.type, metric.contains)
        for summary in summaries
        for metric in summary.metrics
        if metric.name in guesses and metric.type is not None and metric.contains is not None
    }
    if not better:
        return fact
    store = fact.store.declared_as(tuple(better.values()))
    return replace(fact, store=store, declarations=store.declarations)


def _summaries(
    facts: list[LoadSummary], declared: tuple[MetricDeclaration, ...], *, distributed: bool
) -> list[LoadSummary]:
    told = [replace(fact, metrics=tuple(typed(fact.metrics, declared))) for fact in facts]
    told.sort(key=lambda fact: (_FORMS.index(fact.source.dialect), fact.source.path))
    return [_of_all(told)] if distributed and told else told


def _of_all(facts: list[LoadSummary]) -> LoadSummary:
    """What the summaries of a distributed run's parts say of the whole.

    Its duration is that of the longest part. Percentiles don't add up and verdicts of parts are
    none of the whole, so neither is kept; checks do add up where every part gives its own.
    """
    seconds = [fact.seconds for fact in facts if fact.seconds is not None]
    thresholds = dict.fromkeys(replace(entry, ok=None) for f in facts for entry in f.thresholds)
    form = facts[0].source.dialect
    checks: dict[tuple[str, str], tuple[int, int]] = {}
    for check in (entry for f in facts if f.source.dialect == form for entry in f.checks):
        passes, fails = checks.get((check.group, check.name), (0, 0))
        checks[check.group, check.name] = (passes + check.passes, fails + check.fails)
    return LoadSummary(
        source=facts[0].source,
        seconds=max(seconds, default=None),
        metrics=(),
        thresholds=tuple(thresholds),
        checks=tuple(CheckCount(*key, *counts) for key, counts in checks.items()),
        k6_version=facts[0].k6_version,
    )


def _consoles(facts: list[ConsoleLog]) -> list[ConsoleLog]:
    if len(facts) < 2:
        return facts
    return [
        ConsoleLog(
            source=facts[0].source,
            exceptions=_together(fact.exceptions for fact in facts),
            request_failures=_together(fact.request_failures for fact in facts),
            insufficient_vus=_together(fact.insufficient_vus for fact in facts),
            script_output=_together(fact.script_output for fact in facts),
            other_errors=_together(fact.other_errors for fact in facts),
            crossed_thresholds=_first(fact.crossed_thresholds for fact in facts),
            aborted_by=_first(fact.aborted_by for fact in facts),
            lost_samples=sum(fact.lost_samples for fact in facts),
            seconds=_most(fact.seconds for fact in facts),
            interrupted_iterations=_sum(fact.interrupted_iterations for fact in facts),
            complete_iterations=_sum(fact.complete_iterations for fact in facts),
            max_vus_seen=_sum(fact.max_vus_seen for fact in facts),
            outputs=tuple(dict.fromkeys(name for fact in facts for name in fact.outputs)),
            scenarios=tuple(dict.fromkeys(name for fact in facts for name in fact.scenarios)),
        )
    ]


def _together(groups: Iterable[tuple[ConsoleEvent, ...]]) -> tuple[ConsoleEvent, ...]:
    return tuple(sorted((e for group in groups for e in group), key=lambda e: (-e.count, e.line)))


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
