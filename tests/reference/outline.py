"""A Markdown report as its reader sees it: headings, labels in bold, tables, in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^(#+) (.+)$")
_LABEL = re.compile(r"^\*\*([^*]+)\*\*:")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Table:
    """A table: where it stands, its columns, its rows without bold and code marks."""

    heading: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def row(self, first: str) -> dict[str, str]:
        """Return the cells of the row whose first cell ends so, by column."""
        (found,) = (row for row in self.rows if row[0].endswith(first))
        return dict(zip(self.columns, found, strict=True))


def titles(text: str) -> list[str]:
    """Headings in their order, without their numbers and pictures."""
    return [found[2] for line in text.splitlines() if (found := _HEADING.match(line))]


def tables(text: str) -> list[Table]:
    """Every table of a report."""
    found = []
    heading = label = ""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if _HEADING.match(line):
            heading, label = line.lstrip("# "), ""
        elif said := _LABEL.match(line):
            label = said[1]
        if line.startswith("|") and not lines[place - 1].startswith("|"):
            rows = []
            for row in lines[place + 2 :]:
                if not row.startswith("|"):
                    break
                rows.append(_cells(row))
            found.append(Table(heading, label, _cells(line), tuple(rows)))
    return found


def table(text: str, heading: str, label: str) -> Table:
    """Return the one table that stands there; `heading` is how it ends."""
    (found,) = (one for one in tables(text) if one.heading.endswith(heading) and one.label == label)
    return found


def _cells(line: str) -> tuple[str, ...]:
    return tuple(
        cell.strip().replace("**", "").replace("`", "") for cell in _CELL.split(line)[1:-1]
    )
