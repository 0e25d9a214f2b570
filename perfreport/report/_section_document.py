"""What the report shows, as JSON values: its sections with every sentence, cell and figure.

A sentence is the key of the catalogue with its parameters, so whatever is printed of a number is
found here as the number itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.figure import BarChart, Figure
from perfreport.report.plain import Object, by_field, words

if TYPE_CHECKING:
    from perfreport.model.document import Block, Section


def section_document(section: Section) -> Object:
    """Return a section, its blocks and the sections below it."""
    return {
        "id": section.id,
        "number": section.number,
        "title": words(section.title),
        "blocks": [_block(block) for block in section.blocks],
        "sections": [section_document(below) for below in section.sections],
    }


def _block(block: Block) -> Object:
    if isinstance(block, Figure):  # its curves are series, which are not printed as numbers
        return {
            "type": "figure",
            "id": block.id,
            "title": words(block.title),
            "alt": words(block.alt),
        }
    if isinstance(block, BarChart):
        return {"type": "bars", **by_field(block)}
    return {"type": type(block).__name__.lower(), **by_field(block)}
