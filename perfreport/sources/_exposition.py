"""Prometheus text 0.0.4 and OpenMetrics: one scrape, or many in a row.

Nothing in the formats separates one scrape from the next. A boundary is a line a person's loop
wrote (`# scrape <time>`, `==== date ====`, `date` output, HTTP headers), `# EOF`, or the point
where a series or family comes again. Untimed scrapes are placed by what they say of themselves:
process start time plus uptime.

Every line that was seen before costs one dictionary look-up; only new ones are parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.sources._metric_times import epoch_ns, separating_instant
from perfreport.sources._spec import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.sources._input import Input
    from perfreport.sources._instants import Instant
    from perfreport.sources._metric_series import SeriesTable, Track

_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][\w:.]*)?[ \t]*(?P<brace>\{)?")
_LABEL = re.compile(
    r'[ \t]*(?P<name>[a-zA-Z_][\w.:]*|"(?:[^"\\]|\\.)*")[ \t]*'
    r'(?:(?P<equals>=)[ \t]*"(?P<value>(?:[^"\\]|\\.)*)")?[ \t]*(?P<comma>,)?'
)
_CLOSING = re.compile(r"[ \t]*\}")
_VALUE = re.compile(
    r"[ \t]*(?P<value>[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[Nn]a[Nn]|[Ii]nf))"
    r"(?:[ \t]+(?P<time>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))?[ \t]*(?:#.*)?"
)
_META = (b"# HELP ", b"# TYPE ", b"# UNIT ")
_HTTP_HEADER = re.compile(
    r"HTTP/\d|(?:Date|Server|Content-[A-Z]\w+|Transfer-Encoding|Connection|Keep-Alive|Vary|Expires"
    r"|Pragma|Cache-Control|Strict-Transport-Security|Set-Cookie|X-[\w-]+|Via|Age|ETag): ",
    re.IGNORECASE,
)
_LONGEST_HEADER = 1000
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


@dataclass(slots=True)
class _Line:
    """What a line that comes again and again stands for; `track` None: counted, not kept."""

    scrape: int  # the scrape it was last seen in
    track: Track | None = None
    sample: bool = True


@dataclass(slots=True)
class Exposition:
    """What was read of a file: series on scrape numbers, and what is known of their times."""

    table: SeriesTable
    separators: dict[int, Instant] = field(default_factory=dict)  # by scrape
    sizes: list[int] = field(default_factory=list)  # samples per scrape
    timed: bool = False  # samples carry their own times
    foreign: list[Segment] = field(default_factory=list)  # lines of another kind
    cut: bool = False  # the last line was torn


def read_exposition(source: Input, table: SeriesTable) -> Exposition:
    """Read every line; ticks of untimed tracks are scrape numbers, of timed ones nanoseconds."""
    return _Reader(source, table).read()


def parse_sample(text: str) -> tuple[str, dict[str, str], str, str | None] | None:
    """Split a sample line into name, labels, value and time; None if it is not one.

    The name may be quoted inside the braces (Prometheus 3) or a `__name__` label (promtool).
    """
    head = _SAMPLE.match(text)
    if head is None:
        return None
    name, at = head["name"], head.end()
    labels: dict[str, str] = {}
    if head["brace"]:
        while label := _LABEL.match(text, at):
            at = label.end()
            key = _unquoted(label["name"])
            if label["equals"]:
                labels[key] = _unescaped(label["value"])
            elif name is None:
                name = key
            else:
                return None
            if not label["comma"]:
                break
        closing = _CLOSING.match(text, at)
        if closing is None:
            return None
        at = closing.end()
    elif text[at - 1 : at] not in {" ", "\t"}:
        return None
    name = name or labels.pop("__name__", None)
    value = _VALUE.fullmatch(text, at)
    if not name or value is None:
        return None
    return name, labels, value["value"], value["time"]


class _Reader:
    def __init__(self, source: Input, table: SeriesTable) -> None:
        self._source = source
        self._table = table
        self._lines: dict[bytes, _Line] = {}
        self._found = Exposition(table)
        self._scrape = 0
        self._size = 0  # samples of the current scrape
        self._explicit = False  # boundaries are written in the file
        self._strange: list[tuple[int, str]] = []  # neighbouring lines of another kind
        self._pending = False  # a written boundary stands before the next sample

    def read(self) -> Exposition:
        lines = self._lines
        with self._source.open() as stream:
            raw = b""
            for number, raw in enumerate(stream, self._source.first_line):
                key, _, value = raw.rpartition(b" ")
                line = lines.get(key)
                if line is None:
                    self._new_line(raw, number)
                    continue
                if self._pending or (line.scrape == self._scrape and not self._explicit):
                    self._next_scrape()
                line.scrape = self._scrape
                if not line.sample:
                    continue
                try:
                    amount = float(value)
                except ValueError:
                    self._new_line(raw, number)
                    continue
                self._size += 1
                if line.track is not None:
                    line.track.ticks.append(self._scrape)
                    line.track.values.append(amount)
        self._finish(raw)
        self._close_foreign()
        return self._found

    def _finish(self, last: bytes) -> None:
        sizes = self._found.sizes
        torn = bool(last) and not last.endswith((b"\n", b"\r"))
        if torn and sizes and self._size < sizes[-1]:
            self._forget(last)
        if self._size:
            sizes.append(self._size)
        self._table.samples = sum(sizes)
        self._table.series = sum(line.sample for line in self._lines.values())

    def _forget(self, raw: bytes) -> None:
        """Drop a torn last sample: `1.23` may have been `1.2345`."""
        line = self._lines.get(raw.rpartition(b" ")[0])
        if line is None or not line.sample:
            return
        self._found.cut = True
        self._size -= 1
        if line.track is not None and line.track.ticks:
            line.track.ticks.pop()
            line.track.values.pop()

    def _next_scrape(self) -> None:
        self._pending = False
        if self._size:
            self._found.sizes.append(self._size)
            self._size = 0
            self._scrape += 1

    def _new_line(self, raw: bytes, number: int) -> None:
        for part in raw.rstrip(b"\r\n").split(b"\r"):
            text = part.strip()
            if text:
                self._parse_line(text, number)

    def _parse_line(self, text: bytes, number: int) -> None:
        if text.startswith(b"#"):
            self._comment(text)
        elif not self._sample(text) and not self._separator(text):
            self._foreign(text.decode("utf-8", "replace"), number)

    def _foreign(self, text: str, number: int) -> None:
        if self._strange and number - self._strange[-1][0] > 1:
            self._close_foreign()
        self._strange.append((number, text))

    def _close_foreign(self) -> None:
        if self._strange:
            first, last = self._strange[0][0], self._strange[-1][0]
            text = "\n".join(line for _, line in self._strange)
            self._found.foreign.append(Segment(first, last, text))
            self._strange = []

    def _comment(self, text: bytes) -> None:
        if text == b"# EOF":
            self._pending = self._size > 0
            return
        if not text.startswith(_META):
            self._separator(text)
            return
        if self._pending:
            self._next_scrape()
        key = text.rpartition(b" ")[0]
        if text.startswith(b"# TYPE "):
            self._lines[key] = _Line(self._scrape, sample=False)
        else:  # may differ in its last word only; stands for itself
            self._lines.setdefault(key, _Line(self._scrape, sample=False))

    def _sample(self, text: bytes) -> bool:
        key, _, last = text.rpartition(b" ")
        shorter, _, value = key.rpartition(b" ")
        if (known := self._lines.get(shorter)) and known.sample:
            amount, time = _number(value), _time_ns(last)
            if amount is not None and time is not None:
                self._timed_sample(known.track, amount, time)
                return True
        parsed = parse_sample(text.decode("utf-8", "replace"))
        if parsed is None:
            return False
        name, labels, amount_text, time_text = parsed
        amount = _number(amount_text.encode())
        if amount is None:
            return False
        if time_text is None:
            self._untimed_sample(key, name, labels, amount)
            return True
        time = _time_ns(time_text.encode())
        if time is None:
            return False
        series_key = shorter if text.endswith(b" " + time_text.encode()) else key
        line = self._lines.get(series_key)
        if line is None:
            line = self._lines[series_key] = _Line(self._scrape, self._table.track(name, labels))
        self._timed_sample(line.track, amount, time)
        return True

    def _untimed_sample(self, key: bytes, name: str, labels: dict[str, str], amount: float) -> None:
        if self._pending:
            self._next_scrape()
        track = self._table.track(name, labels)
        if key not in self._lines:
            self._lines[key] = _Line(self._scrape, track)
        self._size += 1
        if track is not None:
            track.ticks.append(self._scrape)
            track.values.append(amount)

    def _timed_sample(self, track: Track | None, amount: float, time: int) -> None:
        if self._pending:
            self._next_scrape()
        self._found.timed = True
        self._size += 1
        if track is not None:
            track.ticks.append(time)
            track.values.append(amount)

    def _separator(self, text: bytes) -> bool:
        """Take a line that a person's loop or an HTTP client wrote between two scrapes."""
        words = text.decode("utf-8", "replace")
        time = separating_instant(words)
        header = len(words) <= _LONGEST_HEADER and _HTTP_HEADER.match(words) is not None
        if time is None and not header and not text.startswith((b"#", b"==", b"--")):
            return False
        if time is None and not words.startswith("HTTP/"):
            return True
        self._explicit = True
        if self._size:
            self._pending = True
        if time is not None:
            upcoming = self._scrape + (1 if self._pending else 0)
            self._found.separators.setdefault(upcoming, time)
        return True


def _number(text: bytes) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _time_ns(text: bytes) -> int | None:
    """Milliseconds in 0.0.4, seconds in OpenMetrics: told apart by magnitude."""
    number = _number(text)
    if number is None or number != number or "." not in (plain := text.decode()):  # noqa: PLR0124
        return None if number is None or number != number else epoch_ns(number)  # noqa: PLR0124
    whole, _, fraction = plain.partition(".")
    if number < 1e11 and whole.isdigit() and fraction.isdigit():
        return int(whole) * 1_000_000_000 + int(fraction[:9].ljust(9, "0"))
    return epoch_ns(number)


def _unquoted(text: str) -> str:
    return _unescaped(text[1:-1]) if text.startswith('"') else text


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\.", lambda match: _ESCAPES.get(match[0], match[0][1:]), text)


def sample_lines(lines: list[str]) -> Iterator[str]:
    """Lines that are certainly samples, for sniffing: exposition values with a plain name."""
    for line in lines:
        if line and line[0] not in "#=-" and "\t" not in line and parse_sample(line.strip()):
            yield line
