"""One input as a stream of clean bytes or lines, whatever wrapping it came in.

Compression (gzip, zstd), byte-order marks, UTF-16, NUL tails and cut-off archives are dealt with
here once, so that no dialect has to. A cut archive yields what could be decompressed and leaves a
Problem in `Input.problems`.
"""

from __future__ import annotations

import codecs
import io
import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from perfreport.model.message import message
from perfreport.model.source import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from perfreport.sources._spec import Segment

HEAD_BYTES = 64 * 1024
_MIDDLE_BYTES = 16 * 1024
_CHUNK = 1 << 20
_PACKED_CHUNK = 1 << 16  # a hostile archive grows a thousandfold
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_LONGEST_LINE = 16 << 20
_LONGEST_TEXT = 64 << 20

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Head:
    """The beginning of an input (64 KiB, decompressed, UTF-8) and a slice of its middle."""

    name: str
    start: bytes
    middle: bytes = b""

    @cached_property
    def text(self) -> str:
        """The beginning as text; bytes that are not UTF-8 become U+FFFD."""
        return self.start.decode("utf-8", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """Complete lines of the beginning; a last, cut line is left out unless it is alone."""
        lines = self.text.splitlines()
        return lines[:-1] if len(self.start) >= HEAD_BYTES and len(lines) > 1 else lines

    @cached_property
    def middle_lines(self) -> list[str]:
        """Complete lines of the middle slice."""
        return self.middle.decode("utf-8", "replace").splitlines()[1:-1]


class Input:
    """A file, a segment of one, or standard input; can be opened more than once.

    `name` is what the user will recognise; `path` is None for content that is not a file (parts
    of a mixed file). `first_line` is the number of the first line. `workspace` is a folder for
    temporary stores; it lives as long as the facts do.
    """

    def __init__(
        self,
        name: str,
        path: Path | None = None,
        content: bytes | None = None,
        first_line: int = 1,
        on_bytes: Callable[[int], None] | None = None,
        *,
        workspace: Path | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.first_line = first_line
        self.workspace = workspace
        self.problems: list[Problem] = []
        self._content = content
        self._segments: tuple[Segment, ...] = ()
        self._on_bytes = on_bytes or (lambda _: None)

    @classmethod
    def of_segments(
        cls, name: str, segments: tuple[Segment, ...], workspace: Path | None = None
    ) -> Input:
        """Join parts of a mixed file to one input; `lines` keeps the numbers of the file."""
        content = "\n".join(segment.text.rstrip("\r\n") for segment in segments) + "\n"
        joined = cls(
            name,
            content=content.encode("utf-8", "replace"),
            first_line=segments[0].first_line,
            workspace=workspace,
        )
        joined._segments = segments
        return joined

    @cached_property
    def size(self) -> int:
        """Size as stored (compressed), in bytes."""
        return len(self._content or b"") if self.path is None else self.path.stat().st_size

    @cached_property
    def modified_ns(self) -> int | None:
        """Time the file was last written, if it is a file."""
        return None if self.path is None else self.path.stat().st_mtime_ns

    @cached_property
    def compression(self) -> str | None:
        """`"gzip"`, `"zstd"` or None, by magic number."""
        with self._open_stored() as stream:
            magic = stream.read(4)
        if magic.startswith(_GZIP_MAGIC):
            return "gzip"
        return "zstd" if magic == _ZSTD_MAGIC else None

    @cached_property
    def encoding(self) -> str:
        """Encoding by byte-order mark, or by the NULs of unmarked UTF-16; else UTF-8."""
        with self._open_decompressed(quiet=True) as stream:
            start = stream.read(4096)
        return _encoding_of(start)

    @cached_property
    def head(self) -> Head:
        """What sources sniff at."""
        with self._open(quiet=True) as stream:
            start = _read_up_to(stream, HEAD_BYTES)
        return Head(self.name, start, self._middle())

    def open(self) -> BinaryIO:
        """Return the content: decompressed, UTF-8, without byte-order mark."""
        return self._open(quiet=False)

    def text(self, limit: int = _LONGEST_TEXT) -> str:
        """Return the content as one string; what lies beyond `limit` bytes is a Problem."""
        with self.open() as stream:
            raw = _read_up_to(stream, limit + 1)
        if len(raw) > limit:
            self.problems.append(
                Problem(self.name, message("problem.text-cut", limit_bytes=float(limit)))
            )
        return raw[:limit].decode("utf-8", "replace")

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line number, text) without line ends; CRLF and lone CR end lines too.

        A lone CR does not count as a line of its own. Lines over 16 MiB are cut there.
        Undecodable bytes become U+FFFD, NUL bytes are left out.
        """
        return chain.from_iterable(self._segment_blocks() if self._segments else self._blocks())

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last line of a part of a mixed file; None for a whole file."""
        if not self._segments:
            return None
        return self._segments[0].first_line, self._segments[-1].last_line

    def advanced(self, size: int) -> None:
        """Tell the progress that `size` stored bytes were read without `open`."""
        self._on_bytes(size)

    def _segment_blocks(self) -> Iterator[Iterable[tuple[int, str]]]:
        for segment in self._segments:
            yield _numbered(segment.text.rstrip("\r\n"), segment.first_line)

    def _blocks(self) -> Iterator[Iterable[tuple[int, str]]]:
        number = self.first_line
        rest = b""
        with self.open() as stream:
            while chunk := stream.read(_CHUNK):
                cut = chunk.rfind(b"\n")
                if cut < 0 and len(rest) + len(chunk) < _LONGEST_LINE:
                    rest += chunk
                    continue
                block = rest + (chunk if cut < 0 else chunk[:cut])
                rest = b"" if cut < 0 else chunk[cut + 1 :]
                yield _numbered(block.decode("utf-8", "replace"), number)
                number += block.count(b"\n") + 1
        if rest:
            yield _numbered(rest.decode("utf-8", "replace"), number)

    def _middle(self) -> bytes:
        if self.path is None or self.compression or self.encoding != "utf-8":
            return b""
        if self.size < 4 * HEAD_BYTES:
            return b""
        with self.path.open("rb") as stream:
            stream.seek(self.size // 2)
            return stream.read(_MIDDLE_BYTES)

    def _open_stored(self) -> BinaryIO:
        if self.path is None:
            return io.BytesIO(self._content or b"")
        return self.path.open("rb")

    def _open_decompressed(self, *, quiet: bool) -> BinaryIO:
        stored = self._open_stored()
        on_bytes = (lambda _: None) if quiet else self._on_bytes
        if self.compression == "gzip":
            chunks = _gunzip(stored, on_bytes, self._cut(quiet=quiet))
        elif self.compression == "zstd":
            chunks = _unzstd(stored, on_bytes, self._cut(quiet=quiet))
        else:
            chunks = _plain(stored, on_bytes)
        return io.BufferedReader(_ChunkStream(chunks, stored), _CHUNK)

    def _open(self, *, quiet: bool) -> BinaryIO:
        stream = self._open_decompressed(quiet=quiet)
        if self.encoding != "utf-8":
            return io.BufferedReader(
                _ChunkStream(_transcode(stream, self.encoding), stream), _CHUNK
            )
        if not stream.peek(3).startswith(codecs.BOM_UTF8):  # type: ignore[attr-defined]
            return stream
        stream.read(3)
        return stream

    def _cut(self, *, quiet: bool) -> Callable[[], None]:
        def report() -> None:
            problem = Problem(self.name, message("problem.archive-cut"))
            if not quiet and problem not in self.problems:
                self.problems.append(problem)

        return report


class _ChunkStream(io.RawIOBase):
    """A generator of byte chunks as a raw stream."""

    def __init__(self, chunks: Iterator[bytes], below: BinaryIO) -> None:
        self._chunks = chunks
        self._below = below
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer)  # type: ignore[arg-type]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        self._below.close()
        super().close()


def _plain(stored: BinaryIO, on_bytes: Callable[[int], None]) -> Iterator[bytes]:
    while chunk := stored.read(_CHUNK):
        on_bytes(len(chunk))
        yield chunk


def _gunzip(
    stored: BinaryIO, on_bytes: Callable[[int], None], cut: Callable[[], None]
) -> Iterator[bytes]:
    """Decompress all members; a torn tail ends the stream instead of raising."""
    inflate = zlib.decompressobj(31)
    while chunk := stored.read(_PACKED_CHUNK):
        on_bytes(len(chunk))
        try:
            while chunk:
                yield inflate.decompress(chunk)
                chunk = inflate.unused_data if inflate.eof else b""
                if inflate.eof:
                    chunk = chunk.lstrip(b"\0")  # padding after the last member
                    if chunk:
                        inflate = zlib.decompressobj(31)
        except zlib.error:
            cut()
            return
    if not inflate.eof:
        cut()


def _unzstd(
    stored: BinaryIO, on_bytes: Callable[[int], None], cut: Callable[[], None]
) -> Iterator[bytes]:
    """Decompress all frames; a torn tail ends the stream instead of raising."""
    import zstandard

    decompressor = zstandard.ZstdDecompressor()
    inflate = decompressor.decompressobj()
    while chunk := stored.read(_PACKED_CHUNK):
        on_bytes(len(chunk))
        try:
            while chunk:
                if inflate.eof:
                    inflate = decompressor.decompressobj()
                yield inflate.decompress(chunk)
                chunk = inflate.unused_data if inflate.eof else b""
        except zstandard.ZstdError:
            cut()
            return
    if not inflate.eof:
        cut()


def _transcode(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    first = True
    while chunk := stream.read(_CHUNK):
        text = decoder.decode(chunk)
        yield (text.removeprefix("\ufeff") if first else text).encode("utf-8", "replace")
        first = False
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _numbered(text: str, number: int) -> Iterable[tuple[int, str]]:
    """Split a block at its line ends; the plain case must keep up with the disk."""
    if "\0" in text:
        text = text.replace("\0", "")
    lines = enumerate(text.split("\n"), number)
    if "\r" not in text:
        return lines
    return ((at, part) for at, line in lines for part in line.rstrip("\r").split("\r"))


def _encoding_of(start: bytes) -> str:
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding
    even, odd = start[0::2], start[1::2]
    if len(start) >= 16 and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if len(start) >= 16 and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return "utf-8"


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
