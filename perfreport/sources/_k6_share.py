"""A stretch of k6's NDJSON, line by line in file order, into a store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from perfreport.sources._k6_point import Declared, Point, parse_line
from perfreport.sources._k6_scan import Vocabulary, scan
from perfreport.sources._k6_words import PADDING
from perfreport.sources._spec import Segment

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from perfreport.model.load import MetricDeclaration, ScriptThreshold
    from perfreport.model.measurement import Floats, Integers
    from perfreport.sources._k6_scan import Rows
    from perfreport.store import SampleWriter

_BLOCK = 4 << 20
_LONGEST_LINE = 16 << 20
_MOST_PLACES = 1000
_MOST_FOREIGN = 1 << 20  # characters of lines that are not k6's


@dataclass(slots=True)
class Share:
    """What was understood of a stretch, and what was not.

    `lost` are the first line numbers (from 1 in the stretch) of `lost_count` broken k6 lines,
    `foreign` lines of something else, `torn` whether the last line has no end and no sense.
    """

    points: int = 0
    lines: int = 0
    lost: list[int] = field(default_factory=list)
    lost_count: int = 0
    foreign: list[Segment] = field(default_factory=list)
    foreign_size: int = 0
    torn: bool = False
    declared: dict[str, MetricDeclaration] = field(default_factory=dict)
    thresholds: list[ScriptThreshold] = field(default_factory=list)
    first_ns: int | None = None
    last_ns: int | None = None
    offset_seconds: int | None = None

    def lose(self, line: int) -> None:
        """Count a broken line."""
        self.lost_count += 1
        if len(self.lost) < _MOST_PLACES:
            self.lost.append(line)

    def declare(self, found: Declared) -> None:
        """Keep a `Metric` line."""
        self.declared[found.declaration.name] = found.declaration
        self.thresholds += (entry for entry in found.thresholds if entry not in self.thresholds)

    def saw(self, times_ns: Integers, offset_seconds: int | None) -> None:
        """Widen the time span."""
        if not len(times_ns):
            return
        first, last = int(times_ns.min()), int(times_ns.max())
        self.first_ns = first if self.first_ns is None else min(self.first_ns, first)
        self.last_ns = last if self.last_ns is None else max(self.last_ns, last)
        if self.offset_seconds is None:
            self.offset_seconds = offset_seconds


def read_stretch(
    stream: BinaryIO, length: int | None, writer: SampleWriter, advance: Callable[[int], None]
) -> Share:
    """Read `length` bytes (None: all) of a stream that stands at the beginning of a line."""
    share = Share()
    vocabulary = Vocabulary(writer.metric, writer.tagset)
    buffer = memoryview(bytearray(_BLOCK + len(PADDING)))
    kept = 0
    left = length
    while True:
        room = len(buffer) - len(PADDING) - kept
        wanted = room if left is None else min(room, left)
        got = stream.readinto(buffer[kept : kept + wanted]) if wanted else 0  # type: ignore[attr-defined]
        advance(got)
        left = None if left is None else left - got
        filled = kept + got
        cut = _last_line_end(buffer, filled)
        if not got:
            if filled:
                _read_last(buffer, filled, share, vocabulary, writer)
            return share
        if cut:
            carried = bytes(buffer[cut:filled])
            buffer[cut : cut + len(PADDING)] = PADDING
            _read_block(buffer[: cut + len(PADDING)], share, vocabulary, writer)
            kept = len(carried)
            buffer[:kept] = carried
        elif filled >= _LONGEST_LINE:  # no line of k6: give it up, go on after its end
            share.foreign_size = _MOST_FOREIGN
            kept = 0
        else:
            kept = filled
            if filled + len(PADDING) >= len(buffer):
                larger = memoryview(bytearray(2 * len(buffer)))
                larger[:filled] = buffer[:filled]
                buffer = larger


def _last_line_end(buffer: memoryview, filled: int) -> int:
    """How many of the first `filled` bytes are whole lines."""
    step = 1 << 16
    for end in range(filled, 0, -step):
        found = bytes(buffer[max(0, end - step) : end]).rfind(b"\n")
        if found >= 0:
            return max(0, end - step) + found + 1
    return 0


def _read_last(
    buffer: memoryview, filled: int, share: Share, vocabulary: Vocabulary, writer: SampleWriter
) -> None:
    """Read a last line without an end: a cut file, unless it happens to be whole."""
    text = bytes(buffer[:filled])
    lost = share.lost_count
    _read_block(memoryview(text + b"\n" + PADDING), share, vocabulary, writer)
    share.torn = share.lost_count > lost


def _read_block(
    block: memoryview, share: Share, vocabulary: Vocabulary, writer: SampleWriter
) -> None:
    rows = scan(block, vocabulary)
    extra: list[tuple[int, int, int, int, float]] = []
    for line, (start, end) in zip(rows.odd.tolist(), rows.odd_spans, strict=True):
        found = _read_line(bytes(block[start:end]), share.lines + line + 1, share)
        if found is not None:
            metric, tagset = vocabulary.metric(found.metric), vocabulary.tagset(found.tags)
            extra.append((line, metric, tagset, found.time_ns, found.value))
            if share.offset_seconds is None:
                share.offset_seconds = found.offset_seconds
    share.lines += rows.line_count
    share.points += len(rows.lines) + len(extra)
    columns = (rows.metrics, rows.tagsets, rows.times_ns, rows.values)
    if extra:
        columns = _with_extra(rows, extra)
    writer.append(*columns)
    share.saw(columns[2], rows.offset_seconds)


def _read_line(raw: bytes, number: int, share: Share) -> Point | None:
    """Understand a line on its own: count what it is unless it is a sample."""
    bare = raw.strip(b" \t\r\n")
    if not bare:
        return None
    text = bare.strip(b"\0").decode("utf-8", "replace")
    found = parse_line(text) if text.startswith("{") else None
    if isinstance(found, Point):
        return found
    if isinstance(found, Declared):
        share.declare(found)
    elif (
        not text
        or text.startswith("{")
        or '"type":"Point"' in text
        or share.foreign_size + len(text) > _MOST_FOREIGN
    ):
        share.lose(number)
    else:
        share.foreign_size += len(text)
        last = share.foreign[-1] if share.foreign else None
        if last is not None and last.last_line == number - 1:
            share.foreign[-1] = Segment(last.first_line, number, f"{last.text}\n{text}")
        else:
            share.foreign.append(Segment(number, number, text))
    return None


def _with_extra(
    rows: Rows, extra: list[tuple[int, int, int, int, float]]
) -> tuple[Integers, Integers, Integers, Floats]:
    """Put samples that were read alone where they stand in the file."""
    lines, metrics, tagsets, times, values = zip(*extra, strict=True)
    order = np.argsort(np.concatenate([rows.lines, np.array(lines, np.int64)]), kind="stable")
    return (
        np.concatenate([rows.metrics, np.array(metrics, np.int64)])[order],
        np.concatenate([rows.tagsets, np.array(tagsets, np.int64)])[order],
        np.concatenate([rows.times_ns, np.array(times, np.int64)])[order],
        np.concatenate([rows.values, np.array(values, np.float64)])[order],
    )
