"""Application logs as JSON lines (ECS, logstash, GELF, log4j2 …), bare or in Docker's own JSON.

Lines in between that are no JSON (a banner, a thread dump, GC lines) are read like those of a text
log.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from perfreport.sources._log_json_fields import is_log_record, record_of
from perfreport.sources._log_reading import log_reading
from perfreport.sources._log_text import LogText
from perfreport.sources._log_wrapping import wrapping_of
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._spec import Reading


def sniff(head: Head) -> float:
    """Look for JSON records with the marks of a Java logger."""
    lines = [line for line in (*head.lines, *head.middle_lines) if line.strip()][:200]
    wrapping = wrapping_of(lines)
    if wrapping is not None:
        lines = [wrapping.sub("", line, count=1) for line in lines]
    records = wrapped = 0
    for line in lines:
        fields = _object(line)
        if fields is None:
            continue
        inner = fields.get("log")
        if isinstance(inner, str) and "stream" in fields:
            wrapped += 1
        elif is_log_record(fields):
            records += 1
    if records and 3 * records >= len(lines):
        return 0.8
    if wrapped and 2 * wrapped >= len(lines):
        return 0.5
    return 0.0


def read(source: Input) -> Reading:
    """Read every record."""
    text, losses = LogText(), Losses(source.name)
    wrapping = wrapping_of(source.head.lines)
    for number, raw in source.lines():
        line = raw if wrapping is None else wrapping.sub("", raw, count=1)
        fields = _object(line)
        if fields is not None and isinstance(fields.get("log"), str):
            line = fields["log"].rstrip("\r\n")
            fields = _object(line)
        if fields is not None:
            found = record_of(fields, number)
            if found is None:
                losses.add(number)
            else:
                text.lines += 1
                text.record(found[0], zoned=found[1])
        elif line.startswith("{"):
            text.lines += 1
            losses.add(number)
        else:
            text.add(number, line)
    return log_reading(text, "json", losses)


def _object(line: str) -> dict[str, Any] | None:
    """Return the JSON object of a line, or None."""
    if line[:1] != "{":
        line = line.lstrip()
        if line[:1] != "{":
            return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


PLUGIN = Source("app-log-json", "app-log", sniff, read)
