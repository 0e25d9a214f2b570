"""Which column of a statement digest means what, and in which unit it is written.

performance_schema writes picoseconds, sys formats them (`1.40 m`), and hand-written SELECTs rename
and rescale columns: then the unit is the alias' suffix (`total_s`) or the divisor in the column's
name (`round(sum_timer_wait/1e12,3)`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._client_source import count_of, number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perfreport.sources._client_output import ResultRow, ResultTable

_PICOSECONDS = 1e-12
_FACTORS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3,
    "us": 1e-6, "usec": 1e-6, "ns": 1e-9, "ps": _PICOSECONDS,
}  # fmt: skip
_WRITTEN = re.compile(r"(-?[\d.]+)\s*(ps|ns|us|µs|ms|s|m|min|h|d|w)")
_WRITTEN_FACTORS = {
    "ps": _PICOSECONDS, "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3,
    "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0,
}  # fmt: skip
_DIVISOR = re.compile(r"/\s*\(?\s*(\d+(?:\.\d+)?(?:e\+?\d+)?)(?:\s*\*\s*(\d+(?:\.\d+)?(?:e\d+)?))?")

# Meaning → the server's own name, sys' name, and the stem of aliases people use.
_TIMES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "total": (("sum_timer_wait", "total_latency"), r"total|sum|total_time|sum_time|exec_time"),
    "longest": (("max_timer_wait", "max_latency"), r"max|max_time|longest"),
    "shortest": (("min_timer_wait", "min_latency"), r"min|min_time"),
    "mean": (("avg_timer_wait", "avg_latency"), r"avg|avg_time|mean|mean_time"),
    "lock": (("sum_lock_time", "lock_latency"), r"lock|lock_time|total_lock"),
    "p95": (("quantile_95",), r"p95|q95"),
    "p99": (("quantile_99",), r"p99|q99"),
}
COUNTS: Mapping[str, tuple[str, ...]] = {
    "count": ("count_star", "exec_count", "calls", "executions", "cnt", "count"),
    "errors": ("sum_errors", "err_count", "errors"),
    "rows_affected": ("sum_rows_affected", "rows_affected"),
    "rows_sent": ("sum_rows_sent", "rows_sent"),
    "rows_examined": ("sum_rows_examined", "rows_examined"),
    "tmp_tables": ("sum_created_tmp_tables", "tmp_tables"),
    "tmp_disk_tables": ("sum_created_tmp_disk_tables", "tmp_disk_tables"),
    "full_joins": ("sum_select_full_join",),
    "scans": ("sum_select_scan",),
    "rows_sorted": ("sum_sort_rows", "rows_sorted"),
    "no_index_used": ("sum_no_index_used", "no_index_used_count", "no_index_used"),
    "no_good_index_used": ("sum_no_good_index_used", "no_good_index_used_count"),
}
TEXTS = ("digest_text", "query", "normalized_query", "statement", "sql")


class DigestColumns:
    """The columns of one result set, found once and read row by row."""

    def __init__(self, table: ResultTable) -> None:
        self._times: dict[str, tuple[int, float]] = {}
        for meaning, (names, stem) in _TIMES.items():
            for at, name in enumerate(table.columns):
                factor = _factor(name, names, stem)
                if factor is not None:
                    self._times.setdefault(meaning, (at, factor))
        self._counts: dict[str, int] = {}
        for meaning, names in COUNTS.items():
            found = [table.position(name) for name in names if name in table.columns]
            if found and found[0] is not None:
                self._counts[meaning] = found[0]
        self._text = next((table.position(name) for name in TEXTS if name in table.columns), None)

    @property
    def usable(self) -> bool:
        """Whether there are a text, a count and a total or mean time."""
        timed = "total" in self._times or "mean" in self._times
        return self._text is not None and "count" in self._counts and timed

    def text(self, row: ResultRow) -> str | None:
        """The digest text."""
        return None if self._text is None else row.cells[self._text]

    def seconds(self, row: ResultRow, meaning: str) -> float | None:
        """A time in seconds; None where the dump has no such column."""
        found = self._times.get(meaning)
        if found is None:
            return None
        at, factor = found
        cell = row.cells[at]
        if cell and (written := _WRITTEN.fullmatch(cell.strip())):
            number = number_of(written[1])
            return None if number is None else number * _WRITTEN_FACTORS[written[2]]
        number = number_of(cell)
        return None if number is None else number * factor

    def count(self, row: ResultRow, meaning: str) -> int | None:
        """A count; None where the dump has no such column."""
        at = self._counts.get(meaning)
        return None if at is None else count_of(row.cells[at])

    def rounded(self, row: ResultRow) -> bool:
        """Whether times are written for people, with few digits."""
        at = self._times.get("total", (None, 0.0))[0]
        cell = None if at is None else row.cells[at]
        return bool(cell and _WRITTEN.fullmatch(cell.strip()))


def _factor(name: str, names: tuple[str, ...], stem: str) -> float | None:
    """Seconds per unit of a column, None if it is another column."""
    if name in names:
        return _PICOSECONDS
    if any(own in name for own in names if own.endswith(("wait", "_time"))):
        divided = _DIVISOR.search(name)
        if divided is None:
            return _PICOSECONDS if "/" not in name else None
        return _PICOSECONDS * float(divided[1]) * float(divided[2] or 1)
    alias = re.fullmatch(rf"(?:{stem})(?:_latency|_wait|_timer)?_?\(?([a-z]+)\)?", name)
    return _FACTORS.get(alias[1]) if alias else None
