"""OpenMetrics text: counters whose TYPE lacks `_total`, `# UNIT`, `# EOF`, times in seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._exposition import sample_lines
from perfreport.sources._metric_series import KIND
from perfreport.sources._scrapes import read_scrapes
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_COUNTER = re.compile(r"^# TYPE ([a-zA-Z_:][\w:]*) counter\s*$", re.MULTILINE)


def sniff(head: Head) -> float:
    """Signs that only OpenMetrics has, among exposition lines."""
    text = head.text + head.middle.decode("utf-8", "replace")
    lines = text.splitlines()
    if not any(line.startswith(("# TYPE ", "# HELP ")) for line in lines):
        return 0.0
    if "# EOF" in lines or any(line.startswith("# UNIT ") for line in lines):
        return 0.98 if any(sample_lines(lines)) else 0.0
    return 0.98 if _bare_counter(text) else 0.0


def read(source: Input) -> Reading:
    """Read all scrapes."""
    return read_scrapes(source, "openmetrics")


def _bare_counter(text: str) -> bool:
    return any(
        not name.endswith("_total") and f"\n{name}_total" in text for name in _COUNTER.findall(text)
    )


PLUGIN = Source(id="openmetrics", kind=KIND, sniff=sniff, read=read)
