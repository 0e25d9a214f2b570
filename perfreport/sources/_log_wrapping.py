"""What containers put in front of every line of a log: names, times, stream tags."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
# The content after the prefix must not look like the rest of the same log line: an application's
# own time stamp at the start of a line is no wrapping, so a bare time must be followed by another
# stamp or by a unified-logging decoration.
_WRAPPINGS = (
    re.compile(rf"\[pod/\S+\] (?:{_TIME} )?"),  # kubectl logs --prefix [--timestamps]
    re.compile(rf"{_TIME} (?:stdout|stderr) [FP] "),  # container runtime files
    re.compile(rf"[\w.-]{{1,80}} +\| (?:{_TIME} )?"),  # docker compose logs [-t]
    re.compile(rf"{_TIME} (?=\[?\d|\s|$)"),  # docker logs -t, kubectl logs --timestamps
)


def wrapping_of(lines: Iterable[str]) -> re.Pattern[str] | None:
    """Return the pattern of what stands before (nearly) every line, or None."""
    sample = [line for line in lines if line.strip()][:400]
    if len(sample) < 2:
        return None
    for pattern in _WRAPPINGS:
        hits = sum(1 for line in sample if pattern.match(line))
        if hits >= 0.9 * len(sample):
            return pattern
    return None
