"""Whole blocks of k6's NDJSON at once, by where k6 itself puts things in a line.

k6 writes every sample as

    {"metric":"NAME","type":"Point","data":{"time":"TIME","value":NUMBER,"tags":{…}}}

without a space and in this order (since 0.41). numpy reads the same field of thousands of such
lines in one step: 8 bytes of text are one integer, digits are told and added up inside it. Every
fixed byte is compared with what must stand there, so a line either is exactly of this shape or is
left to `_k6_point`, line by line; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from perfreport.sources._k6_point import PLAUSIBLE_YEARS
from perfreport.sources._k6_words import Block, byte, differ, leading_digits, number, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from perfreport.model.measurement import Floats, Integers
    from perfreport.sources._k6_words import Mask, Words

_HEAD = b'{"metric":"'
_BEFORE_TIME = b'","type":"Point","data":{"time":"'
_BEFORE_VALUE = b'","value":'
_BEFORE_TAGS = b',"tags":'
_SIGNATURE = 32  # bytes after the first 8: a metric's name and the fixed text around it
_LONGEST_NAME = 160  # k6 allows names of 128 characters
_SHORTEST = len(_HEAD) + len(_BEFORE_TIME) + len(_BEFORE_VALUE) + len(_BEFORE_TAGS) + 26
_LONGEST_TAIL = 2048  # tags longer than this are looked up line by line
_MOST_TAIL_BYTES = 24 << 20
_NAME = re.compile(rb"\w+", re.ASCII)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?Inf")
_UNKNOWN = -1
_NO_SIGNATURE = bytes(_SIGNATURE)  # fills the table as long as nothing is known


_POWERS = 10 ** np.arange(10, dtype=np.int64)
_EXACT = 1 << 53  # integers below it are exact as float64
_WEIGHTS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Samples of one block in file order. `odd` are the lines that were not of k6's shape.

    `lines` and `odd` count from 0 in the block; `odd_spans` are (start, end) in its bytes.
    """

    lines: Integers
    metrics: Integers
    tagsets: Integers
    times_ns: Integers
    values: Floats
    odd: Integers
    odd_spans: tuple[tuple[int, int], ...]
    line_count: int
    offset_seconds: int | None


class Vocabulary:
    """Metrics and tag sets seen so far: what blocks read at the same time have in common."""

    def __init__(
        self, metric: Callable[[str], int], tagset: Callable[[dict[str, str]], int]
    ) -> None:
        self._lock = Lock()
        self._metric = metric
        self._tagset = tagset
        self._tails: dict[bytes, int] = {}
        self._tail_bytes = 0
        self._signatures: dict[bytes, tuple[int, int]] = {}
        self.table = _SignatureTable({_NO_SIGNATURE: (_UNKNOWN, 0)})

    def learn(self, text: bytes) -> bool:
        """Remember the metric whose lines go on with `text` after their first 8 bytes.

        False where its signature does not tell it: the name is too long, or it is no such line.
        """
        signature = text[:_SIGNATURE]
        name = text[len(_HEAD) - 8 :].partition(b'"')[0]
        whole = _HEAD[8:] + name + _BEFORE_TIME
        if len(_HEAD[8:] + name) >= _SIGNATURE or signature != whole[:_SIGNATURE]:
            return False
        if not _NAME.fullmatch(name):
            return False
        with self._lock:
            if signature not in self._signatures:
                number = self._metric(name.decode("ascii"))
                self._signatures = {**self._signatures, signature: (number, len(name))}
                self.table = _SignatureTable(self._signatures)
        return True

    def named(self, text: bytes) -> tuple[int, int]:
        """Number and length of the name in `text`, for a line that no signature tells."""
        name = text[len(_HEAD) - 8 :].partition(b'"')[0]
        if not text.startswith(_HEAD[8:]) or not _NAME.fullmatch(name):
            return _UNKNOWN, 0
        return self.metric(name.decode("ascii")), len(name)

    def metric(self, name: str) -> int:
        """Return the number of a metric."""
        with self._lock:
            return self._metric(name)

    def tagset(self, tags: dict[str, str]) -> int:
        """Return the number of a tag set."""
        with self._lock:
            return self._tagset(tags)

    def tails(self, texts: list[bytes], junk: int) -> list[int]:
        """Return the number of the tag set of each line's end; -1 where it can't be understood.

        A text is what follows `"tags":` in a line, with `junk` bytes before it.
        """
        known = self._tails.get
        return [
            found if (found := known(text)) is not None else self._read_tail(text, junk)
            for text in texts
        ]

    def _read_tail(self, text: bytes, junk: int) -> int:
        tags = _tags(text[junk:])
        number = _UNKNOWN if tags is None else self.tagset(tags)
        with self._lock:
            self._tail_bytes += len(text)
            if self._tail_bytes > _MOST_TAIL_BYTES:  # metadata may differ in every iteration
                self._tails, self._tail_bytes = {}, len(text)
            self._tails[text] = number
        return number


class _SignatureTable:
    """Numbers and name lengths of metrics by their signatures; a perfect hash."""

    def __init__(self, known: dict[bytes, tuple[int, int]]) -> None:
        self.words = np.array([np.frombuffer(text, "<u8") for text in known], "<u8").reshape(-1, 4)
        self.numbers = np.array([number for number, _ in known.values()], np.int64)
        self.lengths = np.array([length for _, length in known.values()], np.int64)
        keys = _hash(self.words)
        bits = 10
        while True:
            self._shift = np.uint64(64 - bits)
            slots = keys >> self._shift
            if len(np.unique(slots)) == len(slots):
                break
            bits += 1
        self._rows = np.zeros(1 << bits, np.int64)
        self._rows[slots] = np.arange(len(slots))

    def find(self, signatures: Words) -> tuple[Integers, Mask]:
        """Row of the table for each signature, and whether it is really that one."""
        rows = self._rows[_hash(signatures) >> self._shift]
        return rows, ~differ(self.words[rows], signatures)


def scan(buffer: memoryview, vocabulary: Vocabulary) -> Rows:
    """Read a buffer of whole lines followed by PADDING."""
    block = Block(buffer)
    ends = block.line_ends()
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    texts = ends - (block.bytes[ends - 1] == ord("\r")) if len(ends) else ends
    lines = np.flatnonzero(texts - starts >= _SHORTEST)
    metrics, times_at, lines = _metrics(block, vocabulary, starts, lines)
    times, values_at, offset, good = _times(block, times_at)
    lines, metrics, times, values_at = lines[good], metrics[good], times[good], values_at[good]
    values, tails_at, good = _values(block, values_at)
    good &= tails_at < texts[lines]
    lines, metrics, times = lines[good], metrics[good], times[good]
    values, tails_at = values[good], tails_at[good]
    tagsets = _tagsets(block, vocabulary, tails_at, texts[lines])
    good = tagsets != _UNKNOWN
    if not good.all():
        lines, metrics, times = lines[good], metrics[good], times[good]
        values, tagsets = values[good], tagsets[good]
    odd = (
        np.setdiff1d(np.arange(len(ends)), lines, assume_unique=True)
        if len(lines) < len(ends)
        else lines[:0]
    )
    spans = tuple(zip(starts[odd].tolist(), texts[odd].tolist(), strict=True))
    return Rows(lines, metrics, tagsets, times, values, odd, spans, len(ends), offset)


def _metrics(
    block: Block, vocabulary: Vocabulary, starts: Integers, lines: Integers
) -> tuple[Integers, Integers, Integers]:
    """Numbers of the metrics, where the times begin, and the lines this holds for."""
    places = starts[lines]
    rows = block.matrix(places, 1 + _SIGNATURE // 8)
    headed = rows[:, 0] == word(_HEAD[:8])
    if not headed.all():
        lines, places, rows = lines[headed], places[headed], rows[headed]
    signatures = rows[:, 1:]
    found, known = vocabulary.table.find(signatures)
    alone = np.zeros(len(lines), np.bool_)
    while not known.all():
        place = int(places[int(np.argmin(known))])
        if vocabulary.learn(bytes(block.buffer[place + 8 : place + 8 + _LONGEST_NAME])):
            found, known = vocabulary.table.find(signatures)
            known |= alone
        else:
            signature = np.frombuffer(block.buffer, "<u8", _SIGNATURE // 8, place + 8)
            alone |= ~differ(signatures, signature[None])
            known |= alone
    numbers, lengths = vocabulary.table.numbers[found], vocabulary.table.lengths[found]
    for row in np.flatnonzero(alone).tolist():
        place = int(places[row])
        text = bytes(block.buffer[place + 8 : place + 8 + _LONGEST_NAME])
        numbers[row], lengths[row] = vocabulary.named(text)
    times_at = places + len(_HEAD) + lengths + len(_BEFORE_TIME)
    if alone.any():
        good = numbers != _UNKNOWN
        return numbers[good], times_at[good], lines[good]
    return numbers, times_at, lines


def _times(block: Block, places: Integers) -> tuple[Integers, Integers, int | None, Mask]:
    """UTC ns, where the values begin, the zone offset of the first, and which rows are good."""
    rows = block.matrix(places - 32, 9)
    good = ~differ(rows[:, :4], np.frombuffer(_BEFORE_TIME[-32:], "<u8")[None])
    # The samples of one request or iteration carry one time: read it once.
    new = np.ones(len(rows), np.bool_)
    new[1:] = differ(rows[1:, 4:], rows[:-1, 4:])
    firsts = np.flatnonzero(new)
    times, lengths, offset, fine = _read_times(block, places[firsts], rows[firsts, 4:])
    of = np.cumsum(new) - 1
    return times[of], places + lengths[of] + len(_BEFORE_VALUE), offset, good & fine[of]


def _read_times(
    block: Block, places: Integers, rows: Words
) -> tuple[Integers, Integers, int | None, Mask]:
    minutes, good = _minutes(rows[:, 0], rows[:, 1])
    third = rows[:, 2]  # b":SS.ffff"
    tens, ones = byte(third, 1) - 48, byte(third, 2) - 48
    good &= (byte(third, 0) == ord(":")) & (tens >= 0) & (tens <= 5) & (ones >= 0) & (ones <= 9)
    fraction = (third >> np.uint64(32)) | (rows[:, 3] << np.uint64(32))
    digits = leading_digits(fraction)
    with_fraction = byte(third, 3) == ord(".")
    digits[~with_fraction] = 0
    nanoseconds = number(fraction, digits) * _POWERS[9 - digits]
    ninth = byte(rows[:, 3], 4) - 48
    full = (digits == 8) & (ninth >= 0) & (ninth <= 9)
    nanoseconds[full] += ninth[full]
    good &= ~with_fraction | (digits > 0)
    zones_at = places + 19 + np.where(with_fraction, 1 + digits + full, 0)
    offsets, lengths, fine = _zones(block.words(zones_at))
    seconds = minutes + tens * 10 + ones - offsets
    offset = int(offsets[0]) if len(offsets) else None
    return seconds * 1_000_000_000 + nanoseconds, zones_at - places + lengths, offset, good & fine


def _minutes(first: Words, second: Words) -> tuple[Integers, Mask]:
    """Seconds since the epoch of the `YYYY-MM-DDTHH:MM` in two words."""
    new = np.ones(len(first), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    firsts = np.flatnonzero(new)
    epochs = [
        _minute(one.tobytes() + two.tobytes())
        for one, two in zip(first[firsts], second[firsts], strict=True)
    ]
    of = np.cumsum(new) - 1
    good = np.array([epoch is not None for epoch in epochs], np.bool_)
    return np.array([epoch or 0 for epoch in epochs], np.int64)[of], good[of]


def _minute(text: bytes) -> int | None:
    try:
        moment = datetime.fromisoformat(text.decode("ascii") + ":00+00:00")
    except ValueError:
        return None
    return int(moment.timestamp()) if moment.year in PLAUSIBLE_YEARS else None


def _zones(words: Words) -> tuple[Integers, Integers, Mask]:
    """Offsets in seconds, lengths of the zones, and which are followed by a value."""
    utc = words == word(b'Z","valu')
    offsets = np.zeros(len(words), np.int64)
    lengths = np.ones(len(words), np.int64)
    good = utc.copy()
    for other in np.unique(words[~utc]).tolist() if not utc.all() else ():
        text = other.to_bytes(8, "little")
        match = re.fullmatch(rb'([+-])(\d\d):(\d\d)",', text)
        if match is None:
            continue
        same = words == np.uint64(other)
        seconds = int(match[2]) * 3600 + int(match[3]) * 60
        offsets[same] = -seconds if match[1] == b"-" else seconds
        lengths[same] = 6
        good |= same
    return offsets, lengths, good


def _values(block: Block, places: Integers) -> tuple[Floats, Integers, Mask]:
    """The values, where the tags begin, and which rows are good."""
    rows = block.matrix(places - 8, 2)
    good = rows[:, 0] == word(_BEFORE_VALUE[-8:])
    digits = leading_digits(rows[:, 1])
    whole = number(rows[:, 1], digits)
    ends = places + digits
    dotted = np.flatnonzero(byte(block.words(ends), 0) == ord("."))  # a cut line ends in PADDING
    fractions = block.words(ends[dotted] + 1)
    decimals = leading_digits(fractions)
    ends[dotted] += 1 + decimals
    scale = _POWERS[decimals]
    scaled = whole[dotted] * scale + number(fractions, decimals)
    values = whole.astype(np.float64)
    values[dotted] = scaled / scale
    tags = block.words(ends) == word(_BEFORE_TAGS)
    plain = tags & (digits > 0)
    plain[dotted] &= (decimals > 0) & (scaled < _EXACT)
    for row in np.flatnonzero(good & ~plain).tolist():
        start = int(places[row])
        match = _NUMBER.match(block.buffer, start, start + 40)
        after = match.end() if match else start
        if match is None or block.buffer[after : after + len(_BEFORE_TAGS)] != _BEFORE_TAGS:
            good[row] = False
            continue
        values[row] = float(match[0])
        ends[row] = after
    return values, ends + len(_BEFORE_TAGS), good


def _tagsets(block: Block, vocabulary: Vocabulary, starts: Integers, ends: Integers) -> Integers:
    """Numbers of the tag sets: what stands between `starts` and `ends` of each line."""
    lengths = ends - starts
    answer = np.full(len(starts), _UNKNOWN, np.int64)
    short = np.minimum(lengths, _LONGEST_TAIL + 1).astype(np.uint16)
    order = np.argsort(short, kind="stable")
    cuts = np.flatnonzero(np.diff(short[order])) + 1
    for group in np.split(order, cuts) if len(order) else ():
        length = int(lengths[group[0]])
        if short[group[0]] > _LONGEST_TAIL:
            texts = [
                bytes(block.buffer[start:end])
                for start, end in zip(starts[group].tolist(), ends[group].tolist(), strict=True)
            ]
            answer[group] = vocabulary.tails(texts, 0)
            continue
        # Whole words, so that lines can be compared: what is too much is the end of `,"tags":`.
        size = -(-length // 8) * 8
        rows = block.matrix(ends[group] - size, size // 8)
        new = np.ones(len(rows), np.bool_)
        new[1:] = differ(rows[1:], rows[:-1])
        texts = rows[new].view(f"S{size}").ravel().tolist()
        numbers = np.array(vocabulary.tails(texts, size - length), np.int64)
        answer[group] = numbers[np.cumsum(new) - 1]
    return answer


def _hash(signatures: Words) -> Words:
    mixed: Words = np.einsum("ij,j->i", signatures, _WEIGHTS)
    mixed *= _WEIGHTS[0]
    return mixed


def _tags(tail: bytes) -> dict[str, str] | None:
    """The tags in the end of a line, from `"tags":` on; None where that is no end of a line."""
    if not tail.endswith(b"}}"):
        return None
    try:
        found = json.loads(f'{{"tags":{tail[:-1].decode()}')
    except (ValueError, RecursionError):  # also text that is not UTF-8
        return None
    tags = found.get("tags")
    if not found.keys() <= {"tags", "metadata"}:
        return None
    if tags is None:
        return {}
    texts = isinstance(tags, dict) and all(isinstance(text, str) for text in tags.values())
    return tags if texts else None
