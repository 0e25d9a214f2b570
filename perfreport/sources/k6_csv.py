"""k6's `--out csv`: one row per sample, a column per enabled system tag, no declarations.

Metric types are k6's own or guessed (`MetricDeclaration.declared` is False) until a summary or
the script's configuration beside the file tells them. Times are whole seconds unless `timeFormat`
says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.sources._k6_rows import LEADING
from perfreport.sources._spec import Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._spec import Reading

_HEADER = ",".join(LEADING)


def sniff(head: Head) -> float:
    """k6's header; no other tool begins a row with these three names."""
    return 1.0 if head.text.lstrip("\ufeff\0\r\n ").startswith(_HEADER) else 0.0


def read(source: Input) -> Reading:
    """Read the samples into a store; the facts own it."""
    from perfreport.sources._k6_reading import reading_of
    from perfreport.sources._k6_rows import read_rows
    from perfreport.store import SampleWriter

    writer = SampleWriter()
    with source.open() as stream:
        share = read_rows(stream, writer)
    return reading_of(source, [(writer.finish(), share)])


PLUGIN = Source("k6-csv", "k6-csv", sniff, read)
