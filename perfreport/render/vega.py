"""A picture as a Vega-Lite specification: the one description behind SVG files and HTML charts.

Nothing of a picture becomes an expression: names are data, so that text from a dump stays text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.figure import BarChart
from perfreport.render.medium import PLAIN
from perfreport.render.vega_bars import bars
from perfreport.render.vega_curves import curves

if TYPE_CHECKING:
    from perfreport.model.figure import Picture
    from perfreport.render.i18n import Catalogue
    from perfreport.render.vega_style import Object


def specification(picture: Picture, catalogue: Catalogue, *, interactive: bool = False) -> Object:
    """Return the Vega-Lite specification of a picture in one language, without any address.

    `interactive`: pointing at a value shows it.
    """
    words = catalogue.within(PLAIN)
    if isinstance(picture, BarChart):
        return bars(picture, words)
    return curves(picture, words, interactive=interactive)
