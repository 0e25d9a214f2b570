"""Signals in time and over windows: levels, increases, rates, and expressions of them.

A line is what a signal did at each sample; a level is one figure for a set of windows. Increases
of running totals have restarts taken out: where a total falls, its process began anew at zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from perfreport.measure._signal_join import IDENTITY
from perfreport.model.signal import Part, SignalKind
from perfreport.signals.expression import Leaf, Matcher, Number, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from perfreport.measure._signal_join import RunSignals
    from perfreport.model.load import Tags
    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.signal import SignalSeries
    from perfreport.signals.expression import Expression

Windows: TypeAlias = "Sequence[tuple[int, int]]"
T = TypeVar("T")

_STALE_STEPS = 2.5  # a level is held this many sampling steps, as Prometheus holds it five minutes
_BRACKET = 2.0  # two scrapes around a window may lie this many window lengths apart


@dataclass(frozen=True, eq=False)
class Line:
    """One group of series in time; NaN where nothing is known."""

    labels: Tags
    times_ns: Integers
    values: Floats

    def within(self, windows: Windows) -> Floats:
        """Known values in half-open windows."""
        inside = np.zeros(len(self.times_ns), dtype=bool)
        for start, end in windows:
            inside |= (self.times_ns >= start) & (self.times_ns < end)
        values = self.values[inside]
        return values[~np.isnan(values)]


@dataclass(frozen=True, eq=False)
class Level:
    """One figure of one group of series over windows; NaN where nothing is known."""

    labels: Tags
    value: float
    n: int
    coarse: bool = False  # from scrapes around the window, not in it


@dataclass(frozen=True, slots=True)
class Grown:
    """What a running total grew by, the seconds it was watched over, and by how many samples."""

    amount: float
    seconds: float
    n: int
    coarse: bool  # from scrapes around the window, not in it


@dataclass(frozen=True, eq=False)
class Growth:
    """How a running total grew: `total` starts at zero with the first sample."""

    times_ns: Integers
    total: Floats

    @classmethod
    def of(cls, series: SignalSeries) -> Growth:
        """Take restarts out of a counter, add up deltas, integrate a rate."""
        known = ~np.isnan(series.values)
        times, values = series.times_ns[known], series.values[known]
        if not len(times):
            return cls(times, values)
        steps = np.diff(times) / 1e9
        match series.kind:
            case SignalKind.COUNTER:
                grown = np.diff(values)
                grown = np.where(grown < 0, values[1:], grown)
            case SignalKind.DELTA:
                grown = values[1:]
            case SignalKind.RATE:
                grown = values[1:] * steps
            case _:
                grown = np.zeros(max(len(values) - 1, 0))
        return cls(times, np.concatenate(([0.0], np.cumsum(grown))))

    def rates(self) -> tuple[Integers, Floats]:
        """Growth per second up to each sample but the first."""
        return self.times_ns[1:], np.diff(self.total) / (np.diff(self.times_ns) / 1e9)

    def over(self, start: int, end: int) -> Grown:
        """Growth in a window; NaN where nothing tells.

        It reaches from the last sample at or before the start to the last one at or before the
        end, so that neighbouring windows add up. Where the window holds no two samples, the
        scrapes around it are taken if they lie close enough: one before, one after the test.
        """
        times = self.times_ns
        inside = int(np.count_nonzero((times >= start) & (times <= end)))
        first = max(int(np.searchsorted(times, start, side="right")) - 1, 0)
        last = int(np.searchsorted(times, end, side="right")) - 1
        coarse = inside < 2
        if coarse:
            last = int(np.searchsorted(times, end, side="left"))
            around = last < len(times) and times[first] <= start
            if not around or times[last] - times[first] > _BRACKET * (end - start):
                return Grown(float("nan"), 0.0, inside, coarse=True)
            inside = last - first + 1
        elif start - times[first] > end - start:
            first += 1  # a sample from long before would stretch the window
        seconds = float(times[last] - times[first]) / 1e9
        return Grown(float(self.total[last] - self.total[first]), seconds, inside, coarse)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Expressions over the series of one run.

    `by` None: everything is added up before anything is divided. `where` narrows every leaf that
    knows the label at all. `since_start`: totals count as grown from zero.
    """

    signals: RunSignals
    by: tuple[str, ...] | None = None
    where: tuple[Matcher, ...] = ()
    since_start: bool = False
    _growths: dict[int, Growth] = field(default_factory=dict)

    def lines(self, expression: Expression) -> tuple[Line, ...]:
        """Return the expression in time, one line per group."""
        found = self._lines(expression)
        if not isinstance(found, dict):
            return ()
        return tuple(found[key] for key in sorted(found))

    def levels(self, expression: Expression, windows: Windows) -> tuple[Level, ...]:
        """Return the expression as one figure per group: means of levels, rates over the whole."""
        found = self._levels(expression, windows)
        if not isinstance(found, dict):
            return ()
        return tuple(found[key] for key in sorted(found))

    def groups(self, leaf: Leaf) -> dict[Tags, list[SignalSeries]]:
        """Return the series of a leaf by group."""
        series = _chosen(self.signals.by_signal.get(leaf.signal, ()), leaf)
        for matcher in self.where:
            if any(one.label(matcher.label) is not None for one in series):
                series = [one for one in series if matcher.matches(one.labels)]
        groups: dict[Tags, list[SignalSeries]] = {}
        for one in series:
            groups.setdefault(self._key(one.labels), []).append(one)
        return groups

    def _key(self, labels: Tags) -> Tags:
        if self.by is None:
            return ()
        return tuple(label for label in labels if label[0] in self.by or label[0] in IDENTITY)

    def growth(self, series: SignalSeries) -> Growth:
        """Return a running total without restarts."""
        if id(series) not in self._growths:
            self._growths[id(series)] = Growth.of(series)
        return self._growths[id(series)]

    def _lines(self, expression: Expression) -> dict[Tags, Line] | float:
        if isinstance(expression, Number):
            return expression.value
        if isinstance(expression, Operation):
            return _combined(
                expression.operator,
                self._lines(expression.left),
                self._lines(expression.right),
                _line_pair,
                _line_with,
            )
        return {
            key: self._leaf_line(expression, key, several)
            for key, several in self.groups(expression).items()
        }

    def _leaf_line(self, leaf: Leaf, key: Tags, several: list[SignalSeries]) -> Line:
        parts = []
        for one in several:
            if leaf.window is None or one.kind is SignalKind.RATE:
                parts.append((one.times_ns, one.values))
            elif leaf.window == "rate":
                parts.append(self.growth(one).rates())
            else:
                growth = self.growth(one)
                parts.append((growth.times_ns[1:], np.diff(growth.total)))
        parts = [part for part in parts if len(part[0])]
        if len(parts) == 1:
            return Line(key, *parts[0])
        grid = np.unique(np.concatenate([times for times, _ in parts])) if parts else _NO_TIMES
        held = [resampled(times, values, grid) for times, values in parts]
        return Line(key, grid, _aggregated(leaf.aggregate, held, len(grid)))

    def _levels(self, expression: Expression, windows: Windows) -> dict[Tags, Level] | float:
        if isinstance(expression, Number):
            return expression.value
        if isinstance(expression, Operation):
            return _combined(
                expression.operator,
                self._levels(expression.left, windows),
                self._levels(expression.right, windows),
                _level_pair,
                _level_with,
            )
        if expression.window is not None:
            return self._growth_levels(expression, windows)
        levels = {}
        for key, several in self.groups(expression).items():
            values = self._leaf_line(expression, key, several).within(windows)
            mean = float(np.mean(values)) if len(values) else float("nan")
            levels[key] = Level(key, mean, len(values))
        return levels

    def _growth_levels(self, leaf: Leaf, windows: Windows) -> dict[Tags, Level]:
        levels = {}
        for key, several in self.groups(leaf).items():
            grown = [self._grown(one, windows) for one in several]
            # A series that appeared in mid-window was watched, at zero, as long as its neighbours.
            seconds = max((one.seconds for one in grown), default=0.0)
            per = seconds if leaf.window == "rate" and not self.since_start else 1.0
            figures = [np.array([one.amount / per if per else np.nan]) for one in grown]
            value = float(_aggregated(leaf.aggregate, figures, 1)[0])
            coarse = any(one.coarse for one in grown if one.seconds > 0)
            levels[key] = Level(key, value, max((one.n for one in grown), default=0), coarse)
        return levels

    def _grown(self, one: SignalSeries, windows: Windows) -> Grown:
        if self.since_start:
            return Grown(float(one.values[-1]), 0.0, 1, coarse=False)
        growth = self.growth(one)
        if not len(growth.times_ns):
            return Grown(float("nan"), 0.0, 0, coarse=False)
        pieces = [growth.over(start, end) for start, end in windows]
        known = [piece for piece in pieces if piece.seconds > 0]
        return Grown(
            sum(piece.amount for piece in known) if known else float("nan"),
            sum(piece.seconds for piece in known),
            sum(piece.n for piece in pieces),
            any(piece.coarse for piece in known),
        )


_NO_TIMES: Integers = np.array([], dtype=np.int64)


def resampled(times_ns: Integers, values: Floats, grid_ns: Integers) -> Floats:
    """Hold the last known sample at each time of a grid, for as long as it is not stale."""
    at = np.searchsorted(times_ns, grid_ns, side="right") - 1
    held = values[np.maximum(at, 0)]
    step = float(np.median(np.diff(times_ns))) if len(times_ns) > 1 else 0.0
    known = (at >= 0) & (grid_ns - times_ns[np.maximum(at, 0)] <= max(_STALE_STEPS * step, 1e9))
    return np.where(known, held, np.nan)


def _chosen(series: Iterable[SignalSeries], leaf: Leaf) -> list[SignalSeries]:
    part = leaf.part or Part.VALUE
    return [
        one
        for one in series
        if one.part is part and all(matcher.matches(one.labels) for matcher in leaf.matchers)
    ]


def _aggregated(how: str, values: list[Floats], length: int) -> Floats:
    """Aggregate over series; what is not known is left out, unless nothing is known."""
    if not values:
        return np.full(length, np.nan)
    stacked = np.vstack(values)
    known = ~np.isnan(stacked)
    anything = known.any(axis=0)
    match how:
        case "max":
            figures = np.where(known, stacked, -np.inf).max(axis=0)
        case "min":
            figures = np.where(known, stacked, np.inf).min(axis=0)
        case _:
            figures = np.where(known, stacked, 0.0).sum(axis=0)
            if how == "avg":
                figures = figures / np.maximum(known.sum(axis=0), 1)
    return np.where(anything, figures, np.nan)


def _combined(
    operator: str,
    left: dict[Tags, T] | float,
    right: dict[Tags, T] | float,
    pair: Callable[[str, T, T, Tags], T],
    with_number: Callable[[str, T, float, bool], T],
) -> dict[Tags, T] | float:
    """Apply an operator group by group; a side with one group only goes with every other."""
    if not isinstance(left, dict) and not isinstance(right, dict):
        return float(_apply(operator, np.array(left), np.array(right)))
    if not isinstance(left, dict):
        assert isinstance(right, dict)  # noqa: S101 - told to the type checker
        return {key: with_number(operator, one, left, True) for key, one in right.items()}
    if not isinstance(right, dict):
        return {key: with_number(operator, one, right, False) for key, one in left.items()}
    if len(right) == 1 and left.keys() != right.keys():
        (only,) = right.values()
        return {key: pair(operator, one, only, key) for key, one in left.items()}
    if len(left) == 1 and left.keys() != right.keys():
        (only,) = left.values()
        return {key: pair(operator, only, one, key) for key, one in right.items()}
    return {key: pair(operator, left[key], right[key], key) for key in left if key in right}


def _line_pair(operator: str, left: Line, right: Line, labels: Tags) -> Line:
    if np.array_equal(left.times_ns, right.times_ns):
        return Line(labels, left.times_ns, _apply(operator, left.values, right.values))
    dense, sparse = (left, right) if len(left.times_ns) >= len(right.times_ns) else (right, left)
    if not len(sparse.times_ns):
        return Line(labels, sparse.times_ns, sparse.values)
    held = resampled(sparse.times_ns, sparse.values, dense.times_ns)
    values = (dense.values, held) if dense is left else (held, dense.values)
    return Line(labels, dense.times_ns, _apply(operator, *values))


def _line_with(operator: str, line: Line, number: float, first: bool) -> Line:
    amount = np.full(len(line.values), number)
    pair = (amount, line.values) if first else (line.values, amount)
    return Line(line.labels, line.times_ns, _apply(operator, *pair))


def _level_pair(operator: str, left: Level, right: Level, labels: Tags) -> Level:
    value = float(_apply(operator, np.array(left.value), np.array(right.value)))
    return Level(labels, value, min(left.n, right.n), left.coarse or right.coarse)


def _level_with(operator: str, level: Level, number: float, first: bool) -> Level:
    pair = (number, level.value) if first else (level.value, number)
    value = float(_apply(operator, np.array(pair[0]), np.array(pair[1])))
    return Level(level.labels, value, level.n, level.coarse)


def _apply(operator: str, left: Floats, right: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                quotient = left / right
                return np.where(np.isfinite(quotient), quotient, np.nan)
