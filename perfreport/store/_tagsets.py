"""Distinct tag sets, numbered: what every sample carries instead of its tags."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from perfreport.model.load import Tags
    from perfreport.model.measurement import Integers

ABSENT = -1


class TagSets:
    """A growing table of tag sets, one column per tag key, dictionary-encoded."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, ...], int] = {}
        self._rows: list[tuple[int, ...]] = []  # alternating key number, value number
        self._keys: dict[str, int] = {}
        self._values: list[dict[str, int]] = []  # by key number: value → value number
        self._labels: list[list[str]] = []  # by key number: the values in order of their numbers

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, tags: Mapping[str, str]) -> int:
        """Return the number of a tag set, new or known."""
        row: list[int] = []
        for key in sorted(tags):
            number = self._keys.setdefault(key, len(self._keys))
            if number == len(self._values):
                self._values.append({})
                self._labels.append([])
            values, value = self._values[number], tags[key]
            if value not in values:
                values[value] = len(values)
                self._labels[number].append(value)
            row += (number, values[value])
        packed = tuple(row)
        known = self._numbers.setdefault(packed, len(self._rows))
        if known == len(self._rows):
            self._rows.append(packed)
        return known

    def adopt(self, other: TagSets) -> NDArray[np.int32]:
        """Add all tag sets of `other`; the answer maps its numbers to ours."""
        return np.array([self.add(other.tags(number)) for number in range(len(other))], np.int32)

    def tags(self, number: int) -> dict[str, str]:
        """Return the tags of one set."""
        row = self._rows[number]
        names = tuple(self._keys)
        return {
            names[key]: self._labels[key][value]
            for key, value in zip(row[::2], row[1::2], strict=True)
        }

    def keys(self) -> tuple[str, ...]:
        """All tag keys, sorted."""
        return tuple(sorted(self._keys))

    def column(self, key: str) -> tuple[Integers, tuple[str, ...]]:
        """Value number of `key` for every tag set (ABSENT where it is not set), and the values."""
        codes = np.full(len(self._rows), ABSENT, np.int64)
        wanted = self._keys.get(key)
        if wanted is None:
            return codes, ()
        for number, row in enumerate(self._rows):
            for position in range(0, len(row), 2):
                if row[position] == wanted:
                    codes[number] = row[position + 1]
                    break
        return codes, tuple(self._labels[wanted])

    def matching(self, where: Tags, *, globs: bool = True) -> NDArray[np.bool_]:
        """Which tag sets carry all of `where`; a value is compared as such, then as a glob."""
        chosen = np.ones(len(self._rows), np.bool_)
        for key, pattern in where:
            codes, labels = self.column(key)
            fits = np.array(
                [label == pattern or (globs and fnmatchcase(label, pattern)) for label in labels]
                + [False]
            )
            chosen &= fits[codes]
        return chosen
