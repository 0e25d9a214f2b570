"""The head of a slow-log entry: its times, its costs, what it says of the execution."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from perfreport.model.sql import EntryFlag

NOT_LOGGED = -1
_REMEMBERED = 4_096
_LAST_YEAR = 2200  # 64-bit nanoseconds end in 2262

# One pattern from the first `#` line to the beginning of the statement, so that an entry costs
# one match. Everything but the `#` lines is optional: old, short and cut logs lack parts of it.
_HEADER = rb"""
    (?:\#\ Time:[ \t]*(?P<time>[^\n\#]*)\n?)?
    (?:\#\ User@Host:[ \t]*(?P<user>[^\n]*)\n)?
    (?P<block>
      (?:\#(?!\ Time:|\ User@Host:|\ administrator|\ Query_time:)[^\n]*\n)*+
      (?:\#[ ]Query_time:[ ](?P<query_time>\d{1,12}(?:\.\d{1,9})?)
        [ \t]+Lock_time:[ ](?P<lock_time>\d{1,12}(?:\.\d{1,9})?)
        (?:[ \t]+Rows_sent:[ ]?(?P<sent>\d{1,18})[ \t]+Rows_examined:[ ]?(?P<examined>\d{1,18})
          (?:[ \t\n\#]+Rows_affected:[ ](?P<affected>\d{1,18}))?)?
        (?=\s)[^\n]*\n)?
      (?:\#(?!\ Time:|\ User@Host:|\ administrator)[^\n]*\n)*+
    )
    (?:\s*use\ `?(?P<database>[^;`\n]*)`?;[ \t]*\n)?
    (?:\s*SET\ (?:(?:last_)?insert_id=\d+,?)*+
      (?:timestamp=(?P<epoch>[1-8]?\d{1,9})(?:\.(?P<fraction>\d{1,6}))?)?(?<=\d);[ \t]*\n)?
"""
HEADER = re.compile(_HEADER, re.VERBOSE)
# A whole entry as nearly all are: times, statement, `;`, and the next header right behind it.
WHOLE_ENTRY = re.compile(
    rb"(?=\#)" + _HEADER + rb"(?P<statement>[^;]*+(?:;(?!\n\#\ [TU])[^;]*+)*+);\n(?=\#\ [TU])",
    re.VERBOSE,
)
START = re.compile(rb"# (?:Time:|User@Host:|Thread_id:|Schema:|[^\n]*\bQuery_time:)")
SCHEMA = re.compile(rb"Schema: ([^\s:]+)\s")
_ERRNO = re.compile(rb"\b(?:Last_)?[Ee]rrno: (\d+)")
_PLAN_LINES = re.compile(rb"Full_scan: [^\n]*\n(?:# Filesort: [^\n]*\n)?")
_PLAN_FLAGS = tuple(
    (re.compile(rb"\b" + name + rb": Yes"), flag)
    for name, flag in (
        (b"Full_scan", EntryFlag.FULL_SCAN),
        (b"Full_join", EntryFlag.FULL_JOIN),
        (b"Tmp_table", EntryFlag.TMP_TABLE),
        (b"(?:Tmp_table_on_disk|Disk_tmp_table)", EntryFlag.TMP_TABLE_ON_DISK),
        (b"Filesort", EntryFlag.FILESORT),
        (b"(?:Filesort_on_disk|Disk_filesort)", EntryFlag.FILESORT_ON_DISK),
    )
)
_HANDLER_COUNTS = re.compile(
    rb"Read_rnd_next: (\d+) Sort_merge_passes: (\d+) Sort_range_count: \d+ Sort_rows: (\d+)"
    rb" Sort_scan_count: \d+ Created_tmp_disk_tables: (\d+) Created_tmp_tables: (\d+)"
)


class EntryClock:
    """Reads `# Time` lines; logs with a resolution of a second repeat them."""

    def __init__(self) -> None:
        self._read: dict[bytes, tuple[int, bool] | None] = {}

    def read(self, line: bytes) -> tuple[int, bool] | None:
        """Return the time in nanoseconds and whether it carries a zone; None if it is none."""
        if len(self._read) > _REMEMBERED:
            self._read.clear()
        if line not in self._read:
            self._read[line] = _parse_time(line.decode("ascii", "replace").strip())
        return self._read[line]


def _parse_time(text: str) -> tuple[int, bool] | None:
    """`2026-11-22T12:28:02.123456Z` (zoned) or `261122  9:19:57` (the server's own clock)."""
    try:
        if "T" in text:
            moment = datetime.fromisoformat(text)
        else:
            day, _, clock = text.partition(" ")
            hour, minute, second = clock.split(":")
            whole, _, fraction = second.partition(".")
            moment = datetime(  # noqa: DTZ001 - no zone is written; the caller is told
                2000 + int(day[:-4]),
                int(day[-4:-2]),
                int(day[-2:]),
                int(hour),
                int(minute),
                int(whole),
                int(fraction.ljust(6, "0")[:6]) if fraction else 0,
            )
        if moment.year > _LAST_YEAR:
            return None
        zoned = moment.tzinfo is not None
        if not zoned:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1_000_000) * 1000, zoned
    except (ValueError, OverflowError):
        return None


class EntryFlags:
    """What the fields of a block say of the execution; the same lines come again and again."""

    def __init__(self) -> None:
        self._read: dict[bytes, int] = {}

    def __call__(self, block: bytes) -> int:
        """Return the `EntryFlag` bits of a block of `#` lines."""
        flags = 0
        if b"Full_scan: " in block and (lines := _PLAN_LINES.search(block)):
            text = lines[0]
            known = self._read.get(text)
            if known is None:
                known = int(EntryFlag.PLAN_KNOWN)
                for pattern, flag in _PLAN_FLAGS:
                    known |= int(flag) if pattern.search(text) else 0
                if len(self._read) < _REMEMBERED:
                    self._read[text] = known
            flags = known
        elif b"Read_rnd_next: " in block and (handler := _HANDLER_COUNTS.search(block)):
            flags = _of_handler_counts(*map(int, handler.groups()))
        if b"rrno: " in block and (number := _ERRNO.search(block)) and number[1] != b"0":
            flags |= EntryFlag.FAILED
            flags |= EntryFlag.LOCK_TIMEOUT if number[1] == b"1205" else 0
            flags |= EntryFlag.DEADLOCK if number[1] == b"1213" else 0
        return int(flags)


def _of_handler_counts(
    next_rows: int, merges: int, sorted_rows: int, on_disk: int, temporary: int
) -> int:
    """Flags from MySQL's `log_slow_extra` counts."""
    flags = int(EntryFlag.PLAN_KNOWN)
    # Reading on from row to row is a scan of the table unless a temporary one is read back.
    flags |= EntryFlag.FULL_SCAN if next_rows and not temporary and not sorted_rows else 0
    flags |= EntryFlag.TMP_TABLE if temporary else 0
    flags |= EntryFlag.TMP_TABLE_ON_DISK if on_disk else 0
    flags |= EntryFlag.FILESORT if sorted_rows else 0
    flags |= EntryFlag.FILESORT_ON_DISK if merges else 0
    return int(flags)
