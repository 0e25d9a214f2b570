"""What all charts share: colours, fonts, axes, units, and words on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.units import Unit
from perfreport.render.medium import one_line

if TYPE_CHECKING:
    from perfreport.model.figure import BarPanel, Panel, Picture
    from perfreport.model.message import Message
    from perfreport.render.i18n import Catalogue

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"
Object: TypeAlias = "dict[str, Json]"

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = (
    "Pretendard, 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', "
    "NanumGothic, sans-serif"
)
# Okabe and Ito, "Color Universal Design" (2008): told apart with any colour vision.
PALETTE = ("#0072B2", "#E69F00", "#CC79A7", "#009E73", "#56B4E9", "#D55E00")
TARGET, LIMIT = "#D55E00", "#57606a"
INK, FAINT, PAPER = "#24292f", "#d0d7de", "#ffffff"
_DIGITS = 6
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")
_WIDE, _NARROW = 11.0, 6.2  # pixels of a character at the size of a label


def dressed(picture: Picture, words: Catalogue, panels: list[Json]) -> Object:
    """Return the specification of a picture around its panels."""
    return {
        "$schema": SCHEMA,
        "description": say(words, picture.alt),
        "title": {"text": say(words, picture.title), "anchor": "start", "offset": 12},
        "background": PAPER,
        "padding": 16,  # fonts of other machines are wider than those that measured
        "spacing": 14,
        "vconcat": panels,
        "resolve": {"scale": {"color": "independent"}},
        "config": _config(),
    }


def text_layer(rows: list[Json], y: Object, *, align: str, colour: str = INK) -> Object:
    """Return names that stand beside places of a panel."""
    shift = {"left": 4, "right": -4, "center": 0}[align]
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "align": align, "baseline": "bottom", "dx": shift, "dy": -2,
                 "fontSize": 11, "color": colour},
        "encoding": {"x": {"field": "x"}, "y": y, "text": {"field": "name", "type": "nominal"}},
    }  # fmt: skip


def say(words: Catalogue, said: Message) -> str:
    """Return words on one line, without the signs of code."""
    return one_line(str(words.text(said)).replace("`", ""))


def titled(panel: Panel | BarPanel, words: Catalogue) -> str:
    """Return the title of a panel with the unit of its axis."""
    title, unit = say(words, panel.title), scaled(panel, words)[1]
    return str(words.text("figure.unit.of", name=title, unit=unit)) if unit else title


def scaled(panel: Panel | BarPanel, words: Catalogue) -> tuple[float, str]:
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


def rounded(value: float) -> float:
    """Drop digits that no eye could see, so that files stay small."""
    return float(f"{value:.{_DIGITS}g}")


def wide(text: str) -> float:
    """Return about how many pixels a label takes."""
    return sum(_WIDE if ord(sign) > 0x1100 else _NARROW for sign in text)


def _config() -> Object:
    return {
        "font": FONT,
        "axis": {"labelColor": INK, "titleColor": INK, "gridColor": FAINT, "domainColor": INK,
                 "tickColor": INK, "labelFontSize": 11, "titleFontSize": 12,
                 "titleFontWeight": "normal"},
        "legend": {"labelColor": INK, "labelFontSize": 11, "labelLimit": 150, "orient": "right",
                   "symbolType": "stroke", "symbolStrokeWidth": 3},
        "title": {"color": INK, "fontSize": 14},
        "view": {"stroke": FAINT},
    }  # fmt: skip
