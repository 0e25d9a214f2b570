"""The text form of the slow-query log, as all servers of the family write it.

An entry is a block of `#` lines that holds `Query_time`, then `use`, `SET … timestamp=…` and the
statement. Servers differ in what else stands in the block, so its fields are looked up by name.
A `# User@Host:` inside a string literal is no entry: a block only counts where the statement
before it is complete.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from perfreport.model.units import NS_PER_SECOND
from perfreport.sources._slow_log_columns import SlowLogColumns
from perfreport.sources._slow_log_header import (
    HEADER,
    NOT_LOGGED,
    SCHEMA,
    START,
    WHOLE_ENTRY,
    EntryClock,
    EntryFlags,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.sources._input import Input

_CHUNK = 4 << 20
_LONGEST_ENTRY = 128 << 20
_MOST_VERSIONS = 8
_USER = HEADER.groupindex["user"]
_QUERY_TIME = HEADER.groupindex["query_time"]
_STATEMENT = WHOLE_ENTRY.groupindex["statement"]

_BANNER = re.compile(
    rb"^[^\n]*, Version: ([^\n]*?)(?:\. started with:|\. embedded library)[^\n]*\n"
    rb"(?:tcp port:[^\n]*\n)?(?:time[^\n]*argument[^\n]*(?:\n|\Z))?",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTES = re.compile(
    rb"'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.|\"\")*+\"|`[^`]*`"
    rb"|--(?=\s)[^\n]*|\#[^\n]*|/\*.*?\*/|(['\"])",
    re.DOTALL,
)
_ADMINISTRATOR = b"# administrator command"
_RATE = re.compile(rb"Log_slow_rate_limit: (\d{1,9})")


@dataclass(slots=True)
class Scan:
    """Everything read from one log."""

    columns: SlowLogColumns = field(default_factory=SlowLogColumns)
    skipped: int = 0
    first_skipped: int | None = None
    zoned: int = 0  # entries the log itself places in UTC
    unzoned: int = 0  # entries on the server's own clock
    versions: dict[str, None] = field(default_factory=dict)
    sampling: float | None = None
    sampled_by_session: bool = False

    def lose(self, line: int) -> None:
        """Count something that was not understood."""
        self.skipped += 1
        if self.first_skipped is None:
            self.first_skipped = line


def scan(source: Input) -> Scan:
    """Read every entry of a slow log."""
    scanned = Scan()
    add = scanned.columns.add
    clock = EntryClock()
    flags_of = EntryFlags()
    database: bytes | None = None
    end_ns, zoned = NOT_LOGGED, False
    unzoned = array("q")
    for line, fields in _entries(source, scanned):
        (
            time_line, _, block, query_time, lock_time, sent, examined, affected,
            used, epoch, fraction, statement,
        ) = fields  # fmt: skip
        if used is not None:
            database = used or None
        # A zoned `# Time` is the end to the microsecond; else `SET timestamp` is about the end.
        written = clock.read(time_line) if time_line else None
        if written and (written[1] or not epoch):
            end_ns, zoned = written
        elif epoch:
            end_ns = int(epoch) * NS_PER_SECOND
            end_ns += int(fraction.ljust(9, b"0")) if fraction else 0
            zoned = True
        if query_time is None or not statement:
            scanned.lose(line)
            continue
        if statement.startswith(_ADMINISTRATOR):
            statement = statement[2:]
        if zoned:
            scanned.zoned += 1
        else:
            unzoned.append(len(scanned.columns))
        schema = SCHEMA.search(block)
        told = b"Full_scan: " in block or b"rrno: " in block
        add(
            statement,
            line,
            end_ns,
            float(query_time),
            float(lock_time),
            int(sent) if sent else NOT_LOGGED,
            int(examined) if examined else NOT_LOGGED,
            int(affected) if affected else NOT_LOGGED,
            flags_of(block) if told else 0,
            schema[1] if schema else database,
            block if b"# explain: " in block else b"",
        )
        if b"Log_slow_rate_limit: " in block and (limit := _RATE.search(block)):
            scanned.sampling = float(limit[1])
            scanned.sampled_by_session |= b"Log_slow_rate_type: session" in block
    scanned.unzoned = len(unzoned)
    if scanned.zoned:
        # Two clocks in one log: only the one that is UTC counts.
        scanned.columns.forget_times(unzoned)
    return scanned


_Fields: TypeAlias = "tuple[bytes | Any, ...]"  # the groups of WHOLE_ENTRY


def _entries(source: Input, scanned: Scan) -> Iterator[tuple[int, _Fields]]:
    """Yield (line, fields) of every entry."""
    line = source.first_line
    rest = b""
    with source.open() as stream:
        while True:
            chunk = stream.read(max(_CHUNK, len(rest)))
            if chunk.endswith(b"\r"):
                chunk += stream.read(1)
            last = not chunk or len(rest) > _LONGEST_ENTRY
            buffer = rest + (chunk.replace(b"\r\n", b"\n") if b"\r\n" in chunk else chunk)
            if last and not buffer.endswith(b"\n"):
                buffer += b"\n"
            begin = 0
            while begin < len(buffer):
                for end, fields in _whole_entries(buffer, begin):
                    yield line, fields
                    line += buffer.count(b"\n", begin, end)
                    begin = end
                # Here stands something else: a banner, a cut entry, the last one of the chunk.
                start, end = _next_entry(buffer, begin, last=last)
                if end == begin:
                    break
                yield from _entry(
                    line, start, buffer[start.end() if start else begin : end], scanned
                )
                line += buffer.count(b"\n", begin, end)
                begin = end
            if not chunk:
                return
            rest = buffer[begin:]


def _whole_entries(buffer: bytes, begin: int) -> Iterator[tuple[int, _Fields]]:
    """Yield entries that follow one another without a gap, and where each ends.

    An entry counts once the one behind it is found to be whole too: else what looked like its end
    may have stood inside a literal.
    """
    previous: re.Match[bytes] | None = None
    for entry in iter(WHOLE_ENTRY.scanner(buffer, begin).match, None):  # type: ignore[attr-defined]
        if entry[_QUERY_TIME] is None or entry[_USER] is None:
            return
        if previous:
            yield previous.end(), previous.groups()
        if b", Version: " in entry[_STATEMENT]:
            return
        previous = entry


def _next_entry(buffer: bytes, begin: int, *, last: bool) -> tuple[re.Match[bytes] | None, int]:
    """Return the header at `begin`, if any, and where its entry ends; `begin` for "not yet"."""
    first: re.Match[bytes] | None = None
    for found in _headers(buffer, begin, last=last):
        if found.start() == begin and first is None:
            first = found
        elif first is None or _ends_before(buffer[first.end() : found.start()], found):
            return first, found.start()
    return first, len(buffer) if last else begin


def _entry(
    line: int, header: re.Match[bytes] | None, body: bytes, scanned: Scan
) -> Iterator[tuple[int, _Fields]]:
    """Cut a server banner off the body; without a header it is all there may be."""
    while b", Version: " in body and (banner := _BANNER.search(body)):
        if len(scanned.versions) < _MOST_VERSIONS:
            scanned.versions[banner[1].decode("utf-8", "replace")] = None
        body = body[: banner.start()] if header else body[banner.end() :]
    if header:
        yield line, (*header.groups(), body.strip().removesuffix(b";").rstrip())
    elif body.strip():
        scanned.lose(line)


def _headers(buffer: bytes, begin: int, *, last: bool) -> Iterator[re.Match[bytes]]:
    """Yield every block of `#` lines from `begin` on that may begin an entry."""
    position = begin if buffer.startswith(b"# ", begin) else _line_behind(buffer, begin)
    while position >= 0:
        if START.match(buffer, position):
            header = HEADER.match(buffer, position)
            if header and header.end() > position:
                if header.end() == len(buffer) and not last:
                    return  # the block may go on in the next chunk
                yield header
                position = header.end() - 1
        position = _line_behind(buffer, position)


def _line_behind(buffer: bytes, position: int) -> int:
    """Where the next line that begins with `# ` begins, -1 if there is none."""
    found = buffer.find(b"\n# ", position)
    return found + 1 if found >= 0 else -1


def _ends_before(body: bytes, header: re.Match[bytes]) -> bool:
    """Whether a statement is over where the next header stands, or the header is inside it."""
    whole = header["user"] is not None and header["query_time"] is not None
    complete = body.endswith(b";\n") or body.rstrip().endswith(b";") or b", Version: " in body
    if whole and (complete or header["epoch"] or header["database"]):
        return True  # a literal that holds all of this is rarer than a statement cut off
    if not whole and not complete:
        return False
    return not any(match[1] for match in _QUOTES.finditer(body))
