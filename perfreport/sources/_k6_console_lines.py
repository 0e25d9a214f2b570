"""k6's console, line by line: log entries in any of its formats, progress, and the rest.

Entries come as logfmt (`time="…" level=error msg="…"`), JSON (`--log-format json`), or as a
terminal shows them (`ERRO[0002] …`, coloured, messages over several lines).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from perfreport.sources._go_duration import go_seconds
from perfreport.sources._spec import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_MESSAGE_LINES = 60
_FOREIGN_ROOM = 64 << 20

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
_WRAPPING = re.compile(
    r"(?:\[?[\w./-]{1,80}\]? *\| )?"
    r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d) )?"
    r'(?=time="|\{"|(?:TRAC|DEBU|INFO|WARN|ERRO|FATA)\[\d|running \(| |$)'
)
_LOGFMT = re.compile(r'([A-Za-z_][\w.]*)=("(?:[^"\\]|\\.)*"|\S*)')
_TERMINAL = re.compile(r"(TRAC|DEBU|INFO|WARN|ERRO|FATA)\[(\d+)\] ?(.*)", re.DOTALL)
_TAIL = re.compile(
    r"\s(executor|scenario|source|hint|error|failed|url|metric|method|status)="
    r'("(?:[^"\\]|\\.)*"|\S+)'
)
_RUNNING = re.compile(
    r"(?:running|paused) \(([\dhms.]+)\), +(\d+)/(\d+) VUs, (\d+) complete and (\d+) interrupted"
)
_OUTPUT = re.compile(r"[\w-]+ \(([^()]+)\)")
_SCENARIO = re.compile(r"\s+\* ([^:]+): \S")
_HEADING = re.compile(r"\s*(execution|script|output|scenarios|web dashboard|engine):\s+(.*)")
_LAYOUT = re.compile(
    r"\s*$|\s{2,}|\s*[█✓✗↳•/\\]|\S.*\.{3,}:|\S.*\[[ =>\-\d%.]*\] |[A-Z][A-Z ]+$"
    r"|Script (?:started|done) on |Init |Run +\["
)
_STRUCTURED = re.compile(r"^\s*[{\[]|\d{2}:\d{2}:\d{2}")
# Messages k6 itself writes; with `--log-format raw` they stand alone.
_OWN = (
    "Request Failed",
    "Insufficient VUs, reached ",
    "thresholds on metrics ",
    "test run was aborted because ",
    "some thresholds have failed",
)
_RAW_EXCEPTION = re.compile(r"(?:Uncaught )?(?:GoError|[A-Z]?[a-zA-Z]*Error): \S")
_LEVELS = {
    "TRAC": "trace",
    "DEBU": "debug",
    "INFO": "info",
    "WARN": "warning",
    "ERRO": "error",
    "FATA": "fatal",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One log entry; `fields` are k6's own (source, scenario, executor, error, hint, …)."""

    line: int
    level: str
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    time_ns: int | None = None
    since_start: int | None = None  # seconds, on a terminal


@dataclass(frozen=True, slots=True)
class Progress:
    """A `running (…)` line."""

    seconds: float | None
    active: int
    complete: int
    interrupted: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the head: what is written where, and the scenarios."""

    outputs: tuple[str, ...] = ()
    scenario: str | None = None


Line: TypeAlias = Entry | Progress | Heading | Segment | None


def parse(lines: Iterable[tuple[int, str]]) -> Iterator[Line]:
    """Yield what every line (or group of lines) is; None for k6's own layout."""
    pending: tuple[int, list[str]] | None = None
    unread = _Unread()
    for number, raw in lines:
        text = _ANSI.sub("", raw) if "\x1b" in raw else raw
        if unread.inside_json:
            unread.add(number, text)
            continue
        found, known = _recognised(number, text)
        if pending is not None:
            if not known and len(pending[1]) < _LONGEST_MESSAGE_LINES:
                pending[1].append(text)
                continue
            yield _terminal(*pending)
            pending = None
        if known or not text.strip():
            yield from unread.taken()
        if isinstance(found, str):
            pending = (number, [found])
        elif known:
            yield found
        elif text.strip():
            unread.add(number, text)
    if pending is not None:
        yield _terminal(*pending)
    yield from unread.taken()


def _recognised(number: int, text: str) -> tuple[Line | str, bool]:
    """Return (what it is, whether it is known); a terminal entry stays text: it may go on."""
    for candidate in (text, _WRAPPING.sub("", text, count=1)):
        if candidate.startswith('time="'):
            entry = _logfmt(number, candidate)
            if entry:
                return entry, True
        if candidate.startswith("{"):
            entry = _json(number, candidate)
            if entry:
                return entry, True
        if _TERMINAL.match(candidate):
            return candidate, True
        running = _RUNNING.match(candidate)
        if running:
            seconds, active, _, complete, interrupted = running.groups()
            progress = Progress(go_seconds(seconds), int(active), int(complete), int(interrupted))
            return progress, True
        if candidate.startswith(_OWN) or _RAW_EXCEPTION.match(candidate):
            return Entry(number, "", candidate), True
    return _layout(text)


def _layout(text: str) -> tuple[Line, bool]:
    heading = _HEADING.match(text)
    if heading:
        if heading[1] != "output":
            return None, True
        names = tuple(re.split(r"[\\/]", name)[-1] for name in _OUTPUT.findall(heading[2]))
        return Heading(outputs=names), True
    scenario = _SCENARIO.match(text)
    if scenario:
        return Heading(scenario=scenario[1]), True
    return None, bool(_LAYOUT.match(text)) and not text.startswith("\t")


def _logfmt(number: int, text: str) -> Entry | None:
    fields = {key: _unquoted(value) for key, value in _LOGFMT.findall(text)}
    if "level" not in fields or "msg" not in fields:
        return None
    time_ns = instant(fields.pop("time", ""))
    return Entry(number, fields.pop("level"), fields.pop("msg"), fields, time_ns)


def _json(number: int, text: str) -> Entry | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not {"level", "msg"} <= content.keys():
        return None
    fields = {str(key): str(value) for key, value in content.items()}
    time_ns = instant(fields.pop("time", ""))
    return Entry(number, fields.pop("level"), fields.pop("msg"), fields, time_ns)


def _terminal(number: int, lines: list[str]) -> Entry:
    match = _TERMINAL.match("\n".join(line.rstrip() for line in lines))
    level, since, text = match.groups() if match else ("INFO", "0", "")
    fields = {key: _unquoted(value) for key, value in _TAIL.findall(text)}
    first = _TAIL.search(text)
    message = (text[: first.start()] if first else text).rstrip()
    return Entry(number, _LEVELS[level], message, fields, since_start=int(since))


def _unquoted(value: str) -> str:
    """Undo Go's quoting."""
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value))
    except ValueError:  # Go escapes that JSON does not know (\x1b, \a)
        return value[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", "\t")


@lru_cache(maxsize=4096)
def instant(text: str) -> int | None:
    """Return UTC ns of an RFC 3339 time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000


class _Unread:
    """Neighbouring lines that are not k6's; JSON printed over many lines stays together.

    Only what another dialect may know is handed on: JSON and lines with a time of their own.
    What else stands there the script printed in words, and nothing is lost with it.
    """

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._room = _FOREIGN_ROOM
        self.inside_json = False

    def add(self, number: int, text: str) -> None:
        if text.rstrip() in {"{", "["} and not self.inside_json:
            self.inside_json = True
        elif self.inside_json and text.startswith(("}", "]")):
            self.inside_json = False
        self._room -= len(text) + 1
        if self._room > 0:
            self._lines.append((number, text))

    def taken(self) -> tuple[Segment, ...]:
        """Return what was gathered, and start afresh."""
        if not self._lines or self.inside_json:
            return ()
        if not any(_STRUCTURED.search(line) for _, line in self._lines):
            self._lines = []
            return ()
        first, last = self._lines[0][0], self._lines[-1][0]
        text = [""] * (last - first + 1)
        for number, line in self._lines:
            text[number - first] = line
        self._lines = []
        return (Segment(first, last, "\n".join(text) + "\n"),)
