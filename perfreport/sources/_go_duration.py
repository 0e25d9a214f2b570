"""Durations as Go and k6 write them: `1m30.5s`, `250ms`, or a number of milliseconds."""

from __future__ import annotations

import math
import re

_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)")
_SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "\u00b5s": 1e-6,
    "\u03bcs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}


def go_seconds(value: object) -> float | None:
    """Return seconds; None for what is not a duration. Numbers are milliseconds, as k6 has it."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value / 1000.0 if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text) / 1000.0
    negative, text = text.startswith("-"), text.lstrip("+-")
    position, total = 0, 0.0
    while match := _PART.match(text, position):
        total += float(match[1]) * _SECONDS[match[2]]
        position = match.end()
    if position == 0 or position != len(text):
        return None
    return -total if negative else total
