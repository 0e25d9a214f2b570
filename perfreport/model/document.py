"""The report as a reader meets it: sections of a few kinds of blocks, in no language and format.

A renderer knows these blocks and nothing else, so a new section never touches a renderer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.figure import BarChart, Figure
    from perfreport.model.finding import Cell, Command, Excerpt
    from perfreport.model.message import Message


class Style(StrEnum):
    """How the title of a section is set."""

    PART = "part"  # a part of the report, with a number of its own
    NUMBERED = "numbered"  # 1.1, 1.2.1
    PLAIN = "plain"  # a heading without a number
    LABEL = "label"  # words in bold before the blocks


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences, each a message of its own."""

    sentences: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Bullet:
    """A line of a list; `label` stands before it in bold."""

    text: Message
    label: Message | None = None
    details: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Bullet, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: at least one row, every row as wide as the headings.

    The first column names the row. `notes` stand below: what was left out, how it was sorted.
    """

    headings: tuple[Message, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Message, ...] = ()
    name_first: bool = True


Block: TypeAlias = "Paragraph | Bullets | Grid | Excerpt | Command | Figure | BarChart"


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its own blocks, then its sections. Parts and numbered ones have a `number`."""

    id: str
    title: Message
    style: Style
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    number: str | None = None

    def walk(self) -> Iterator[Section]:
        """Yield this section and all below it, in reading order."""
        yield self
        for section in self.sections:
            yield from section.walk()

    def find(self, section_id: str) -> Section | None:
        """Return the first section with an id, this one included."""
        return next((section for section in self.walk() if section.id == section_id), None)
