"""Grafana panel data as CSV: wide or long, raw or formatted, for Excel, in the browser's locale."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.sources._metric_series import KIND
from perfreport.sources._spec import Reading, Source
from perfreport.sources._table import read_table

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_HEADER = re.compile(r'"(?:Time|Series)"[,;\t]"')


def sniff(head: Head) -> float:
    """A quoted header that begins with Time or Series, after a line that names the separator."""
    lines = [line for line in head.lines if line.strip()]
    if lines and lines[0].lower().startswith("sep="):
        lines = lines[1:]
    return 0.95 if lines and _HEADER.match(lines[0]) else 0.0


def read(source: Input) -> Reading:
    """Read the table; times without a zone are the browser's."""
    return read_table(source, "grafana-csv")


PLUGIN = Source(id="grafana-csv", kind=KIND, sniff=sniff, read=read)
