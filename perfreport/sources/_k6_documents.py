"""k6's objects in another layout: an array (`jq -s .`) or pretty-printed (`jq .`)."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from perfreport.sources._k6_point import Declared, Point, parse_object
from perfreport.sources._k6_share import Share

if TYPE_CHECKING:
    from perfreport.sources._input import Input
    from perfreport.store import SampleWriter

_CHUNK = 1 << 20
_LONGEST_OBJECT = 256 << 10
_BATCH = 1 << 16
_BETWEEN = re.compile(r"[\s,\[\]\0]*")
_NEXT = re.compile(r'(?<=[\n,\[}])\s*\{\s*"(?:metric|type|data)"')


def is_documents(start: bytes) -> bool:
    """Whether a file begins with an array or with an object spread over lines."""
    bare = start.lstrip(b"\0 \t\r\n")
    return bare.startswith(b"[") or bare.partition(b"\n")[0].strip() == b"{"


def read_documents(source: Input, writer: SampleWriter) -> Share:
    """Read objects whatever stands between them, a megabyte at a time."""
    share = Share()
    batch = _Batch(writer, share)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    text, line = "", 1
    with source.open() as stream:
        final = False
        while not final:
            chunk = stream.read(_CHUNK)
            final = not chunk
            text += decode(chunk, final)
            used = _read_objects(text, line, batch, final=final)
            line += text.count("\n", 0, used)
            text = text[used:]
    batch.flush()
    share.lines = line
    return share


def _read_objects(text: str, line: int, batch: _Batch, *, final: bool) -> int:
    """Read what is whole; returns how many characters need not be seen again."""
    decoder = json.JSONDecoder()
    place = 0
    while True:
        between = _BETWEEN.match(text, place)
        place = between.end() if between else place
        if place == len(text):
            return place
        found: Any = None
        if text[place] == "{":
            try:
                found, end = decoder.raw_decode(text, place)
            except (ValueError, RecursionError):
                if not final and len(text) - place < _LONGEST_OBJECT:
                    return place
            else:
                batch.take(found, line, text, place)
                place = end
                continue
        batch.share.lose(line + text.count("\n", 0, place))
        following = _NEXT.search(text, place + 1)
        if following is None:
            batch.share.torn = final
            return len(text)
        place = following.end() - len(following[0].lstrip())


class _Batch:
    """Samples on their way into the store."""

    def __init__(self, writer: SampleWriter, share: Share) -> None:
        self.share = share
        self._writer = writer
        self._rows: list[tuple[int, int, int, float]] = []

    def take(self, found: Any, line: int, text: str, place: int) -> None:
        """Keep one object."""
        point = parse_object(found)
        if isinstance(point, Point):
            metric, tagset = self._writer.metric(point.metric), self._writer.tagset(point.tags)
            self._rows.append((metric, tagset, point.time_ns, point.value))
            if self.share.offset_seconds is None:
                self.share.offset_seconds = point.offset_seconds
            if len(self._rows) >= _BATCH:
                self.flush()
        elif isinstance(point, Declared):
            self.share.declare(point)
        else:
            self.share.lose(line + text.count("\n", 0, place))

    def flush(self) -> None:
        """Write what is kept."""
        if not self._rows:
            return
        metrics, tagsets, times, values = zip(*self._rows, strict=True)
        times_ns = np.array(times, np.int64)
        self._writer.append(
            np.array(metrics, np.int64),
            np.array(tagsets, np.int64),
            times_ns,
            np.array(values, np.float64),
        )
        self.share.points += len(self._rows)
        self.share.saw(times_ns, None)
        self._rows.clear()
