"""A picture as data: what is drawn, in base units and without words of any language.

A figure is a stack of panels over one horizontal axis, a bar chart a stack of named amounts; a
renderer knows nothing but these.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from perfreport.model.message import Message
    from perfreport.model.units import Unit


class Charts(StrEnum):
    """How figures are shown where a format has a choice."""

    NONE = "none"
    SVG = "svg"  # files beside the report
    MERMAID = "mermaid"  # code that the place which shows the report draws itself


class Stroke(StrEnum):
    """How the points of a curve are drawn."""

    LINE = "line"
    MARKED = "marked"  # measured at a few places, each with a point of its own
    LIMIT = "limit"  # a capacity: dashed
    BARS = "bars"  # single events: a bar from 0 each
    MODEL = "model"  # computed from the measured points: thin and dashed


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in order of `x`; None where nothing was measured, so that the line breaks."""

    name: Message
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    stroke: Stroke = Stroke.LINE


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line: a target, in the unit of its panel."""

    name: Message
    value: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves with one vertical axis, which begins at 0."""

    title: Message
    unit: Unit
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()

    @property
    def highest(self) -> float:
        """The largest value drawn, 0 where there is none."""
        drawn = [value for curve in self.curves for value in curve.y if value is not None]
        return max([*drawn, *(level.value for level in self.levels)], default=0.0)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the horizontal axis that is shaded and named: a phase."""

    name: Message
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A vertical line with a name: an onset, a breaking point."""

    name: Message
    at: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture. `id` is unique in the report and names its file; `alt` says what it shows.

    `axis_unit`: seconds since the load began are written as clock time, all else as numbers.
    """

    id: str
    title: Message
    alt: Message
    axis: Message
    axis_unit: Unit
    panels: tuple[Panel, ...]
    spans: tuple[Span, ...] = ()
    moments: tuple[Moment, ...] = ()

    @property
    def reach(self) -> tuple[float, float]:
        """First and last place on the horizontal axis."""
        places = [x for panel in self.panels for curve in panel.curves for x in curve.x]
        return min(places), max(places)


@dataclass(frozen=True, slots=True)
class Bar:
    """One named amount from 0; `told` stands at its end.

    `interval`: where the true amount is meant to lie. `strong` sets it apart from the others.
    """

    name: Message
    value: float
    told: Message
    interval: tuple[float, float] | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class BarPanel:
    """Bars of one unit from top to bottom."""

    title: Message
    unit: Unit
    bars: tuple[Bar, ...]

    @property
    def highest(self) -> float:
        """The largest value drawn."""
        return max(max(one.value, *(one.interval or (0.0,))) for one in self.bars)


@dataclass(frozen=True, slots=True)
class BarChart:
    """A picture of amounts side by side; `id`, `title` and `alt` as those of a figure."""

    id: str
    title: Message
    alt: Message
    panels: tuple[BarPanel, ...]


Picture: TypeAlias = Figure | BarChart
