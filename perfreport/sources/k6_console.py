"""k6's console log, in any of its formats: what went wrong that no metric tells.

Script exceptions leave no trace in k6's metrics, interrupted iterations are counted nowhere else,
and only the console says why a run was cut short. Texts are masked and normalised: URLs lose
their queries, secrets their values, paths their folders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.load import ConsoleEvent, ConsoleLog
from perfreport.model.source import Clock, ClockKind
from perfreport.redaction import masked
from perfreport.sources._k6_console_lines import Entry, Heading, Progress, parse
from perfreport.sources._spec import Reading, Segment, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input

_MOST_TEXTS = 200
_LONGEST_TEXT = 300
_OTHERS = "\u2026"

_OWN = re.compile(
    r"running \([\dhms.]+\), +\d+/\d+ VUs, \d+ complete and \d+ interrupted iterations"
    r"|^ +scenarios: .*max duration \(incl\. graceful stop\)"
    r"|^ +execution: (?:\x1b\[\d+m)?(?:local|cloud)"
    r'|msg="?(?:Request Failed|Insufficient VUs|thresholds on metrics|test run was aborted)'
    r'|"msg":"(?:Request Failed|Insufficient VUs|thresholds on metrics|test run was aborted)'
    r'|^time=.* source=(?:console|stacktrace)\b|"source":"(?:console|stacktrace)"'
    r"|^time=.* executor=\S+ scenario=|hint=\"script exception\"",
    re.MULTILINE,
)
# Without any of these none of the patterns can match: most files are done with here.
_WORDS = (
    "complete and ", "graceful stop", "execution: ", "Request Failed", "Insufficient VUs",
    "thresholds on metrics", "test run was aborted", "source=", '"source":', "executor=", "hint=",
    " level=", "INFO", "WARN", "ERRO",
)  # fmt: skip
_POINT = re.compile(r'"type"\s*:\s*"(?:Point|Metric)"')
_LOGFMT = re.compile(r'^time="[^"]+" level=\w+ msg=', re.MULTILINE)
_TERMINAL = re.compile(r"^(?:\x1b\[\d+m)?(?:INFO|WARN|ERRO)(?:\x1b\[0m)?\[\d{4,}\] ", re.MULTILINE)
_RAW = re.compile(r"^(?:Request Failed|Insufficient VUs, reached \d+)", re.MULTILINE)

_CROSSED = re.compile(r"thresholds on metrics '(.*)' (?:have been crossed|were crossed)", re.DOTALL)
_SIGNAL = re.compile(r"test run was aborted because k6 received an? '([^']+)' signal")
_EXCEPTION = re.compile(r"(?:Uncaught )?(?:GoError|\w*Error|\w*Exception)\b")
_SETUP_EXCEPTION = re.compile(r"\n\s+at (?:setup|teardown) \(")
_FRAME = re.compile(r"\n\s+at ([^\n]*)")
_FOLDER = re.compile(r"(?:file://)?/(?:[^\s/:()]+/)+(?=[^\s/:()]+:\d)")
_BYTECODE = re.compile(r"(:\d+:\d+)\(-?\d+\)")
# Texts that differ in numbers only are counted together, HTTP statuses and places apart.
_VARYING = re.compile(
    r"((?:status|code|http(?:/[\d.]+)?|expected)\W{0,3})?(?<![:\w])(?:\d+(?:\.\d+)?|\{n\})",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![:\w.])\d{4,}\b|(?<=:)\d{4,5}(?=->)")


def sniff(head: Head) -> float:
    """k6's own sentences, or entries in the form its logger gives them."""
    start = head.text
    if not any(word in text for text in (start, "\n".join(head.middle_lines)) for word in _WORDS):
        return 0.0
    if _OWN.search(start) or _OWN.search(head.middle.decode("utf-8", "replace")):
        return 0.6 if _POINT.search(start) else 0.95  # results with console lines among them
    if _TERMINAL.search(start):
        return 0.7
    return 0.5 if _LOGFMT.search(start) or _RAW.search(start) else 0.0


@dataclass(slots=True)
class _Event:
    text: str
    count: int
    line: int
    first_ns: int | None
    last_ns: int | None


class _Tally:
    """Like lines counted together; texts beyond the first 200 share one row."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str | None], _Event] = {}
        self.total = 0

    def add(self, entry: Entry, text: str) -> None:
        self.total += 1
        key = (_VARYING.sub(_kept_after_status, text), entry.fields.get("scenario"))
        if key not in self._events and len(self._events) >= _MOST_TEXTS:
            key = (_OTHERS, None)
        event = self._events.get(key)
        if event is None:
            shown = text if key[0] != _OTHERS else _OTHERS
            self._events[key] = _Event(shown, 1, entry.line, entry.time_ns, entry.time_ns)
            return
        event.count += 1
        if entry.time_ns is not None:
            known = event.first_ns, event.last_ns
            event.first_ns = min(entry.time_ns, known[0] or entry.time_ns)
            event.last_ns = max(entry.time_ns, known[1] or entry.time_ns)

    def events(self) -> tuple[ConsoleEvent, ...]:
        """Return them, the most frequent first."""
        return tuple(
            ConsoleEvent(
                event.text, event.count, event.line, scenario, event.first_ns, event.last_ns
            )
            for (_, scenario), event in sorted(
                self._events.items(), key=lambda item: (-item[1].count, item[1].line, item[0][0])
            )
        )


@dataclass(slots=True)
class _Draft:
    """A console log while it is being read."""

    exceptions: _Tally = field(default_factory=_Tally)
    request_failures: _Tally = field(default_factory=_Tally)
    insufficient_vus: _Tally = field(default_factory=_Tally)
    script_output: _Tally = field(default_factory=_Tally)
    other_errors: _Tally = field(default_factory=_Tally)
    entries: int = 0
    crossed: str | None = None
    aborted_by: str | None = None
    lost_samples: int = 0
    progress: Progress | None = None
    most_active: int | None = None
    outputs: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)
    first_ns: int | None = None
    last_ns: int | None = None
    foreign: list[Segment] = field(default_factory=list)

    def entry(self, entry: Entry) -> None:
        """Sort one log entry."""
        self.entries += 1
        if entry.time_ns is not None:
            self.first_ns = min(entry.time_ns, self.first_ns or entry.time_ns)
            self.last_ns = max(entry.time_ns, self.last_ns or entry.time_ns)
        text, source = entry.text, entry.fields.get("source")
        if source == "console":
            if entry.level in {"warning", "error"}:
                self.script_output.add(entry, _normalised(text))
        elif text.startswith("Request Failed"):
            self.request_failures.add(entry, _normalised(entry.fields.get("error", text)))
        elif text.startswith("Insufficient VUs"):
            self.insufficient_vus.add(entry, _normalised(text))
        elif _is_exception(entry):
            self.exceptions.add(entry, _exception(text))
            if entry.fields.get("hint") == "script exception" and _SETUP_EXCEPTION.search(text):
                self.aborted_by = self.aborted_by or "exception"
        elif entry.level not in {"trace", "debug", "info"}:
            self._other(entry)

    def _other(self, entry: Entry) -> None:
        """k6's own warnings and errors."""
        text = entry.text
        crossed, signal = _CROSSED.search(text), _SIGNAL.search(text)
        if crossed:
            self.crossed = crossed[1]
            if "abortOnFail" in text:
                self.aborted_by = self.aborted_by or "threshold"
        elif signal:
            self.aborted_by = signal[1]
        elif text.startswith("test aborted"):
            self.aborted_by = "test.abort"
            self.other_errors.add(entry, _normalised(text))
        else:
            timed_out = re.match(r"(setup|teardown)\(\) execution timed out", text)
            if timed_out and timed_out[1] == "setup":
                self.aborted_by = "setup timeout"
            if "couldn't be marshalled" in text:
                failed = entry.fields.get("failed", "")
                self.lost_samples += int(failed) if failed.isdecimal() else 1
            error = entry.fields.get("error")
            self.other_errors.add(entry, _normalised(f"{text}: {error}" if error else text))

    def running(self, progress: Progress) -> None:
        """Keep the last progress line and the most VUs seen."""
        self.progress = progress
        self.most_active = max(progress.active, self.most_active or 0)

    def fact(self, ref: SourceRef) -> ConsoleLog:
        """Finish the log."""
        last = self.progress
        return ConsoleLog(
            ref,
            exceptions=self.exceptions.events(),
            request_failures=self.request_failures.events(),
            insufficient_vus=self.insufficient_vus.events(),
            script_output=self.script_output.events(),
            other_errors=self.other_errors.events(),
            crossed_thresholds=self.crossed,
            aborted_by=self.aborted_by,
            lost_samples=self.lost_samples,
            seconds=last.seconds if last else None,
            interrupted_iterations=last.interrupted if last else None,
            complete_iterations=last.complete if last else None,
            max_vus_seen=self.most_active,
            outputs=tuple(dict.fromkeys(self.outputs)),
            scenarios=tuple(dict.fromkeys(self.scenarios)),
        )


def read(source: Input) -> Reading:
    """Read and count; lines that are not k6's are left to other dialects."""
    draft = _Draft()
    for line in parse(source.lines()):
        match line:
            case Entry():
                draft.entry(line)
            case Progress():
                draft.running(line)
            case Heading():
                draft.outputs.extend(line.outputs)
                draft.scenarios.extend([line.scenario] if line.scenario else [])
            case Segment():
                draft.foreign.append(line)
            case None:
                pass
    placed = draft.first_ns is not None

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (draft.fact(ref),)

    return Reading(
        facts,
        records=draft.entries + (draft.progress is not None),
        start_ns=draft.first_ns,
        end_ns=draft.last_ns,
        clock=Clock(ClockKind.UTC if placed else ClockKind.UNKNOWN),
        summary=_summary(draft),
        foreign=tuple(draft.foreign),
    )


def _summary(draft: _Draft) -> tuple[tuple[str, SummaryValue], ...]:
    last = draft.progress
    tallies: Iterable[_Tally] = (draft.exceptions, draft.request_failures, draft.other_errors)
    return (
        ("entries", draft.entries),
        ("errors", sum(tally.total for tally in tallies)),
        ("exceptions", draft.exceptions.total),
        ("request_failures", draft.request_failures.total),
        ("insufficient_vus", draft.insufficient_vus.total),
        ("interrupted_iterations", last.interrupted if last else None),
        ("seconds", last.seconds if last else None),
        ("aborted_by", draft.aborted_by),
        ("lost_samples", draft.lost_samples),
    )


def _kept_after_status(number: re.Match[str]) -> str:
    return number[0] if number[1] else "#"


def _is_exception(entry: Entry) -> bool:
    return (
        entry.fields.get("source") == "stacktrace"
        or entry.fields.get("hint") == "script exception"
        or (entry.level in {"error", "fatal", ""} and bool(_EXCEPTION.match(entry.text)))
    )


def _exception(text: str) -> str:
    """First line and place: `TypeError: … at default (script.js:41:33)`."""
    head = text.strip().split("\n", 1)[0]
    frame = _FRAME.search(text)
    return _normalised(f"{head} at {frame[1]}" if frame else head)


def _normalised(text: str) -> str:
    short = _BYTECODE.sub(r"\1", _FOLDER.sub("", " ".join(text.split())))
    plain = _NUMBER.sub("{n}", masked(short))
    return plain if len(plain) <= _LONGEST_TEXT else plain[: _LONGEST_TEXT - 1] + _OTHERS


PLUGIN = Source("k6-console", "k6-console", sniff, read)
