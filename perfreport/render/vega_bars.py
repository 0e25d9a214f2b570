"""A bar chart as a Vega-Lite specification: names on the left, amounts with their whiskers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.render.vega_style import (
    INK,
    LIMIT,
    PALETTE,
    dressed,
    rounded,
    say,
    scaled,
    titled,
)

if TYPE_CHECKING:
    from perfreport.model.figure import BarChart, BarPanel
    from perfreport.render.i18n import Catalogue
    from perfreport.render.vega_style import Json, Object

_WIDTH = 420
_ROW = 30  # pixels from one bar to the next
_NAME = 300  # pixels for the names
_HEADROOM = 1.04
_BESIDE = 7  # pixels from a bar to its words


def bars(chart: BarChart, words: Catalogue) -> Object:
    """Return the specification of a bar chart; `words` are those of plain text."""
    return dressed(chart, words, [_panel(panel, words) for panel in chart.panels])


def _panel(panel: BarPanel, words: Catalogue) -> Object:
    factor, _ = scaled(panel, words)
    rows: list[Json] = []
    spread: list[Json] = []
    for place, bar in enumerate(panel.bars):
        low, high = bar.interval or (bar.value, bar.value)
        name, told = say(words, bar.name), say(words, bar.told)
        rows.append({
            "row": place, "value": rounded(bar.value * factor),
            "end": rounded(max(high, bar.value) * factor),
            "colour": PALETTE[0] if bar.strong else LIMIT, "name": name, "told": told,
        })  # fmt: skip
        if bar.interval is not None:
            ends: Object = {"low": rounded(low * factor), "high": rounded(high * factor)}
            spread.append({"row": place, **ends})
    top = rounded(panel.highest * factor * _HEADROOM or 1.0)
    layers: list[Json] = [_lengths(), _names(), _told()]
    if spread:
        layers += [_whiskers(spread), _ends(spread, "low"), _ends(spread, "high")]
    return {
        "width": _WIDTH,
        "height": _ROW * len(panel.bars),
        "view": {"stroke": None},
        "data": {"values": rows},
        "layer": layers,
        "encoding": {
            "y": {"field": "row", "type": "ordinal", "axis": None},
            "x": {
                "type": "quantitative",
                "title": titled(panel, words),
                "scale": {"domain": [0, top], "nice": False},
                "axis": {"tickCount": 5},
            },
        },
    }


def _lengths() -> Object:
    return {
        "mark": {"type": "bar", "height": {"band": 0.62}},
        "encoding": {
            "x": {"field": "value"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "tooltip": [{"field": one, "type": "nominal"} for one in ("name", "told")],
        },
    }


def _names() -> Object:
    return {
        "mark": {**_text("right", -_BESIDE), "limit": _NAME},
        "encoding": {"x": {"value": 0}, "text": {"field": "name", "type": "nominal"}},
    }


def _text(align: str, shift: int) -> Object:
    return {"type": "text", "align": align, "baseline": "middle", "dx": shift, "fontSize": 11,
            "color": INK}  # fmt: skip


def _told() -> Object:
    return {
        "mark": _text("left", _BESIDE),
        "encoding": {"x": {"field": "end"}, "text": {"field": "told", "type": "nominal"}},
    }


def _whiskers(spread: list[Json]) -> Object:
    return {
        "data": {"values": spread},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1.4},
        "encoding": {"x": {"field": "low"}, "x2": {"field": "high"}},
    }


def _ends(spread: list[Json], of: str) -> Object:
    return {
        "data": {"values": spread},
        "mark": {"type": "tick", "color": INK, "thickness": 1.4, "size": 10},
        "encoding": {"x": {"field": of}},
    }
