"""Text as integers: the 8 bytes at any place of a buffer, and arithmetic on their digits.

The first byte of the text is the lowest byte of the word. The digit arithmetic is the well-known
"SIMD within a register" kind (Lemire, "Quickly parsing eight digits", 2018).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfreport.model.measurement import Integers

Words: TypeAlias = "NDArray[np.uint64]"
Mask: TypeAlias = "NDArray[np.bool_]"

# What follows a block in its buffer, so that reading a few words past the last line is harmless.
PADDING = bytes(256)


def word(text: bytes) -> np.uint64:
    """Eight bytes as an integer."""
    return np.uint64(int.from_bytes(text, "little"))


_LOW_BYTES = word(b"\x01" * 8)
_HIGH_BITS = word(b"\x80" * 8)
_QUOTES = word(b'"' * 8)
_ZEROS = word(b"0" * 8)
_ABOVE_NINE = word(bytes([0x80 - 0x3A]) * 8)
_LOW_NIBBLES = word(b"\x0f" * 8)
_NARROW = 12  # matrices up to this width are compared column by column
_TENS = np.uint64(10)
_PAIRS = np.uint64(0x000000FF000000FF)
_PAIR_WEIGHTS = np.uint64(0x000F424000000064)
_QUAD_WEIGHTS = np.uint64(0x0000271000000001)


class Block:
    """A buffer of whole lines, seen as bytes and as a word at every byte."""

    def __init__(self, buffer: memoryview) -> None:
        self.buffer = buffer
        self.size = len(buffer) - len(PADDING)
        self.bytes = np.frombuffer(buffer, np.uint8, self.size)
        self._words = np.ndarray((len(buffer) - 7,), "<u8", buffer, 0, (1,))

    def line_ends(self) -> Integers:
        """Places of the line feeds."""
        whole = np.frombuffer(self.buffer, np.uint8, -(-self.size // 8) * 8)
        ends = line_ends(whole)
        return ends[: np.searchsorted(ends, self.size)]

    def words(self, places: Integers) -> Words:
        """The 8 bytes at each place as a little-endian integer."""
        return self._words[places]

    def records(self, places: Integers, size: int) -> NDArray[np.void]:
        """The `size` bytes at each place."""
        return np.ndarray((len(self.buffer) - size + 1,), f"V{size}", self.buffer, 0, (1,))[places]

    def matrix(self, places: Integers, words: int) -> Words:
        """The `words` words at each place, one row per place."""
        return self.records(places, 8 * words).view("<u8").reshape(-1, words)


def line_ends(text: NDArray[np.uint8]) -> Integers:
    """Places of all line feeds; the length of `text` is a multiple of 8."""
    marks = (text == ord("\n")).view("<u8")
    found = np.flatnonzero(marks != 0)
    words = marks[found]
    if (np.bitwise_count(words) > 1).any():  # lines of less than 8 bytes
        return np.flatnonzero(marks.view(np.bool_))
    first: Integers = found * 8 + (np.bitwise_count((words & -words) - np.uint64(1)) >> 3)
    return first


def byte(words: Words, place: int) -> Integers:
    """One byte of each word."""
    return ((words >> np.uint64(8 * place)) & np.uint64(0xFF)).astype(np.int64)


def leading_digits(words: Words) -> Integers:
    """How many of the 8 bytes, from the first, are decimal digits."""
    other = ((words + _ABOVE_NINE) | (words - _ZEROS)) & _HIGH_BITS
    return (np.bitwise_count((other & -other) - np.uint64(1)) >> 3).astype(np.int64)


def number(words: Words, digits: Integers) -> Integers:
    """The decimal number in the first `digits` bytes of each word."""
    shifted = (words << ((8 - digits) * 8).astype(np.uint64)) & _LOW_NIBBLES
    pairs = shifted * _TENS + (shifted >> np.uint64(8))
    return (
        ((pairs & _PAIRS) * _PAIR_WEIGHTS + ((pairs >> np.uint64(16)) & _PAIRS) * _QUAD_WEIGHTS)
        >> np.uint64(32)
    ).astype(np.int64)


def differ(one: Words, two: Words) -> Mask:
    """Which rows of two matrices differ in any word."""
    if one.shape[1] > _NARROW:
        different = np.bitwise_or.reduce(one ^ two, axis=1)
    else:
        different = one[:, 0] ^ two[:, 0]
        for column in range(1, one.shape[1]):
            different |= one[:, column] ^ two[:, column]
    answer: Mask = different != 0
    return answer
