"""A figure as Mermaid charts, for places that show a report but none of the files beside it.

Mermaid's `xychart-beta` knows neither several panels nor shading, so that every panel becomes a
chart of its own, with its curves and targets alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.model.units import Unit
from perfreport.render.medium import PLAIN, one_line
from perfreport.render.vega import scaled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.figure import Curve, Figure, Panel
    from perfreport.model.message import Message
    from perfreport.render.i18n import Catalogue

_MOST_POINTS = 40
_DIGITS = 4
_MINUTE = 60


def mermaid(figure: Figure, catalogue: Catalogue) -> Iterator[str]:
    """Yield the Mermaid code of every panel."""
    words = catalogue.within(PLAIN)
    for panel in figure.panels:
        yield "\n".join(_chart(figure, panel, words))


def _chart(figure: Figure, panel: Panel, words: Catalogue) -> Iterator[str]:
    factor, unit = scaled(panel, words)
    title = _say(words, panel.title)
    names = [_say(words, curve.name) for curve in panel.curves]
    names += [_say(words, level.name) for level in panel.levels]
    places = _places(panel)
    yield "xychart-beta"
    yield f'    title "{title}: {", ".join(names)}"' if len(names) > 1 else f'    title "{title}"'
    labels = ", ".join(f'"{_label(figure, place)}"' for place in places)
    yield f'    x-axis "{_say(words, figure.axis)}" [{labels}]'
    top = panel.highest * factor or 1.0
    yield f'    y-axis "{unit or title}" 0 --> {_number(top)}'
    for curve in panel.curves:
        yield f"    line [{', '.join(_values(curve, places, factor))}]"
    for level in panel.levels:
        yield f"    line [{', '.join([_number(level.value * factor)] * len(places))}]"


def _places(panel: Panel) -> list[float]:
    """Return at most `_MOST_POINTS` places of the longest curve, evenly spread over it."""
    longest = max((curve.x for curve in panel.curves), key=len)
    step = max(1, math.ceil(len(longest) / _MOST_POINTS))
    return list(longest[::step])


def _values(curve: Curve, places: list[float], factor: float) -> Iterator[str]:
    """Yield the highest value from each place up to the next, or else the last one known."""
    points = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]
    for place, until in zip(places, [*places[1:], math.inf], strict=True):
        inside = [y for x, y in points if place <= x < until]
        before = [y for x, y in points if x < place]
        yield _number((max(inside) if inside else before[-1] if before else 0.0) * factor)


def _label(figure: Figure, place: float) -> str:
    if figure.axis_unit is not Unit.SECONDS:
        return _number(place)
    minutes, seconds = divmod(round(place), _MINUTE)
    return f"{minutes}:{seconds:02}"


def _say(words: Catalogue, said: Message) -> str:
    """Return a name without the signs that end a quoted name or a code block."""
    return one_line(str(words.text(said))).replace('"', "'").replace("`", "")


def _number(value: float) -> str:
    return f"{float(f'{value:.{_DIGITS}g}'):.10f}".rstrip("0").rstrip(".")
