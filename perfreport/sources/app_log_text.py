"""Application logs as text: Spring Boot 2 and 3, logback, log4j, java.util.logging patterns.

In: records that start with time and level (in either order), stack traces after them, container
prefixes and colours around them, GC lines and thread dumps among them. Out: one AppLog.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._log_headers import header_of
from perfreport.sources._log_reading import log_reading
from perfreport.sources._log_text import LogText
from perfreport.sources._log_wrapping import wrapping_of
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._spec import Reading

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_JAVA = re.compile(
    r" --- \[| \[[^\]]+\] (?:TRACE|DEBUG|INFO|WARN|ERROR)\b|\b(?:[a-z]\w{0,30}\.){2,}[A-Z]\w"
    r"|^\tat |:: Spring Boot ::",
    re.MULTILINE,
)


def sniff(head: Head) -> float:
    """Look for records, and for the marks of a Java program in them."""
    lines = [line for line in (*head.lines, *head.middle_lines) if line.strip()]
    wrapping = wrapping_of(lines)
    if wrapping is not None:
        lines = [wrapping.sub("", line, count=1) for line in lines]
    plain = [_ANSI.sub("", line) for line in lines]
    records = [line for line in plain if line[:1] not in "\t {" and header_of(line)]
    if not records:
        return 0.0
    java = sum(1 for line in plain if _JAVA.search(line))
    if 2 * java >= len(records):
        return 0.6 if len(records) > 2 else 0.4
    return 0.35 if 4 * len(records) > len(plain) else 0.0


def read(source: Input) -> Reading:
    """Read every record."""
    text = LogText()
    wrapping = wrapping_of(source.head.lines)
    for number, line in source.lines():
        text.add(number, line if wrapping is None else wrapping.sub("", line, count=1))
    return log_reading(text, "text", Losses(source.name))


PLUGIN = Source("app-log-text", "app-log", sniff, read)
