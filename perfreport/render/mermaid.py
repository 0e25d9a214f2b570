"""A picture as Mermaid charts, for places that show a report but none of the files beside it.

Mermaid's `xychart-beta` knows neither several panels nor shading nor a legend, so that every panel
becomes a chart of its own, with its curves and targets alone, whose colours its title names.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.model.figure import BarChart, Stroke
from perfreport.model.message import message
from perfreport.model.units import Unit
from perfreport.render.medium import PLAIN, one_line
from perfreport.render.vega_style import LIMIT, PALETTE, scaled, titled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.figure import BarPanel, Curve, Figure, Panel, Picture
    from perfreport.model.message import Message
    from perfreport.render.i18n import Catalogue

_MOST_POINTS = 40
_MOST_LABELS = 12
_DIGITS = 4
_MINUTE = 60
_LONG = 10 * _MINUTE
_LONGEST_NAME = 40
_SIZE = '{"width": 900, "height": 360, "titleFontSize": 15}'
_RED = "#d1242f"  # of the red square
# Squares of about the colours of the palette, and of targets and capacities.
_SQUARES = dict(zip(PALETTE, ("🟦", "🟧", "🟪", "🟩", "🟦", "🟥"), strict=True))
_SQUARES |= {_RED: "🟥", LIMIT: "⬛"}


def mermaid(picture: Picture, catalogue: Catalogue) -> Iterator[str]:
    """Yield the Mermaid code of every panel."""
    words = catalogue.within(PLAIN)
    if isinstance(picture, BarChart):
        for bars in picture.panels:
            yield "\n".join(_bars(bars, words))
    else:
        for panel in picture.panels:
            yield "\n".join(_chart(picture, panel, words))


def _bars(panel: BarPanel, words: Catalogue) -> Iterator[str]:
    factor, unit = scaled(panel, words)
    names = (f'"{_say(words, bar.name, _LONGEST_NAME)}"' for bar in panel.bars)
    yield _coloured(PALETTE[:1])
    yield "xychart-beta horizontal"
    yield f'    title "{_plain(titled(panel, words))}"'
    yield f"    x-axis [{', '.join(names)}]"
    yield f'    y-axis "{unit}" 0 --> {_number(panel.highest * factor or 1.0)}'
    yield f"    bar [{', '.join(_number(bar.value * factor) for bar in panel.bars)}]"


def _chart(figure: Figure, panel: Panel, words: Catalogue) -> Iterator[str]:
    factor, unit = scaled(panel, words)
    title = _say(words, panel.title)
    curves = [curve for curve in panel.curves if curve.stroke is not Stroke.MODEL]
    colours = [
        LIMIT if curve.stroke is Stroke.LIMIT else PALETTE[place % len(PALETTE)]
        for place, curve in enumerate(curves)
    ]
    colours += [_RED] * len(panel.levels)
    told = [curve.name for curve in curves] + [level.name for level in panel.levels]
    names = [
        f"{_SQUARES[colour]} {_say(words, name)}"
        for colour, name in zip(colours, told, strict=True)
    ]
    places = _places(curves)
    yield _coloured(colours)
    yield "xychart-beta"
    yield f'    title "{title}: {", ".join(names)}"' if len(names) > 1 else f'    title "{title}"'
    yield f"    x-axis {_axis(figure, places, words)}"
    top = panel.highest * factor or 1.0
    yield f'    y-axis "{unit or title}" 0 --> {_number(top)}'
    for curve in curves:
        yield f"    line [{', '.join(_values(curve, places, factor))}]"
    for level in panel.levels:
        yield f"    line [{', '.join([_number(level.value * factor)] * len(places))}]"


def _coloured(colours: Sequence[str]) -> str:
    palette = f'{{"plotColorPalette": "{", ".join(colours)}"}}'
    return f'%%{{init: {{"xyChart": {_SIZE}, "themeVariables": {{"xyChart": {palette}}}}}}}%%'


def _places(curves: Sequence[Curve]) -> list[float]:
    """Return at most `_MOST_POINTS` places of the longest curve, evenly spread over it."""
    longest = max((curve.x for curve in curves), key=len)
    step = max(1, math.ceil(len(longest) / _MOST_POINTS))
    return list(longest[::step])


def _axis(figure: Figure, places: Sequence[float], words: Catalogue) -> str:
    """Return the horizontal axis: clock time as a range, loads by name while they are few."""
    if figure.axis_unit is Unit.SECONDS:
        unit, name = (_MINUTE, "minutes") if places[-1] > _LONG else (1, "seconds")
        title = _say(words, message(f"figure.axis.{name}"))
        begin, end = (_number(round(place / unit, 1)) for place in (places[0], places[-1]))
        return f'"{title}" {begin} --> {end}'
    title = _say(words, figure.axis)
    if len(places) > _MOST_LABELS:
        return f'"{title}" {_number(places[0])} --> {_number(places[-1])}'
    labels = ", ".join(f'"{_number(place)}"' for place in places)
    return f'"{title}" [{labels}]'


def _values(curve: Curve, places: Sequence[float], factor: float) -> Iterator[str]:
    """Yield the highest value from each place up to the next, or else the last one known."""
    points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]
    for place, until in zip(places, [*places[1:], math.inf], strict=True):
        inside = [y for x, y in points if place <= x < until]
        before = [y for x, y in points if x < place]
        yield _number((max(inside) if inside else before[-1] if before else 0.0) * factor)


def _say(words: Catalogue, said: Message, longest: int = 240) -> str:
    return _plain(one_line(str(words.text(said)), longest))


def _plain(text: str) -> str:
    """Return a name without the signs that end a quoted name or a code block."""
    return one_line(text).replace('"', "'").replace("`", "")


def _number(value: float) -> str:
    return f"{float(f'{value:.{_DIGITS}g}'):.10f}".rstrip("0").rstrip(".")
