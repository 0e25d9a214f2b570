"""Prometheus text format 0.0.4: scrapes saved by curl, alone or many in one file; federation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.signals import catalogue
from perfreport.sources._exposition import sample_lines
from perfreport.sources._metric_series import KIND
from perfreport.sources._scrapes import read_scrapes
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_META = re.compile(r"# (?:HELP|TYPE) [a-zA-Z_:\"][\w:.\"]* ")


def sniff(head: Head) -> float:
    """HELP or TYPE lines with samples, or nearly nothing but samples with labels or known names.

    OpenMetrics looks much the same; what is surely OpenMetrics wins by its own signs.
    """
    lines = [line for line in (*head.lines, *head.middle_lines) if line.strip()]
    if not lines:
        return 0.0
    samples = list(sample_lines(lines))
    if any(_META.match(line) for line in lines) and samples:
        return 0.85
    telling = sum(
        ("{" in line and "=>" not in line) or catalogue().resolve(line.split()[0]) is not None
        for line in samples
    )
    plain = [line for line in lines if line[0] not in "#="]
    return 0.8 if telling >= 3 and len(samples) >= 0.8 * len(plain) else 0.0


def read(source: Input) -> Reading:
    """Read all scrapes."""
    return read_scrapes(source, "prometheus")


PLUGIN = Source(id="prometheus-text", kind=KIND, sniff=sniff, read=read)
