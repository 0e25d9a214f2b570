"""A figure as a Vega-Lite specification: panels of curves over one horizontal axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.figure import Stroke
from perfreport.model.units import Unit
from perfreport.render.vega_style import (
    INK,
    LIMIT,
    PALETTE,
    TARGET,
    dressed,
    rounded,
    say,
    scaled,
    text_layer,
    titled,
    wide,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.figure import Curve, Figure, Moment, Panel, Span
    from perfreport.model.message import Message
    from perfreport.render.i18n import Catalogue
    from perfreport.render.vega_style import Json, Object

_WIDTH = 720
_HEIGHT, _LOW = 150, 100  # of a panel: among few, among many
_FEW_PANELS = 3
_MARGIN = 90  # pixels beside the panel into which the name of a moment may reach
_SHADE = "#5b7da8"
_SHADES = (0.07, 0.16)  # the grid stays visible
_HEADROOM = 1.08
_NEAR = 3  # pixels between moments that share a line
_GAP = 12  # pixels between names in one line
_LINE = 14  # pixels from one line of names to the next
_MOST_TICKS = 12
_CLOCK = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02')"


def curves(figure: Figure, words: Catalogue, *, interactive: bool) -> Object:
    """Return the specification of a figure; `words` are those of plain text."""
    return _Sketch(figure, words, interactive=interactive).whole()


class _Sketch:
    def __init__(self, figure: Figure, words: Catalogue, *, interactive: bool) -> None:
        self._interactive = interactive
        self._figure = figure
        self._words = words
        begin, end = figure.reach
        spans = [place for span in figure.spans for place in (span.begin, span.end)]
        self._domain = (min([begin, 0.0]), max([end, *spans]) or 1.0)
        self._height = _HEIGHT if len(figure.panels) <= _FEW_PANELS else _LOW

    def whole(self) -> Object:
        panels: list[Json] = [
            self._panel(panel, place) for place, panel in enumerate(self._figure.panels)
        ]
        return dressed(self._figure, self._words, panels)

    def _panel(self, panel: Panel, place: int) -> Object:
        last = place == len(self._figure.panels) - 1
        factor, _ = scaled(panel, self._words)
        layers: list[Json] = []
        if self._figure.spans:
            layers += self._shaded(self._figure.spans, named=place == 0)
        layers += self._curves(panel, factor)
        layers += self._levels(panel, factor)
        layers += self._told(panel, factor) if self._interactive else []
        layers += self._moments(self._figure.moments, named=place == 0)
        top = panel.highest * factor * _HEADROOM or 1.0
        return {
            "width": _WIDTH,
            "height": self._height,
            "layer": layers,
            "encoding": {
                "x": self._x_axis(last=last),
                "y": {
                    "type": "quantitative",
                    "title": titled(panel, self._words),
                    "scale": {"domain": [0, rounded(top)], "nice": True},
                    "axis": {"tickCount": 4},
                },
            },
        }

    def _x_axis(self, *, last: bool) -> Object:
        begin, end = self._domain
        axis: Object = {"labels": last, "ticks": last, "grid": False}
        if self._figure.axis_unit is Unit.SECONDS:
            axis["labelExpr"] = _CLOCK
            axis["values"] = list(_ticks(begin, end))
        elif len(loads := self._loads()) <= _MOST_TICKS:
            axis["values"] = list(loads)
        return {
            "type": "quantitative",
            "title": self._say(self._figure.axis) if last else None,
            "scale": {"domain": [rounded(begin), rounded(end)], "nice": False},
            "axis": axis,
        }

    def _loads(self) -> tuple[float, ...]:
        """Return the measured places of the horizontal axis, and where it begins."""
        places = {
            x
            for panel in self._figure.panels
            for curve in panel.curves
            if curve.stroke is Stroke.MARKED
            for x in curve.x
        }
        return tuple(sorted({0.0, *places}))

    def _shaded(self, spans: Sequence[Span], *, named: bool) -> list[Json]:
        begin, end = self._domain
        pixels = _WIDTH / (end - begin)
        rows: list[Json] = [
            {"x": rounded(span.begin), "to": rounded(span.end), "shade": _SHADES[place % 2]}
            for place, span in enumerate(spans)
        ]
        above = len(self._figure.moments) * _LINE
        layers: list[Json] = [
            {
                "data": {"values": rows},
                "mark": {"type": "rect", "color": _SHADE, "tooltip": None},
                "encoding": {
                    "x": {"field": "x"},
                    "x2": {"field": "to"},
                    "y": {"value": 0},
                    "y2": {"value": "height"},
                    "opacity": {"field": "shade", "type": "quantitative", "scale": None},
                },
            }
        ]
        texts: list[Json] = []
        for span in spans:
            name, room = self._say(span.name), (span.end - span.begin) * pixels
            if room >= wide(name):
                texts.append({"x": rounded((span.begin + span.end) / 2), "name": name})
        if named and texts:
            named_spans = text_layer(texts, {"value": -5 - above}, align="center")
            layers.append({"name": "phases", **named_spans})
        return layers

    def _curves(self, panel: Panel, factor: float) -> list[Json]:
        layers: list[Json] = []
        names: list[Json] = [self._say(curve.name) for curve in panel.curves]
        colours: list[Json] = [
            LIMIT if curve.stroke is Stroke.LIMIT else PALETTE[place % len(PALETTE)]
            for place, curve in enumerate(panel.curves)
        ]
        for curve, name in zip(panel.curves, names, strict=True):
            rows: list[Json] = [
                {"x": rounded(x), "y": None if y is None else rounded(y * factor), "name": name}
                for x, y in zip(curve.x, curve.y, strict=True)
            ]
            layers.append({
                "data": {"values": rows},
                "mark": _mark(curve),
                "encoding": {
                    "x": {"field": "x"},
                    "y": {"field": "y"},
                    **({"y2": {"datum": 0}} if curve.stroke is Stroke.BARS else {}),
                    "color": {
                        "field": "name",
                        "type": "nominal",
                        "scale": {"domain": names, "range": colours},
                        "legend": {"title": None} if len(names) > 1 else None,
                    },
                },
            })
        return layers

    def _told(self, panel: Panel, factor: float) -> list[Json]:
        """Return unseen points that tell their value to whoever points at them."""
        clock = self._figure.axis_unit is Unit.SECONDS
        value, axis = self._say(panel.title), self._say(self._figure.axis)
        rows: list[Json] = [
            {
                "x": rounded(x),
                "y": rounded(y * factor),
                "name": self._say(curve.name),
                "at": f"{int(x) // 60}:{int(x) % 60:02}" if clock else f"{x:g}",
            }
            for curve in panel.curves
            for x, y in zip(curve.x, curve.y, strict=True)
            if y is not None
        ]
        tooltip: list[Json] = [
            {"field": "name", "type": "nominal", "title": value},
            {"field": "y", "type": "quantitative", "title": scaled(panel, self._words)[1] or value},
            {"field": "at", "type": "nominal", "title": axis},
        ]
        return [
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "opacity": 0, "size": 90},
                "encoding": {"x": {"field": "x"}, "y": {"field": "y"}, "tooltip": tooltip},
            }
        ]

    def _levels(self, panel: Panel, factor: float) -> list[Json]:
        if not panel.levels:
            return []
        rows: list[Json] = []
        begin, end = self._domain
        pixels = self._height / (panel.highest * _HEADROOM)
        below, taken = -float("inf"), 0.0  # the name before: its height, and where it ends
        for level in panel.levels:
            name, height = self._say(level.name), level.value * pixels
            taken = taken if height - below < _LINE else 0.0
            at = begin + taken * (end - begin) / _WIDTH
            rows.append({"y": rounded(level.value * factor), "x": rounded(at), "name": name})
            below, taken = height, taken + wide(name) + _GAP
        line: Object = {"type": "rule", "color": TARGET, "strokeDash": [6, 3], "strokeWidth": 1.2}
        return [
            {"data": {"values": rows}, "mark": line, "encoding": {"y": {"field": "y"}, "x": None}},
            text_layer(rows, {"field": "y"}, align="left", colour=TARGET),
        ]

    def _moments(self, moments: Sequence[Moment], *, named: bool) -> list[Json]:
        if not moments:
            return []
        begin, end = self._domain
        line: Object = {"type": "rule", "color": INK, "strokeDash": [2, 2], "strokeWidth": 1.2}
        layers: list[Json] = []
        drawn: list[float] = []
        for place, moment in enumerate(moments):
            name, top = self._say(moment.name), -_LINE * (len(moments) - place)
            row: Object = {"x": rounded(moment.at), "name": name}
            bottom: Object = {"y": {"value": top if named else 0}, "y2": {"value": "height"}}
            if all(abs(moment.at - at) * _WIDTH > _NEAR * (end - begin) for at in drawn):
                encoding: Object = {"x": {"field": "x"}, **bottom}
                layers.append({"data": {"values": [row]}, "mark": line, "encoding": encoding})
                drawn.append(moment.at)
            room = _MARGIN + _WIDTH * (end - moment.at) / (end - begin)
            side = "left" if wide(name) <= room else "right"
            if named:
                layers.append(text_layer([row], {"value": top + _LINE}, align=side))
        return layers

    def _say(self, said: Message) -> str:
        return say(self._words, said)


def _mark(curve: Curve) -> Object:
    line: Object = {"type": "line", "strokeWidth": 1.8, "strokeJoin": "round"}
    match curve.stroke:
        case Stroke.LINE:
            return line
        case Stroke.MARKED:
            return {**line, "point": {"filled": True, "size": 42}}
        case Stroke.LIMIT:
            return {**line, "strokeDash": [5, 3]}
        case Stroke.MODEL:
            return {**line, "strokeWidth": 1.4, "strokeDash": [2, 2], "interpolate": "monotone"}
        case Stroke.BARS:
            return {"type": "rule", "strokeWidth": 1.8}


def _ticks(begin: float, end: float) -> tuple[float, ...]:
    """Return round instants: at most nine of them."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
    step = next((step for step in steps if (end - begin) / step <= 8), (end - begin) / 8)
    first = int(begin // step)
    return tuple(
        rounded(step * place)
        for place in range(first, int(end // step) + 1)
        if begin <= step * place <= end
    )
