"""Distinct tag sets, numbered: what every sample carries instead of its tags."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import numpy as np

from perfreport.store._addresses import template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from perfreport.model.load import Tags
    from perfreport.model.measurement import Integers

ABSENT = -1


# Beyond so many values of one tag (ids in names, `vu` and `iter`) nobody can read them apart, and
# memory must not follow them.
MOST_VALUES = 20_000
OTHER = "(other)"
_MOST_CHARACTERS = 8 << 20


class TagSets:
    """A growing table of tag sets, one column per tag key, dictionary-encoded.

    Addresses beyond `MOST_VALUES` of a key are kept as templates, other values as `OTHER`;
    `folded` counts how often, by key.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, ...], int] = {}
        self._rows: list[tuple[int, ...]] = []  # alternating key number, value number
        self._keys: dict[str, int] = {}
        self._values: list[dict[str, int]] = []  # by key number: value → value number
        self._labels: list[list[str]] = []  # by key number: the values in order of their numbers
        self._sizes: list[int] = []  # by key number: characters of all values
        self.folded: dict[str, int] = {}

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
                self._sizes.append(0)
            values, value = self._values[number], tags[key]
            if value not in values and self._is_full(number):
                self.folded[key] = self.folded.get(key, 0) + 1
                value = self._folded(value, len(values))
            if value not in values:
                values[value] = len(values)
                self._labels[number].append(value)
                self._sizes[number] += len(value)
            row += (number, values[value])
        packed = tuple(row)
        known = self._numbers.setdefault(packed, len(self._rows))
        if known == len(self._rows):
            self._rows.append(packed)
        return known

    def _is_full(self, number: int) -> bool:
        return len(self._values[number]) >= MOST_VALUES or self._sizes[number] > _MOST_CHARACTERS

    @staticmethod
    def _folded(value: str, known: int) -> str:
        short = template(value) if known < 2 * MOST_VALUES else None
        return OTHER if short is None else short

    def adopt(self, other: TagSets) -> NDArray[np.int32]:
        """Add all tag sets of `other`; the answer maps its numbers to ours."""
        for key, count in other.folded.items():
            self.folded[key] = self.folded.get(key, 0) + count
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
