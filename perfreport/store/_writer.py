"""How a source fills a part of a store: metrics, tag sets and rows, then `finish`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from perfreport.store._columns import ColumnFile, Columns
from perfreport.store._samples import StorePart
from perfreport.store._tagsets import TagSets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.model.measurement import Floats, Integers


# Numbers of 16 bits are sorted by radix, several times faster than others.
_RADIX_SORTED = 1 << 16


class SampleWriter:
    """Takes the samples of one file, in file order. Values stay in k6's own unit in here."""

    def __init__(self) -> None:
        self._columns = ColumnFile()
        self._tagsets = TagSets()
        self._metrics: dict[str, int] = {}

    def metric(self, name: str) -> int:
        """Return the number of a metric, new or known."""
        return self._metrics.setdefault(name, len(self._metrics))

    def tagset(self, tags: Mapping[str, str]) -> int:
        """Return the number of a tag set, new or known."""
        return self._tagsets.add(tags)

    def append(
        self, metrics: Integers, tagsets: Integers, times_ns: Integers, values: Floats
    ) -> None:
        """Add rows of mixed metrics; all four arrays have one length."""
        if len(self._metrics) < _RADIX_SORTED:
            metrics = metrics.astype(np.uint16)
        order = np.argsort(metrics, kind="stable")
        ordered = metrics[order]
        cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        for rows in np.split(order, cuts) if len(order) else ():
            batch = Columns(times_ns[rows], values[rows], tagsets[rows].astype(np.int32))
            self._columns.append(int(metrics[rows[0]]), batch)

    def finish(self) -> StorePart:
        """Close for writing: what was written is one part of a store."""
        self._columns.flush()
        return StorePart(self._columns, self._tagsets, self._metrics)

    def discard(self) -> None:
        """Give up what was written."""
        self._columns.close()
