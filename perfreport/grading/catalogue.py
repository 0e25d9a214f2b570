"""What an objective may name: metrics with their type, unit and legal statistics.

The names are data (`metrics.yaml` beside this module, joined by the canonical signals of
`perfreport.signals`); what a metric type allows is code, because it is k6's.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from perfreport.model.load import Contains, MetricType
from perfreport.model.units import Unit

_DATA = Path(__file__).with_name("metrics.yaml")
_K6_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{1,128}")  # k6 rejects any other metric name
_PERCENTILE = re.compile(r"p\((\d+(?:\.\d+)?)\)")
_ALIKE = 0.86  # ratio of likeness above which an unknown name is a typing error

_PLAIN_STATS = {
    MetricType.TREND: ("avg", "min", "med", "max", "count"),
    MetricType.COUNTER: ("count", "rate"),
    MetricType.GAUGE: ("value", "min", "max"),
    MetricType.RATE: ("rate",),
}
_SIGNAL_STATS = ("peak", "mean", "min", "first", "last", "count")


class Family(StrEnum):
    """Where the values of a metric come from."""

    K6 = "k6"
    DERIVED = "derived"
    SIGNAL = "signal"
    CUSTOM = "custom"  # a metric of the user's own script


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric. `type` None: a custom metric of which nothing is known yet, or a signal."""

    name: str
    family: Family
    type: MetricType | None = None
    contains: Contains = Contains.DEFAULT
    unit: Unit | None = None  # of a derived metric or signal
    same_as: str | None = None
    worded: bool = True  # the catalogues of words have a name for it

    def allows(self, stat: str) -> bool:
        """Whether the statistic is legal for this metric."""
        number = percentile(stat)
        if number is not None:
            return self.family is Family.SIGNAL or self.type in {None, MetricType.TREND}
        return stat in self.stats

    @property
    def stats(self) -> tuple[str, ...]:
        """Legal statistics without a parameter, in the order worth suggesting."""
        if self.family is Family.SIGNAL:
            return _SIGNAL_STATS
        if self.family is Family.DERIVED:
            return ("rate",)
        if self.type is None:
            return tuple(sorted({stat for stats in _PLAIN_STATS.values() for stat in stats}))
        return _PLAIN_STATS[self.type]

    @property
    def usual_stat(self) -> str | None:
        """The statistic meant when none is given; None where there is a choice."""
        if self.family is Family.DERIVED or self.type is MetricType.RATE:
            return "rate"
        if self.family is Family.SIGNAL:
            return "peak"
        return "value" if self.type is MetricType.GAUGE else None

    def unit_of(self, stat: str) -> Unit | None:
        """Base unit of a statistic; None where only the limit can tell (a custom metric)."""
        if stat == "count" and self.type is not MetricType.COUNTER:
            return Unit.COUNT
        if self.family in {Family.DERIVED, Family.SIGNAL}:
            return self.unit
        return None if self.type is None else _unit_by_type(self.type, self.contains, stat)


def _unit_by_type(kind: MetricType, contains: Contains, stat: str) -> Unit:
    if kind is MetricType.RATE:
        return Unit.RATIO
    if kind is MetricType.COUNTER:
        per_second = stat == "rate"
        if contains is Contains.DATA:
            return Unit.BYTES_PER_SECOND if per_second else Unit.BYTES
        return Unit.PER_SECOND if per_second else Unit.COUNT
    if contains is Contains.TIME:
        return Unit.SECONDS
    if contains is Contains.DATA:
        return Unit.BYTES
    return Unit.COUNT if kind is MetricType.GAUGE else Unit.NONE


def percentile(stat: str) -> float | None:
    """The N of `p(N)`, or None for any other statistic (and for N above 100)."""
    found = _PERCENTILE.fullmatch(stat.replace(" ", ""))
    number = float(found[1]) if found else None
    return number if number is not None and number <= 100 else None


@cache
def known_metrics() -> dict[str, MetricSpec]:
    """Every metric the catalogues name, by name."""
    import yaml

    tables: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    found: dict[str, MetricSpec] = {}
    for name, entry in tables["signals"].items():
        found[name] = MetricSpec(name, Family.SIGNAL, unit=Unit(entry["unit"]))
    for name, entry in tables["k6"].items():
        contains = Contains(entry.get("contains", "default"))
        found[name] = MetricSpec(name, Family.K6, MetricType(entry["type"]), contains)
    for name, entry in tables["derived"].items():
        same_as = entry.get("same_as")
        if same_as is None:
            found[name] = MetricSpec(name, Family.DERIVED, unit=Unit(entry["unit"]))
        else:
            like = found[same_as]
            found[name] = MetricSpec(name, like.family, like.type, like.contains, same_as=same_as)
    return found


@cache
def _signal_units() -> dict[str, Unit]:
    """Base unit of every canonical and derived signal."""
    from perfreport.signals import catalogue

    known = catalogue()
    units = {name: spec.unit for name, spec in known.signals.items()}
    return units | {name: spec.unit for name, spec in known.derived.items()}


def find_metric(name: str) -> MetricSpec | None:
    """Look a metric up; a name that a script's own metric may have is a custom one.

    None: no run can have a metric of that name, or it is a typing error of a known one.
    """
    known = known_metrics().get(name)
    if known is not None:
        return known
    unit = _signal_units().get(name)
    if unit is not None:
        return MetricSpec(name, Family.SIGNAL, unit=unit, worded=False)
    if not _K6_NAME.fullmatch(name) or name.startswith("http_req_"):
        return None
    if difflib.get_close_matches(name, known_metrics(), 1, _ALIKE):
        return None
    return MetricSpec(name, Family.CUSTOM, worded=False)


def alike(name: str, names: tuple[str, ...] | None = None) -> str | None:
    """The known name a mistyped one is closest to, or None."""
    known = names or (*known_metrics(), *_signal_units())
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return near[0] if near else None
