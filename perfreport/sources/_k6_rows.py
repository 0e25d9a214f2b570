"""k6's CSV, record by record in file order, into a store.

A record without quotes is split at its first three commas; what follows them is the same text for
thousands of samples and is taken apart once.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import numpy as np

from perfreport.sources._k6_point import EARLIEST_NS, LATEST_NS, parse_time
from perfreport.sources._k6_share import Share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from perfreport.store import SampleWriter

LEADING = ("metric_name", "timestamp", "metric_value")
_TRAILING = ("extra_tags", "metadata")
_CHUNK = 4 << 20
_LONGEST_RECORD = 16 << 20
_MOST_TAILS = 1 << 17
_LOST = -1
# Digits of a timestamp by k6's timeFormat: seconds, milli-, micro- and nanoseconds.
_NS_BY_DIGITS = ((11, 1_000_000_000), (14, 1_000_000), (17, 1_000), (20, 1))
_VALUE = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?Inf")


def read_rows(stream: BinaryIO, writer: SampleWriter) -> Share:
    """Read a CSV from its header on."""
    share = Share()
    table: _Table | None = None
    rows: list[tuple[int, str]] = []
    size = 0
    for number, record in _records(stream, share):
        if table is None:
            table = _Table(record, writer, share)
            continue
        rows.append((number, record))
        size += len(record)
        if size > _CHUNK:
            table.take(rows)
            rows, size = [], 0
    if table is not None:
        table.take(rows)
    share.torn = share.torn and share.lost[-1:] == [share.lines]
    return share


class _Table:
    def __init__(self, header: str, writer: SampleWriter, share: Share) -> None:
        self._columns = next(csv.reader([header]))
        self._writer = writer
        self._share = share
        self._tails: dict[str, int] = {}
        self._times: dict[str, int | None] = {}

    def take(self, records: list[tuple[int, str]]) -> None:
        """Write a batch of records."""
        metrics: list[int] = []
        tagsets: list[int] = []
        times: list[int] = []
        values: list[float] = []
        for number, record in records:
            parts = record.split(",", 3)
            if len(parts) < 4 or not parts[0]:
                self._share.lose(number)
                continue
            name, time, value, tail = parts
            tagset = self._tails.get(tail)
            if tagset is None:
                tagset = self._read_tail(tail)
            time_ns = self._times.get(time)
            if time_ns is None:
                time_ns = self._read_time(time)
            if tagset == _LOST or time_ns is None or not _VALUE.fullmatch(value):
                self._share.lose(number)
                continue
            metrics.append(self._writer.metric(name))
            tagsets.append(tagset)
            times.append(time_ns)
            values.append(float(value))
        times_ns = np.array(times, np.int64)
        self._writer.append(
            np.array(metrics, np.int64),
            np.array(tagsets, np.int64),
            times_ns,
            np.array(values, np.float64),
        )
        self._share.points += len(times)
        self._share.saw(times_ns, None)

    def _read_tail(self, tail: str) -> int:
        fields = next(csv.reader([tail], strict=False), [])
        number = _LOST
        names = self._columns[len(LEADING) :]
        if len(fields) == len(names):
            tags = {
                name: field
                for name, field in zip(names, fields, strict=True)
                if field and name not in _TRAILING
            }
            extra = dict(zip(names, fields, strict=True)).get("extra_tags", "")
            number = self._writer.tagset({**tags, **_extra_tags(extra)})
        if len(self._tails) >= _MOST_TAILS:
            self._tails.clear()
        self._tails[tail] = number
        return number

    def _read_time(self, text: str) -> int | None:
        found = None
        if text.isascii() and text.isdigit():
            scale = next((scale for digits, scale in _NS_BY_DIGITS if len(text) <= digits), None)
            found = int(text) * scale if scale else None
        else:
            parsed = parse_time(text)
            if parsed is not None:
                found = parsed[0]
                if self._share.offset_seconds is None:
                    self._share.offset_seconds = parsed[1]
        if found is not None and not EARLIEST_NS <= found < LATEST_NS:
            found = None
        if len(self._times) >= _MOST_TAILS:
            self._times.clear()
        self._times[text] = found
        return found


def _extra_tags(text: str) -> dict[str, str]:
    """`k=v&k=v`, unescaped: a part without `=` still belongs to the value before it."""
    tags: dict[str, str] = {}
    last = None
    for part in text.split("&") if text else ():
        key, equals, value = part.partition("=")
        if equals:
            last = key
            tags[key] = value
        elif last is not None:
            tags[last] += f"&{part}"
    return tags


def _records(stream: BinaryIO, share: Share) -> Iterator[tuple[int, str]]:
    """Yield (line number, record); a quoted field may run over several lines."""
    rest = b""
    open_record = ""
    began = 0
    while True:
        chunk = stream.read(_CHUNK)
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        if not chunk and rest:
            lines.append(rest)
        for raw in lines:
            share.lines += 1
            text = raw.decode("utf-8", "replace")
            if open_record:
                text = f"{open_record}\n{text}"
            elif not text.strip("\0\r "):
                continue
            else:
                began = share.lines
            if '"' in text and text.count('"') % 2 and len(text) < _LONGEST_RECORD:
                open_record = text
                continue
            open_record = ""
            yield began, text.removesuffix("\r")
        if not chunk:
            break
    share.torn = bool(rest or open_record)
    if open_record:
        share.lose(share.lines)
