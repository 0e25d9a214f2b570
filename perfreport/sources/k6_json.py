"""k6's `--out json`: one object per line, `Metric` declarations and `Point` samples.

Lines as k6 writes them since 0.41 are read a block at a time (`_k6_scan`), all others one by one
(`_k6_point`). Nothing is dropped in silence: broken lines are counted with their places, lines of
another tool are handed back to be recognised.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from perfreport.sources._spec import Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input
    from perfreport.sources._k6_share import Share
    from perfreport.sources._spec import Reading
    from perfreport.store import StorePart

_LINE = re.compile(r'"type"\s*:\s*"(?:Point|Metric)"')
_KEYS = ('"data"', '"metric"')


def sniff(head: Head) -> float:
    """k6's two kinds of object, whatever the order of their keys or the layout."""
    text = head.text
    if not _LINE.search(text) or any(key not in text for key in _KEYS):
        return 0.0
    return 1.0 if text.lstrip("\0 \r\n\t").startswith(("{", "[")) else 0.6


def read(source: Input) -> Reading:
    """Read the samples into a store; the facts own it."""
    from perfreport.sources._k6_reading import reading_of

    shares = _shares(source)
    return reading_of(source, shares)


def _shares(source: Input) -> list[tuple[StorePart, Share]]:
    from perfreport.sources._k6_documents import is_documents, read_documents
    from perfreport.sources._k6_parallel import read_file
    from perfreport.sources._k6_share import read_stretch
    from perfreport.store import SampleWriter

    writer = SampleWriter()
    if is_documents(source.head.start):
        share = read_documents(source, writer)
        return [(writer.finish(), share)]
    if source.path is not None and source.compression is None and source.encoding == "utf-8":
        with source.path.open("rb") as stream:
            start = len(BOM_UTF8) if stream.read(len(BOM_UTF8)) == BOM_UTF8 else 0
        return read_file(source.path, start, source.advanced)
    with source.open() as stream:
        share = read_stretch(stream, None, writer, lambda _: None)
    return [(writer.finish(), share)]


PLUGIN = Source("k6-json", "k6-json", sniff, read)
