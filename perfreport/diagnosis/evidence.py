"""Evidence blocks that diagnosis rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import KeyValues
from perfreport.model.message import message

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure
    from perfreport.model.finding import Cell
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance


def figures(*rows: tuple[Message, Cell | Figure, Provenance | None]) -> KeyValues:
    """The figures a finding rests on; rows without a value are left out."""
    kept: list[tuple[Message, Cell, Provenance | None]] = []
    for label, value, provenance in rows:
        if value is None:
            continue
        quantity = getattr(value, "quantity", None)
        if quantity is not None:
            kept.append((label, quantity, provenance or value.provenance))  # type: ignore[union-attr]
        else:
            kept.append((label, value, provenance))  # type: ignore[arg-type]
    return KeyValues(message("diagnosis.figures"), tuple(kept))
