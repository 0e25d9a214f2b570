"""`SLOWLOG GET`, raw or as a terminal shows it.

An entry is id, epoch seconds, microseconds, arguments, client address and name. Only the command
and the pattern of its first key are kept: arguments may hold anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.redis import RedisSlowLog, SlowCommand
from perfreport.model.source import Clock, ClockKind
from perfreport.sources._losses import Losses
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_EPOCHS = range(1_000_000_000, 4_000_000_000)
_BULLET = re.compile(r"^(?:\s*\d+\)\s+)+")
_OUTER = re.compile(r"^\s{0,2}\d+\)\s+1\)\s")  # a terminal starts each entry like this
_TYPED = re.compile(r"^\((?:integer|nil)\)\s*")
_COMMAND = re.compile(r"^[A-Za-z][A-Za-z0-9_.|-]{1,31}$")
_IDENTIFIER = re.compile(r"(?<![A-Za-z])[0-9a-f-]{8,}|\d+", re.IGNORECASE)
_NUMBERS = 3  # an entry opens with id, time and duration


def sniff(head: Head) -> float:
    """Sure when entries open with id, a plausible epoch, a duration and a command."""
    entries = 0
    lines = [(number, line) for number, line in enumerate(head.text.splitlines()[:400], 1)]
    for entry in _entries(lines):
        if _command(entry) is None:
            return 0.0
        entries += 1
    return 0.9 if entries else 0.0


def read(source_input: Input) -> Reading:
    """Read every entry."""
    commands: list[SlowCommand] = []
    losses = Losses(source_input.name)
    for entry in _entries(source_input.lines()):
        command = _command(entry)
        if command is not None:
            commands.append(command)
        else:
            losses.add(entry[0][0], len(entry))
    times = [command.time_ns for command in commands]

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (RedisSlowLog(ref, tuple(commands)),)

    return Reading(
        facts=facts,
        records=len(commands),
        skipped=losses.count,
        start_ns=min(times, default=None),
        end_ns=max(times, default=None),
        clock=Clock(ClockKind.UTC),
        problems=losses.problems(),
        summary=(("entries", len(commands)),),
    )


def _entries(
    lines: Iterator[tuple[int, str]] | list[tuple[int, str]],
) -> Iterator[list[tuple[int, str]]]:
    """Group the lines of each entry, without bullets, type words and quotes."""
    entry: list[tuple[int, str]] = []
    for number, line in lines:
        if entry and (not line.strip() or _OUTER.match(line)):
            yield entry
            entry = []
        text = _TYPED.sub("", _BULLET.sub("", line)).strip()
        if line.strip() and not text.lower().startswith("127.0.0.1:6379> slowlog"):
            entry.append((number, text.strip('"')))
    if entry:
        yield entry


def _command(entry: list[tuple[int, str]]) -> SlowCommand | None:
    texts = [text for _, text in entry]
    if len(texts) <= _NUMBERS or not all(text.isdigit() for text in texts[:_NUMBERS]):
        return None
    seconds, microseconds = int(texts[1]), int(texts[2])
    if seconds not in _EPOCHS or not _COMMAND.match(texts[_NUMBERS]):
        return None
    key = texts[_NUMBERS + 1] if len(texts) > _NUMBERS + 1 else None
    return SlowCommand(
        time_ns=seconds * 1_000_000_000,
        seconds=microseconds / 1e6,
        command=texts[_NUMBERS].upper(),
        key_pattern=None if key is None else key_pattern(key),
        line=entry[0][0],
    )


def key_pattern(key: str) -> str:
    """Replace what identifies one record: `user:59835:cart` becomes `user:{id}:cart`."""
    return _IDENTIFIER.sub("{id}", key[:80])


PLUGIN = Source(id="redis-slowlog", kind="redis-slowlog", sniff=sniff, read=read)
