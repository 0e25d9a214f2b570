"""Fields of a JSON log record, whatever the encoder called them.

Known: Elastic Common Schema (nested or dotted keys), logstash-logback-encoder, GELF, log4j2's
JSON layouts, logback's JsonLayout, Google Cloud's `severity`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from perfreport.model.applog import Level
from perfreport.model.units import NS_PER_MS, NS_PER_SECOND
from perfreport.sources._log_events import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMES = ("@timestamp", "timestamp", "time", "ts", "timeMillis", "datetime", "date")
_LEVELS = ("log.level", "level", "severity", "loglevel", "level_name", "_level_name", "levelname")
_LOGGERS = ("log.logger", "logger_name", "logger", "loggerName", "_log_logger", "_logger_name")
_THREADS = (
    "process.thread.name", "thread_name", "thread", "threadName", "_process_thread_name",
    "_thread_name", "_thread",
)  # fmt: skip
_MESSAGES = ("message", "short_message", "msg", "formattedMessage", "@message")
_STACKS = (
    "error.stack_trace", "stack_trace", "stackTrace", "stacktrace", "exception.stacktrace",
    "thrown.extendedStackTrace", "_error_stack_trace", "exception", "throwable", "full_message",
    "_exception",
)  # fmt: skip
_TYPES = (
    "error.type",
    "exception.exception_class",
    "thrown.name",
    "_error_type",
    "_exception_class",
)
_SYSLOG = (Level.FATAL,) * 3 + (Level.ERROR, Level.WARN, Level.INFO, Level.INFO, Level.DEBUG)
_WORDS = {
    "TRACE": Level.TRACE, "DEBUG": Level.DEBUG, "INFO": Level.INFO, "NOTICE": Level.INFO,
    "WARN": Level.WARN, "WARNING": Level.WARN, "ERROR": Level.ERROR, "SEVERE": Level.ERROR,
    "CRITICAL": Level.FATAL, "FATAL": Level.FATAL, "EMERGENCY": Level.FATAL,
}  # fmt: skip
_MILLIS, _MICROS, _NANOS = 10**11, 10**14, 10**17
_LAST = 7_258_118_400  # the year 2200, in seconds


def record_of(fields: Mapping[str, Any], line: int) -> tuple[Record, bool] | None:
    """Return the record of a JSON object and whether its time has a zone; None if it is none."""
    message = _text(fields, _MESSAGES)
    level = _level(fields)
    moment = _time(fields)
    if level is None or moment is None or message is None:
        return None
    stack = _text(fields, _STACKS)
    rest = tuple(stack.splitlines()[:2000]) if stack else ()
    thrown = _text(fields, _TYPES)
    exception = None if thrown is None else (thrown, _text(fields, ("error.message",)) or "")
    logger, thread = _text(fields, _LOGGERS) or "", _text(fields, _THREADS) or ""
    lines = message.splitlines() or [""]
    rest = (*lines[1:], *rest)
    return Record(line, moment[0], level, thread, logger, lines[0], rest, exception), moment[1]


def is_log_record(fields: Mapping[str, Any]) -> bool:
    """Whether an object has the marks of a Java logger, not only time, level and message."""
    named = _text(fields, _LOGGERS) is not None or _text(fields, _THREADS) is not None
    marked = named or "@timestamp" in fields or "short_message" in fields or "ecs" in fields
    return marked and record_of(fields, 1) is not None


def _text(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = _field(fields, name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            return "\n".join(value)
    return None


def _field(fields: Mapping[str, Any], name: str) -> Any:
    """Value of "log.level", written as one key or as nested objects."""
    if name in fields or "." not in name:
        return fields.get(name)
    value: Any = fields
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _level(fields: Mapping[str, Any]) -> Level | None:
    for name in _LEVELS:
        value = _field(fields, name)
        if isinstance(value, str) and value.strip().upper() in _WORDS:
            return _WORDS[value.strip().upper()]
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(_SYSLOG):
            return _SYSLOG[value]
    return None


def _time(fields: Mapping[str, Any]) -> tuple[int, bool] | None:
    """Time in ns, and whether it is UTC (else local, read as if it were)."""
    instant = fields.get("instant")
    if isinstance(instant, dict) and isinstance(second := instant.get("epochSecond"), int):
        nanos = instant.get("nanoOfSecond", 0)
        if 0 <= second < _LAST and isinstance(nanos, int) and 0 <= nanos < NS_PER_SECOND:
            return second * NS_PER_SECOND + nanos, True
    for name in _TIMES:
        value = fields.get(name)
        if isinstance(value, str):
            moment = _iso(value)
            if moment is not None:
                return moment
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            moment = _epoch(value)
            if moment is not None:
                return moment
    return None


def _iso(text: str) -> tuple[int, bool] | None:
    text = text.strip().replace(",", ".")
    whole, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    zone = rest[len(digits) :]
    try:
        if not dot:
            moment, digits = datetime.fromisoformat(whole), ""
        else:
            moment = datetime.fromisoformat(whole + zone.strip())
        zoned = moment.tzinfo is not None
        seconds = int((moment if zoned else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
    if not 0 <= seconds < _LAST:
        return None
    return seconds * NS_PER_SECOND + int((digits or "0")[:9].ljust(9, "0")), zoned


def _epoch(value: float) -> tuple[int, bool] | None:
    """Nanoseconds of an epoch in seconds, ms, µs or ns, told by its size."""
    if not 10**8 <= value < _LAST * NS_PER_SECOND:
        return None
    if value < _MILLIS:
        return round(value * 1000) * NS_PER_MS, True
    if value < _MICROS:
        return round(value * 1000) * 1000, True
    return int(value) * (1000 if value < _NANOS else 1), True
