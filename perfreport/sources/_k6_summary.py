"""What k6's three kinds of end-of-test summary have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from perfreport.model.builtin import BUILTIN
from perfreport.model.load import (
    CheckCount,
    Contains,
    LoadSummary,
    MetricType,
    ScriptThreshold,
    SummaryMetric,
)
from perfreport.model.message import message
from perfreport.model.source import Clock, ClockKind, Problem
from perfreport.sources._json import mapping, number, parsed
from perfreport.sources._spec import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfreport.model.load import MetricDeclaration
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Input

KIND = "k6-summary"
_MS_PER_SECOND = 1000.0
_NS_PER_MS = 1_000_000
_UNITLESS = frozenset({"count", "rate", "passes", "fails"})


def builtin_contains(name: str) -> Contains | None:
    """What k6's own metrics hold; None for a metric of the script. `name` may be a submetric's."""
    known = BUILTIN.get(name.split("{", 1)[0])
    return known[1] if known else None


def in_base_units(
    values: dict[str, float | None], kind: MetricType | None, contains: Contains | None
) -> tuple[tuple[str, float | None], ...]:
    """Convert milliseconds to seconds; a trend's count stays a count.

    A counter of a `time` metric adds up milliseconds, so that its count is a time, too.
    """
    if contains is not Contains.TIME or kind is MetricType.RATE:
        return tuple(values.items())
    plain = frozenset[str]() if kind is MetricType.COUNTER else _UNITLESS
    return tuple(
        (stat, value if value is None or stat in plain else value / _MS_PER_SECOND)
        for stat, value in values.items()
    )


def typed(
    metrics: Iterable[SummaryMetric], declared: tuple[MetricDeclaration, ...]
) -> Iterator[SummaryMetric]:
    """Fill in what `--summary-export` does not tell: the unit of the script's own metrics."""
    known = {entry.name: entry for entry in declared if entry.declared}
    for metric in metrics:
        entry = known.get(metric.name.split("{", 1)[0])
        if metric.contains is not None or entry is None:
            yield metric
            continue
        values = in_base_units(dict(metric.values), entry.type, entry.contains)
        yield SummaryMetric(metric.name, entry.type, entry.contains, values)


def seconds_of(milliseconds: float) -> float:
    """Return k6's own run duration: it divides by whole nanoseconds."""
    return round(milliseconds * _NS_PER_MS) / 1e9


def metric_type(value: object) -> MetricType | None:
    """Return the type k6 names, None for anything else."""
    return next((kind for kind in MetricType if kind == value), None)


def metric_contains(value: object, name: str) -> Contains | None:
    """Return what k6 says a metric holds, or what its own metrics of that name hold."""
    said = next((contains for contains in Contains if contains == value), None)
    return said or builtin_contains(name)


@dataclass(slots=True)
class Draft:
    """A summary while it is being read."""

    metrics: list[SummaryMetric] = field(default_factory=list)
    thresholds: list[ScriptThreshold] = field(default_factory=list)
    checks: list[CheckCount] = field(default_factory=list)
    seconds: float | None = None
    k6_version: str | None = None
    lost: int = 0
    start_ns: int | None = None
    end_ns: int | None = None

    def add(
        self, name: str, values: dict[str, Any], kind: MetricType | None, contains: Contains | None
    ) -> None:
        """Take over one metric; statistics that are not numbers are no data, never 0."""
        numbers = {str(stat): number(value) for stat, value in values.items()}
        self.metrics.append(
            SummaryMetric(name, kind, contains, in_base_units(numbers, kind, contains))
        )

    def check(self, group: str, entry: object) -> None:
        """Take over one check."""
        fields = mapping(entry)
        name, passes, fails = (fields.get(key) for key in ("name", "passes", "fails"))
        counts = number(passes), number(fails)
        if not isinstance(name, str) or counts[0] is None or counts[1] is None:
            self.lost += 1
            return
        self.checks.append(CheckCount(group, name, int(counts[0]), int(counts[1])))


def document(source: Input) -> tuple[dict[str, Any], int, list[Problem]]:
    """Return the JSON object in a file, characters lost, and what was wrong with it."""
    value, lost = parsed(source.text())
    problems = []
    if lost:
        problems.append(Problem(source.name, message("problem.json-torn", count=lost), count=1))
    return mapping(value), lost, problems


def reading(
    draft: Draft, name: str, problems: list[Problem], *, torn: bool, dialect: str
) -> Reading:
    """Finish a summary; `name` is its file."""
    requests = next((m for m in draft.metrics if m.name == "http_reqs"), None)
    summary: tuple[tuple[str, SummaryValue], ...] = (
        ("metrics", len(draft.metrics)),
        ("requests", _count(requests)),
        ("seconds", draft.seconds),
        ("seconds_estimated", False),
        ("checks", len(draft.checks)),
        ("thresholds", len(draft.thresholds)),
        ("crossed", sum(threshold.ok is False for threshold in draft.thresholds)),
    )
    if draft.lost:
        problems.append(
            Problem(
                name, message("problem.summary-entries-lost", count=draft.lost), None, draft.lost
            )
        )

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (
            LoadSummary(
                ref,
                draft.seconds,
                tuple(draft.metrics),
                tuple(draft.thresholds),
                tuple(draft.checks),
                draft.k6_version,
            ),
        )

    return Reading(
        facts if draft.metrics or draft.checks else lambda _: (),
        len(draft.metrics),
        draft.lost + torn,
        draft.start_ns,
        draft.end_ns,
        Clock(ClockKind.UTC if draft.end_ns is not None else ClockKind.UNKNOWN),
        dialect,
        tuple(problems),
        summary=summary,
    )


def _count(metric: SummaryMetric | None) -> int | None:
    value = dict(metric.values).get("count") if metric else None
    return None if value is None else int(value)
