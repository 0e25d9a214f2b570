"""One cell of a table as finished text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.message import Message
from perfreport.model.units import Quantity
from perfreport.redaction import redacted
from perfreport.render.i18n import Words
from perfreport.render.medium import PLAIN, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.finding import Cell
    from perfreport.render.i18n import Catalogue

LONGEST_NAME = 80
# Messages of the catalogue that hold nothing but a number.
_NUMERIC = (
    "cell.measured",
    "cell.estimated",
    "cell.away",
    "cell.points",
    "cell.interval",
    "signal.of",
)


def spell_cell(catalogue: Catalogue, cell: Cell, longest: int = LONGEST_NAME) -> Words:
    """Return a cell's text; plain strings come from dumps and are set as code."""
    if cell is None:
        return catalogue.within(PLAIN).text("unit.missing")
    if isinstance(cell, Message):
        return catalogue.text(cell)
    numbers = catalogue.numbers()
    if isinstance(cell, Quantity):
        return Words(numbers.quantity(cell))
    if isinstance(cell, int | float):
        return Words(numbers.number(cell))
    shown = redacted(cell)
    return Words(catalogue.medium.code(one_line(shown, longest)), shown)


def is_numeric(column: Sequence[Cell]) -> bool:
    """Tell whether a column holds numbers, which line up on the right."""
    told = [cell for cell in column if cell is not None]
    return bool(told) and all(
        cell.key.startswith(_NUMERIC) if isinstance(cell, Message) else not isinstance(cell, str)
        for cell in told
    )
