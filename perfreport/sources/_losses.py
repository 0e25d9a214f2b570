"""Counts lines that a source could not understand: one Problem, however many there were."""

from __future__ import annotations

from perfreport.model.message import message
from perfreport.model.source import Problem


class Losses:
    """Lines lost from one file; the first one is remembered as the place to look."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._first: int | None = None
        self.count = 0

    def add(self, line: int, count: int = 1) -> None:
        """Count `count` lines lost from `line` on."""
        self._first = self._first or line
        self.count += count

    def problems(self) -> tuple[Problem, ...]:
        """Nothing, or the one Problem that tells all."""
        if not self.count:
            return ()
        told = message("problem.lines-not-understood", count=self.count)
        return (Problem(self._name, told, self._first, self.count),)
