"""Records of an application log, gathered by what they say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.applog import AppLog, EventGroup, Level, Moment
from perfreport.sources._log_pools import PoolWords
from perfreport.sources._log_templates import template
from perfreport.sources._stack_trace import named_exception, parse_trace

if TYPE_CHECKING:
    from perfreport.model.source import SourceRef, SummaryValue

_STARTED = re.compile(r"Started \S+ in (\d{1,6}(?:[.,]\d{1,6})?) seconds")
_STOPPED = (
    "Commencing graceful shutdown",
    "Graceful shutdown complete",
    "Closing JPA EntityManagerFactory",
    "Shutdown initiated...",
    "Stopping service [",
)
_MOST_GROUPS = 2000
_KEPT_APART = 20_000  # templates remembered, so that the next equal record costs nothing

Key = tuple[Level, str, str, str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Record:
    """One log record; `rest` are the lines after its first one."""

    line: int
    time_ns: int
    level: Level
    thread: str
    logger: str
    message: str
    rest: tuple[str, ...] = ()
    exception: tuple[str, str] | None = None  # class and message, where the format says so itself


@dataclass(slots=True)
class Events:
    """Everything gathered so far."""

    levels: Counter[Level] = field(default_factory=Counter)
    pools: PoolWords = field(default_factory=PoolWords)
    started: list[Moment] = field(default_factory=list)
    stopped: list[Moment] = field(default_factory=list)
    framework: str | None = None
    ungrouped: int = 0
    _groups: dict[Key, tuple[list[int], list[int]]] = field(default_factory=dict)
    _templates: dict[str, str] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Take in a record that is worth a closer look; its level has been counted."""
        leak = self.pools.read(record)
        message = record.message
        if found := _STARTED.match(message):
            seconds = float(found[1].replace(",", "."))
            self.started.append(Moment(record.time_ns, record.line, seconds))
        elif record.level is Level.INFO and any(said in message for said in _STOPPED):
            self.stopped.append(Moment(record.time_ns, record.line))
        trace = None if leak or not record.rest else parse_trace(record.rest)
        thrown = root = frame = root_template = None
        if trace is not None:
            thrown, root = trace.thrown, trace.root
            root_template = self._template(trace.root_message)
            frame = trace.frames[0] if trace.frames else None
        elif record.exception is not None and not leak:
            thrown = root = record.exception[0]
            root_template = self._template(record.exception[1])
        elif record.level >= Level.WARN and not leak:
            thrown = root = named_exception(message)
        if record.level < Level.WARN and thrown is None:
            return
        text = self._template(message or (trace.thrown_message if trace else ""))
        key = (record.level, record.logger, text, thrown, root, root_template, frame)
        if key not in self._groups and len(self._groups) >= _MOST_GROUPS:
            self.ungrouped += 1
            return
        times, lines = self._groups.setdefault(key, ([], []))
        times.append(record.time_ns)
        lines.append(record.line)

    def groups(self) -> tuple[EventGroup, ...]:
        """All groups, the most frequent first."""
        found = [
            EventGroup(*key, np.array(times, np.int64), np.array(lines, np.int64))
            for key, (times, lines) in self._groups.items()
        ]
        return tuple(sorted(found, key=lambda group: (-group.count, int(group.lines[0]))))

    def summary(self, lines: int) -> tuple[tuple[str, SummaryValue], ...]:
        """The keys that `inspect` prints for an application log."""
        exceptions: Counter[str] = Counter()
        for (_, _, _, thrown, _, _, _), (times, _) in self._groups.items():
            if thrown is not None:
                exceptions[thrown] += len(times)
        ordered = sorted(exceptions.items(), key=lambda item: (-item[1], item[0]))
        errors = sum(count for level, count in self.levels.items() if level >= Level.ERROR)
        return (("lines", lines), ("errors", errors), ("exceptions", tuple(ordered)))

    def fact(self, source: SourceRef, start_ns: int, end_ns: int, lines: int) -> AppLog:
        """Freeze everything into a fact of `source`."""
        pools = self.pools
        return AppLog(
            source,
            start_ns,
            end_ns,
            lines,
            sum(self.levels.values()),
            tuple(sorted(self.levels.items())),
            self.groups(),
            pools.statistics(),
            pools.timeouts(),
            pools.leaks(),
            tuple(pools.stalls),
            tuple(self.started),
            tuple(self.stopped),
            self.framework,
            self.ungrouped,
        )

    def _template(self, message: str) -> str:
        known = self._templates.get(message)
        if known is None:
            known = template(message)
            if len(self._templates) < _KEPT_APART:
                self._templates[message] = known
        return known
