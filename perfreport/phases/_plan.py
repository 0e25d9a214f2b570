"""The load that k6's configuration asks for, as curves over time.

k6's stages are linear ramps that end at their target; several scenarios run side by side, each
from its own start time. Their curves are cut at every breakpoint of any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.load import Executor
from perfreport.phases._segment import SAME_LEVEL, Level, Segment, simplify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from perfreport.model.load import LoadPlan, Scenario
    from perfreport.model.measurement import Floats

DEFAULT_MAX_SECONDS = 600.0  # k6's maxDuration of iteration executors


@dataclass(frozen=True, slots=True)
class Line:
    """Level from `begin` at `start` straight to `end` at `stop`, in VUs or iterations/s."""

    start: float
    stop: float
    begin: float
    end: float

    def at(self, seconds: float) -> float:
        """Level at a moment inside the line."""
        if self.stop <= self.start:
            return self.end
        return self.begin + (self.end - self.begin) * (seconds - self.start) / (
            self.stop - self.start
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """The planned load of one scenario; zero outside its lines."""

    scenario: str
    is_open: bool
    lines: tuple[Line, ...]
    bounded: bool = True  # False: ends when its iterations are done, not at a planned time
    max_vus: int | None = None

    @property
    def start(self) -> float:
        """First planned moment."""
        return self.lines[0].start if self.lines else 0.0

    @property
    def stop(self) -> float:
        """Last planned moment."""
        return self.lines[-1].stop if self.lines else 0.0

    def at(self, seconds: Floats) -> Floats:
        """Level at each moment; at a jump the level after it."""
        level = np.zeros_like(seconds, dtype=float)
        for line in self.lines:
            inside = (seconds >= line.start) & (seconds <= line.stop)
            if line.stop > line.start:
                slope = (line.end - line.begin) / (line.stop - line.start)
                level = np.where(inside, line.begin + slope * (seconds - line.start), level)
        return np.asarray(level)

    def integral(self, seconds: Floats) -> Floats:
        """Iterations planned up to each moment: the area under the curve (open scenarios)."""
        area = np.zeros_like(seconds, dtype=float)
        for line in self.lines:
            if line.stop <= line.start:
                continue
            inside = np.clip(seconds, line.start, line.stop) - line.start
            slope = (line.end - line.begin) / (line.stop - line.start)
            area += inside * (line.begin + slope * inside / 2)
        return area

    def first_start(self) -> float:
        """When k6 starts the first iteration of this scenario.

        A ramping arrival rate starts iteration k where the area under the curve reaches k, a
        constant one starts its first at once; VU n joins where the level reaches n (k6
        lib/executor). Infinite where the plan never reaches 1.
        """
        first = next((line for line in self.lines if line.stop > line.start), None)
        if first is None:
            return float("inf")
        if self.is_open and len(self.lines) == 1 and first.begin == first.end:
            return first.start
        if not self.is_open and first.begin >= 1:
            return first.start
        grid = np.linspace(self.start, self.stop, 20_001)
        reached = (self.integral(grid) if self.is_open else self.at(grid)) >= 1 - 1e-9
        return float(grid[int(np.argmax(reached))]) if bool(reached.any()) else float("inf")


def curves(plan: LoadPlan, ends: Mapping[str, float]) -> tuple[Curve, ...]:
    """Return the curve of every scenario that has one.

    `ends` gives the observed end (seconds since the start of the load) of the scenarios whose
    length the plan leaves open: they stop when their iterations are done.
    """
    return tuple(
        _curve(scenario, ends.get(scenario.name))
        for scenario in plan.scenarios
        if scenario.executor is not Executor.EXTERNALLY_CONTROLLED
    )


def _curve(scenario: Scenario, observed_end: float | None) -> Curve:
    start = scenario.start_seconds
    is_open = scenario.executor.is_open
    if not scenario.stages:
        limit = start + (scenario.max_seconds or DEFAULT_MAX_SECONDS)
        stop = limit if observed_end is None else max(min(limit, observed_end), start)
        vus = float(scenario.vus or 1)
        line = Line(start, stop, vus, vus)
        return Curve(scenario.name, is_open, (line,), bounded=False, max_vus=scenario.vus)
    lines: list[Line] = []
    level, moment = scenario.start_level, start
    for stage in scenario.stages:
        lines.append(Line(moment, moment + stage.seconds, level, stage.target))
        moment, level = moment + stage.seconds, stage.target
    return Curve(scenario.name, is_open, tuple(lines), max_vus=scenario.max_vus)


def combine(parts: Sequence[Curve]) -> tuple[Segment, ...]:
    """Cut all curves at every breakpoint of any of them; a piece is flat where all are.

    Scenarios without a planned end cut nothing as long as the others fill most of the time.
    """
    parts = _leading(parts)
    breakpoints = sorted({
        round(moment, 6)
        for part in parts
        for line in part.lines
        for moment in (line.start, line.stop)
    })
    tolerance = {
        part.scenario: SAME_LEVEL
        * max((max(line.begin, line.end) for line in part.lines), default=0.0)
        for part in parts
    }
    segments: list[Segment] = []
    for start, stop in pairwise(breakpoints):
        begin, end, flat = [0.0, 0.0], [0.0, 0.0], True
        for part in parts:
            line = _line_over(part, start, stop)
            if line is None:
                continue
            lane = 1 if part.is_open else 0
            first, last = line.at(start), line.at(stop)
            begin[lane] += first
            end[lane] += last
            flat = flat and abs(line.end - line.begin) <= tolerance[part.scenario]
        segments.append(Segment(start, stop, Level(*begin), Level(*end), flat))
    return simplify(segments)


def _leading(parts: Sequence[Curve]) -> Sequence[Curve]:
    bounded = [part for part in parts if part.bounded]
    longest = max((part.stop for part in parts), default=0.0)
    return bounded if max((part.stop for part in bounded), default=0.0) >= longest / 2 else parts


def _line_over(part: Curve, start: float, stop: float) -> Line | None:
    middle = (start + stop) / 2
    return next((line for line in part.lines if line.start <= middle < line.stop), None)
