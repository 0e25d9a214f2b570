"""Sample columns on disk: one nameless temporary file, blocks of one metric each."""

from __future__ import annotations

import os
import tempfile
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.model.measurement import Floats, Integers

_ROW = 20  # bytes of one sample: time, value, tag set
_FLUSH_ROWS = 1 << 19


@dataclass(frozen=True, slots=True)
class Columns:
    """Samples of one metric in file order, as stored: k6's own unit, numbered tag sets."""

    times_ns: Integers
    values: Floats
    tagsets: NDArray[np.int32]


class ColumnFile:
    """Rows go in as they come, in batches of mixed metrics; they come out metric by metric.

    A process forked after construction may fill the file and hand `index` back.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="perfreport-")  # noqa: SIM115 - close() below
        weakref.finalize(self, self._file.close)
        self._blocks: dict[int, list[tuple[int, int]]] = {}  # metric → (offset, rows)
        self._pending: dict[int, list[Columns]] = {}
        self._pending_rows = 0
        self._end = 0

    def append(self, metric: int, columns: Columns) -> None:
        """Add rows of one metric, after all rows it already has."""
        self._pending.setdefault(metric, []).append(columns)
        self._pending_rows += len(columns.values)
        if self._pending_rows >= _FLUSH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write everything that is still in memory."""
        self._file.seek(self._end)
        for metric, batches in self._pending.items():
            rows = sum(len(batch.values) for batch in batches)
            for part, kind in (("times_ns", "<i8"), ("values", "<f8"), ("tagsets", "<i4")):
                joined = np.concatenate([getattr(batch, part) for batch in batches])
                self._file.write(joined.astype(kind, copy=False).data)
            self._blocks.setdefault(metric, []).append((self._end, rows))
            self._end += rows * _ROW
        self._file.flush()
        self._pending.clear()
        self._pending_rows = 0

    @property
    def index(self) -> dict[int, list[tuple[int, int]]]:
        """Where the rows of each metric lie in the file."""
        return self._blocks

    def adopt(self, index: dict[int, list[tuple[int, int]]]) -> None:
        """Take over what another process wrote into this file."""
        self._blocks = index
        self._end = max(
            (offset + rows * _ROW for blocks in index.values() for offset, rows in blocks),
            default=0,
        )

    def rows(self, metric: int) -> int:
        """How many samples a metric has."""
        pending = sum(len(batch.values) for batch in self._pending.get(metric, ()))
        return pending + sum(rows for _, rows in self._blocks.get(metric, ()))

    def read(self, metric: int) -> Columns:
        """All samples of a metric, in the order they were added."""
        self.flush()
        count = self.rows(metric)
        times = np.empty(count, np.int64)
        values = np.empty(count, np.float64)
        tagsets = np.empty(count, np.int32)
        filled = 0
        for offset, rows in self._blocks.get(metric, ()):
            place = offset
            for column in (times, values, tagsets):
                target = column[filled : filled + rows]
                place += self._read_into(target.data.cast("B"), place)
            filled += rows
        return Columns(times, values, tagsets)

    def close(self) -> None:
        """Give the disk space back; the file has no name, so nothing can be left behind."""
        self._pending.clear()
        self._file.close()

    def _read_into(self, target: memoryview, place: int) -> int:
        size = len(target)
        done = 0
        self._file.seek(place, os.SEEK_SET)
        while done < size:
            read = self._file.readinto(target[done:])
            if not read:
                msg = "the temporary sample file is shorter than what was written"
                raise OSError(msg)
            done += read
        return size
