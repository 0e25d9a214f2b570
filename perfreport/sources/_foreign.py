"""Lines a source leaves to others: kept with their line numbers, as long as there is room."""

from __future__ import annotations

from dataclasses import dataclass, field

from perfreport.sources._spec import Segment

_ROOM = 64 << 20  # characters kept; what comes after is counted as lost


@dataclass(slots=True)
class Unread:
    """Lines that the reading source could not use, but another one may."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    dropped: int = 0
    first_dropped: int | None = None
    _size: int = 0

    def add(self, number: int, text: str) -> None:
        """Keep a line, or count it as dropped."""
        self._size += len(text) + 1
        if self._size <= _ROOM:
            self.lines.append((number, text))
            return
        self.dropped += 1
        if self.first_dropped is None:
            self.first_dropped = number

    def segments(self) -> tuple[Segment, ...]:
        """Return all kept lines as one segment, none if they are blank.

        One segment, however scattered the lines are: recognising thousands of single lines would
        take longer than reading them. Lines in between are blank in it, so that line numbers stay
        those of the file.
        """
        lines = [(number, text) for number, text in self.lines if text and not text.isspace()]
        if not lines:
            return ()
        first, last = lines[0][0], lines[-1][0]
        text = [""] * (last - first + 1)
        for number, line in lines:
            text[number - first] = line
        return (Segment(first, last, "\n".join(text) + "\n"),)
