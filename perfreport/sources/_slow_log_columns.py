"""Slow-log entries gathered column by column: a few dozen bytes per entry, whatever its size."""

from __future__ import annotations

import hashlib
import math
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.sql import LoggedStatement, SlowLog
from perfreport.sources._explain import read_plan
from perfreport.sources._slow_log_header import NOT_LOGGED
from perfreport.sqltext import Fingerprinter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perfreport.model.source import SourceRef

_LONGEST_FINGERPRINT = 4_000
_SEEN_STATEMENTS = 20_000
_SEEN_BYTES = 32 << 20
_FLUSHED = 512
_END_NS, _QUERY_TIME = 1, 2


@dataclass(slots=True)
class _Shape:
    """What is kept of one fingerprint while entries come in."""

    fingerprint: str
    checksum: str
    databases: dict[bytes, None] = field(default_factory=dict)
    longest: float = -1.0
    longest_explained: float = -1.0
    line: int = 0
    explained: bytes = b""


@dataclass(frozen=True, slots=True)
class SlowLogFigures:
    """Totals over a whole log; times in seconds, exact to the last digit written."""

    queries: int
    unique: int
    query_time_total: float
    query_time_max: float | None
    query_time_min: float | None
    start_ns: int | None
    end_ns: int | None


class SlowLogColumns:
    """Collects entries; `fact` makes the SlowLog of them."""

    def __init__(self) -> None:
        self._fingerprint = Fingerprinter()
        self._index: dict[str, int] = {}
        self._seen: dict[bytes, int] = {}
        self._seen_bytes = 0
        self._missed = 0
        self._shapes: list[_Shape] = []
        self._rows: list[tuple[float, ...]] = []
        self._columns = tuple(array(code) for code in "iqddqqqiq")

    def __len__(self) -> int:
        return len(self._columns[0]) + len(self._rows)

    def _flush(self) -> None:
        """Turn tuples into columns: cheaper than one append per figure, smaller than tuples."""
        for column, figures in zip(self._columns, zip(*self._rows, strict=True), strict=False):
            column.extend(figures)
        self._rows.clear()

    def add(  # noqa: PLR0913, PLR0917 - a record per entry would double the time
        self,
        statement: bytes,
        line: int,
        end_ns: int,
        query_time: float,
        lock_time: float,
        rows_sent: int = NOT_LOGGED,
        rows_examined: int = NOT_LOGGED,
        rows_affected: int = NOT_LOGGED,
        flags: int = 0,
        database: bytes | None = None,
        explained: bytes = b"",
    ) -> None:
        """Add one entry; `statement` is its SQL as UTF-8 bytes, without the final semicolon.

        `explained` holds MariaDB's `# explain:` lines, read only for the slowest entry.
        """
        index = self._seen.get(statement)
        if index is None:
            index = self._of_shape(statement)
        self._rows.append((
            index, end_ns, query_time, lock_time, rows_sent, rows_examined, rows_affected, flags,
            line,
        ))  # fmt: skip
        if len(self._rows) >= _FLUSHED:
            self._flush()
        shape = self._shapes[index]
        if database and database not in shape.databases:
            shape.databases[database] = None
        if query_time > shape.longest:
            shape.longest = query_time
            shape.line = line
        if explained and query_time > shape.longest_explained:
            shape.longest_explained = query_time
            shape.explained = explained

    def forget_times(self, rows: Iterable[int]) -> None:
        """Make the times of some entries unknown."""
        self._flush()
        for row in rows:
            self._columns[_END_NS][row] = NOT_LOGGED

    def fact(
        self,
        source: SourceRef,
        *,
        row_lock_time_counted: bool,
        sampling: float | None = None,
        version: str | None = None,
    ) -> SlowLog:
        """Return what was gathered."""
        import numpy as np

        self._flush()
        statement, end_ns, query_time, lock_time, sent, examined, affected, flags, line = (
            np.array(column) for column in self._columns
        )
        return SlowLog(
            source=source,
            statements=tuple(
                LoggedStatement(
                    shape.fingerprint,
                    shape.checksum,
                    tuple(name.decode("utf-8", "replace") for name in shape.databases),
                    shape.line,
                    read_plan(shape.explained),
                )
                for shape in self._shapes
            ),
            statement=statement,
            end_ns=end_ns,
            query_time=query_time,
            lock_time=lock_time,
            rows_sent=sent,
            rows_examined=examined,
            rows_affected=affected,
            flags=flags,
            line=line,
            row_lock_time_counted=row_lock_time_counted,
            sampling=sampling,
            version=version,
        )

    def figures(self) -> SlowLogFigures:
        """Return the totals over all entries."""
        self._flush()
        ends, times = self._columns[_END_NS], self._columns[_QUERY_TIME]
        placed = [
            (end - round(took * 1e9), end)
            for end, took in zip(ends, times, strict=True)
            if end >= 0
        ]
        return SlowLogFigures(
            queries=len(times),
            unique=len(self._shapes),
            query_time_total=math.fsum(times),
            query_time_max=max(times, default=None),
            query_time_min=min(times, default=None),
            start_ns=min((start for start, _ in placed), default=None),
            end_ns=max((end for _, end in placed), default=None),
        )

    def _of_shape(self, statement: bytes) -> int:
        fingerprint = self._fingerprint(statement)
        index = self._index.get(fingerprint)
        if index is None:
            checksum = hashlib.md5(fingerprint.encode(), usedforsecurity=False).hexdigest()
            shown = fingerprint[:_LONGEST_FINGERPRINT]
            if len(shown) < len(fingerprint):
                # Huge texts are kept by their checksum only.
                index = self._index.get(checksum)
                shown += " ..."
            if index is None:
                index = len(self._shapes)
                self._shapes.append(_Shape(shown, checksum))
                self._index[checksum if shown != fingerprint else fingerprint] = index
        self._missed += 1
        if self._missed > _SEEN_STATEMENTS and 2 * self._missed > len(self):
            return index  # statements hardly come twice here: remembering them costs more
        if len(self._seen) >= _SEEN_STATEMENTS or self._seen_bytes > _SEEN_BYTES:
            self._seen.clear()
            self._seen_bytes = 0
        self._seen[statement] = index
        self._seen_bytes += len(statement)
        return index
