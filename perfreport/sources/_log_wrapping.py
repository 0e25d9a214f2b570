"""What containers put in front of every line of a log: names, times, stream tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
_NAMED = (
    r"\[pod/\S+\] ",  # kubectl logs --prefix
    r"[\w.-]{1,80} +\| ",  # docker compose logs
    "",
)
_STREAM = re.compile(rf"{_TIME} (?:stdout|stderr) [FP] ")  # files of a container runtime
# A program's own time at the start of a line is no wrapping: the container's time is one only if
# many lines have a second one after it, or a JSON object.
_DOUBLED = 0.2


def wrapping_of(lines: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern of what stands before (nearly) every line, or None."""
    sample = [line for line in lines if line.strip()][:400]
    if len(sample) < 2:
        return None
    if _before_all(_STREAM, sample):
        return _STREAM
    for name in _NAMED:
        if name and not _before_all(re.compile(name), sample):
            continue
        timed = re.compile(rf"{name}{_TIME}(?: |$)")
        doubled = re.compile(rf"{name}{_TIME} (?:\[?\d\d\d?\d?[-:.]\d|\[\d|\[gc|GC\(|{{)")
        twice = sum(1 for line in sample if doubled.match(line))
        if twice >= _DOUBLED * len(sample) and _before_all(timed, sample):
            return timed
        if name:
            return re.compile(name)
    return None


def _before_all(pattern: re.Pattern[str], sample: list[str]) -> bool:
    return sum(1 for line in sample if pattern.match(line)) >= 0.9 * len(sample)
