"""A figure as a Vega-Lite specification: the one description behind SVG files and HTML charts.

Nothing of a figure becomes an expression: names are data, so that text from a dump stays text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.figure import Stroke
from perfreport.model.units import Unit
from perfreport.render.medium import PLAIN, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.figure import Curve, Figure, Moment, Panel, Span
    from perfreport.model.message import Message
    from perfreport.render.i18n import Catalogue

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"
Object: TypeAlias = "dict[str, Json]"

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_WIDTH = 720
_HEIGHT, _LOW = 150, 100  # of a panel: among few, among many
_FEW_PANELS = 3
_FONT = (
    "Pretendard, 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', "
    "NanumGothic, sans-serif"
)
# Okabe and Ito, "Color Universal Design" (2008): told apart with any colour vision.
PALETTE = ("#0072B2", "#E69F00", "#CC79A7", "#009E73", "#56B4E9", "#D55E00")
_TARGET, _LIMIT = "#D55E00", "#57606a"
_INK, _FAINT, _PAPER = "#24292f", "#d0d7de", "#ffffff"
_SHADES = ("#f3f6fa", "#e6ecf3")
_DIGITS = 6
_HEADROOM = 1.08
_NAMED_SPAN = 56  # pixels a phase needs for its name
_CHARACTER = 8  # pixels of one wide character of a name
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_CLOCK = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02')"


def specification(figure: Figure, catalogue: Catalogue, *, interactive: bool = False) -> Object:
    """Return the Vega-Lite specification of a figure in one language, without any address.

    `interactive`: pointing at a value shows it.
    """
    return _Sketch(figure, catalogue.within(PLAIN), interactive=interactive).whole()


class _Sketch:
    def __init__(self, figure: Figure, words: Catalogue, *, interactive: bool) -> None:
        self._interactive = interactive
        self._figure = figure
        self._words = words
        begin, end = figure.reach
        spans = [place for span in figure.spans for place in (span.begin, span.end)]
        self._domain = (min([begin, 0.0]), max([end, *spans]) or 1.0)

    def whole(self) -> Object:
        panels: list[Json] = [
            self._panel(panel, place) for place, panel in enumerate(self._figure.panels)
        ]
        return {
            "$schema": SCHEMA,
            "description": self._say(self._figure.alt),
            "title": {"text": self._say(self._figure.title), "anchor": "start", "offset": 12},
            "background": _PAPER,
            "padding": 12,
            "spacing": 14,
            "vconcat": panels,
            "resolve": {"scale": {"color": "independent"}},
            "config": _config(),
        }

    def _panel(self, panel: Panel, place: int) -> Object:
        last = place == len(self._figure.panels) - 1
        factor, unit = scaled(panel, self._words)
        layers: list[Json] = []
        if self._figure.spans:
            layers += self._shaded(self._figure.spans, named=place == 0)
        layers += self._curves(panel, factor)
        layers += self._levels(panel, factor)
        layers += self._told(panel, factor) if self._interactive else []
        layers += self._moments(self._figure.moments, named=place == 0)
        title = self._say(panel.title)
        if unit:
            title = str(self._words.text("figure.unit.of", name=title, unit=unit))
        top = panel.highest * factor * _HEADROOM or 1.0
        return {
            "width": _WIDTH,
            "height": _HEIGHT if len(self._figure.panels) <= _FEW_PANELS else _LOW,
            "layer": layers,
            "encoding": {
                "x": self._x_axis(last=last),
                "y": {
                    "type": "quantitative",
                    "title": title,
                    "scale": {"domain": [0, _rounded(top)], "nice": True},
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
        return {
            "type": "quantitative",
            "title": self._say(self._figure.axis) if last else None,
            "scale": {"domain": [_rounded(begin), _rounded(end)], "nice": False},
            "axis": axis,
        }

    def _shaded(self, spans: Sequence[Span], *, named: bool) -> list[Json]:
        begin, end = self._domain
        pixels = _WIDTH / (end - begin)
        rows: list[Json] = [
            {"x": _rounded(span.begin), "to": _rounded(span.end), "shade": _SHADES[place % 2]}
            for place, span in enumerate(spans)
        ]
        layers: list[Json] = [
            {
                "data": {"values": rows},
                "mark": {"type": "rect", "tooltip": None},
                "encoding": {
                    "x": {"field": "x"},
                    "x2": {"field": "to"},
                    "y": {"value": 0},
                    "y2": {"value": "height"},
                    "color": {"field": "shade", "type": "nominal", "scale": None},
                },
            }
        ]
        texts: list[Json] = []
        for span in spans:
            name, room = self._say(span.name), (span.end - span.begin) * pixels
            if room >= max(_NAMED_SPAN, len(name) * _CHARACTER):
                texts.append({"x": _rounded((span.begin + span.end) / 2), "name": name})
        if named and texts:
            layers.append(_text(texts, {"value": -5}, align="center", colour=_INK))
        return layers

    def _curves(self, panel: Panel, factor: float) -> list[Json]:
        layers: list[Json] = []
        names: list[Json] = [self._say(curve.name) for curve in panel.curves]
        colours: list[Json] = [
            _LIMIT if curve.stroke is Stroke.LIMIT else PALETTE[place % len(PALETTE)]
            for place, curve in enumerate(panel.curves)
        ]
        for curve, name in zip(panel.curves, names, strict=True):
            rows: list[Json] = [
                {"x": _rounded(x), "y": None if y is None else _rounded(y * factor), "name": name}
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
                "x": _rounded(x),
                "y": _rounded(y * factor),
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
        begin = _rounded(self._domain[0])
        rows: list[Json] = [
            {"y": _rounded(level.value * factor), "x": begin, "name": self._say(level.name)}
            for level in panel.levels
        ]
        line: Object = {"type": "rule", "color": _TARGET, "strokeDash": [6, 3], "strokeWidth": 1.2}
        return [
            {"data": {"values": rows}, "mark": line, "encoding": {"y": {"field": "y"}, "x": None}},
            _text(rows, {"field": "y"}, align="left", colour=_TARGET),
        ]

    def _moments(self, moments: Sequence[Moment], *, named: bool) -> list[Json]:
        if not moments:
            return []
        rows: list[Json] = [
            {"x": _rounded(moment.at), "name": self._say(moment.name)} for moment in moments
        ]
        line: Object = {"type": "rule", "color": _INK, "strokeDash": [2, 2], "strokeWidth": 1.2}
        layers: list[Json] = [
            {"data": {"values": rows}, "mark": line, "encoding": {"x": {"field": "x"}, "y": None}}
        ]
        begin, end = self._domain
        for place, (row, moment) in enumerate(zip(rows, moments, strict=True) if named else ()):
            late = moment.at > (begin + end) / 2
            side = "right" if late else "left"
            layers.append(_text([row], {"value": 12 + 14 * place}, align=side, colour=_INK))
        return layers

    def _say(self, said: Message) -> str:
        return one_line(str(self._words.text(said)).replace("`", ""))


def scaled(panel: Panel, words: Catalogue) -> tuple[float, str]:
    """Return the factor from base units to the axis, and the name of its unit."""
    match panel.unit:
        case Unit.SECONDS if panel.highest < 1:
            return 1000.0, str(words.text("figure.unit.ms"))
        case Unit.SECONDS:
            return 1.0, str(words.text("figure.unit.seconds"))
        case Unit.RATIO:
            return 100.0, str(words.text("figure.unit.percent"))
        case Unit.PER_SECOND:
            return 1.0, str(words.text("figure.unit.per-second"))
        case Unit.CORES:
            return 1.0, str(words.text("figure.unit.cores"))
        case Unit.BYTES | Unit.BYTES_PER_SECOND:
            power = 0
            while panel.highest >= 1024 ** (power + 1) and power < len(_BINARY) - 1:
                power += 1
            rate = "/s" if panel.unit is Unit.BYTES_PER_SECOND else ""
            return 1 / 1024**power, f"{_BINARY[power]}{rate}"
        case Unit.COUNT | Unit.NONE:
            return 1.0, ""


def _mark(curve: Curve) -> Object:
    line: Object = {"type": "line", "strokeWidth": 1.8}
    match curve.stroke:
        case Stroke.LINE:
            return line
        case Stroke.MARKED:
            return {**line, "point": {"filled": True, "size": 42}}
        case Stroke.LIMIT:
            return {**line, "strokeDash": [5, 3]}
        case Stroke.BARS:
            return {"type": "rule", "strokeWidth": 1.8}


def _text(rows: list[Json], y: Object, *, align: str, colour: str) -> Object:
    shift = {"left": 4, "right": -4, "center": 0}[align]
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "align": align, "baseline": "bottom", "dx": shift, "dy": -2,
                 "fontSize": 11, "color": colour},
        "encoding": {"x": {"field": "x"}, "y": y, "text": {"field": "name", "type": "nominal"}},
    }  # fmt: skip


def _ticks(begin: float, end: float) -> tuple[float, ...]:
    """Return round instants: at most nine of them."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
    step = next((step for step in steps if (end - begin) / step <= 8), (end - begin) / 8)
    first = int(begin // step)
    return tuple(
        _rounded(step * place)
        for place in range(first, int(end // step) + 1)
        if begin <= step * place <= end
    )


def _rounded(value: float) -> float:
    """Drop digits that no eye could see, so that files stay small."""
    return float(f"{value:.{_DIGITS}g}")


def _config() -> Object:
    return {
        "font": _FONT,
        "axis": {"labelColor": _INK, "titleColor": _INK, "gridColor": _FAINT, "domainColor": _INK,
                 "tickColor": _INK, "labelFontSize": 11, "titleFontSize": 12,
                 "titleFontWeight": "normal"},
        "legend": {"labelColor": _INK, "labelFontSize": 11, "orient": "right", "symbolType":
                   "stroke", "symbolStrokeWidth": 3},
        "title": {"color": _INK, "fontSize": 14},
        "view": {"stroke": _FAINT},
    }  # fmt: skip
