"""Times between and beside metric samples."""

from __future__ import annotations

import re

from perfreport.model.units import NS_PER_SECOND
from perfreport.sources._instants import Instant, find_instant

_LONGEST_SEPARATOR = 120
_MOST_WORDS = 2
_WORD = re.compile(r"[^\W\d_]{2,}")
_LOG_LEVEL = re.compile(r"\b(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)\b")
_DATE_WORDS = re.compile(
    r"mon|tue|wed|thu|fri|sat|sun|\w+day"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    r"|[ap]m|utc|gmt|[a-z]{2,3}t",
    re.IGNORECASE,
)


def separating_instant(text: str) -> Instant | None:
    """The time of a line that says little else: `# scrape <time>`, `date` output, a Date header.

    A log line has a time, too, but a separator has no more than two words beside it.
    """
    if len(text) > _LONGEST_SEPARATOR or _LOG_LEVEL.search(text):
        return None
    words = [word for word in _WORD.findall(text) if not _DATE_WORDS.fullmatch(word)]
    return find_instant(text) if len(words) <= _MOST_WORDS else None


def epoch_ns(value: float) -> int | None:
    """Nanoseconds of an epoch number in seconds, ms, µs or ns, told apart by magnitude.

    None for a number that is none of them (before 1980 or after 2100 in every unit).
    """
    for scale in (NS_PER_SECOND, 1_000_000, 1_000, 1):
        ns = value * scale
        if 315_532_800 * NS_PER_SECOND <= ns <= 4_102_444_800 * NS_PER_SECOND:
            # A float of seconds is good to a quarter of a microsecond today, no further.
            exact = isinstance(value, int) or value.is_integer()
            return int(value) * scale if exact else round(value * scale / 1_000) * 1_000
    return None
