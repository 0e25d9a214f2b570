"""Clean lines with the numbers of the file, whatever wrapping they came in."""

from __future__ import annotations

import codecs
import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard

from perfreport.sources._input import HEAD_BYTES, Input
from perfreport.sources._spec import Segment

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "하나\ntwo\nthree\n"
LINES = [(1, "하나"), (2, "two"), (3, "three")]


def given(content: bytes, folder: Path) -> Input:
    path = folder / "input"
    path.write_bytes(content)
    return Input("input", path)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode().rstrip(b"\n"),
        TEXT.replace("\n", "\r\n").encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        gzip.compress(TEXT.encode()),
        gzip.compress("하나\nt".encode()) + gzip.compress(b"wo\nthree\n") + b"\0" * 512,
        zstandard.compress(TEXT.encode()),
        gzip.compress(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")),
        TEXT.encode() + b"\0" * 5,
    ],
    ids=[
        "plain", "no-last-line-end", "crlf", "bom", "utf-16-le", "utf-16-be", "utf-32", "gzip",
        "gzip-members", "zstd", "gzip-utf-16", "nul-tail",
    ],
)  # fmt: skip
def test_the_same_lines_in_any_wrapping(content: bytes, tmp_path: Path) -> None:
    source = given(content, tmp_path)
    lines = [(number, text) for number, text in source.lines() if text]
    assert lines == LINES
    assert source.problems == []
    assert source.head.text.startswith("하나")


def test_a_lone_carriage_return_ends_a_line_without_counting_it(tmp_path: Path) -> None:
    source = given(b"50%\r100%\nnext\n", tmp_path)
    assert [line for line in source.lines() if line[1]] == [(1, "50%"), (1, "100%"), (2, "next")]


def test_line_numbers_hold_over_many_blocks(tmp_path: Path) -> None:
    source = given(b"".join(b"line %d\n" % n for n in range(1, 250_001)), tmp_path)
    assert all(text == f"line {number}" for number, text in source.lines() if text)


def test_unicode_separators_do_not_end_lines(tmp_path: Path) -> None:
    text = "a\u2028b\x0bc\x85d"
    assert next(iter(given(text.encode(), tmp_path).lines())) == (1, text)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_cut_archive_gives_what_it_holds(compress: object, tmp_path: Path) -> None:
    assert callable(compress)
    whole = compress(b"".join(b"%d\n" % (n * n) for n in range(50_000)))
    source = given(whole[: len(whole) // 2], tmp_path)
    count = sum(1 for _ in source.lines())
    assert 0 < count < 50_000 or compress is zstandard.compress
    assert [problem.message.key for problem in source.problems] == ["problem.archive-cut"]


def test_parts_of_a_mixed_file_keep_their_numbers() -> None:
    segments = (Segment(5, 6, "five\nsix\n"), Segment(9, 9, "nine\n"))
    source = Input.of_segments("mixed.log", segments)
    assert list(source.lines()) == [(5, "five"), (6, "six"), (9, "nine")]
    assert source.span == (5, 9)
    assert source.text() == "five\nsix\nnine\n"


def test_the_head_shows_whole_lines_and_the_middle(tmp_path: Path) -> None:
    source = given(b"".join(b"%09d\n" % n for n in range(60_000)), tmp_path)
    assert len(source.head.start) == HEAD_BYTES
    assert source.head.lines[-1] == "000006552"
    assert "000030500" in source.head.middle_lines


def test_a_text_beyond_its_limit_is_cut_and_said(tmp_path: Path) -> None:
    source = given(b"x" * 100, tmp_path)
    assert source.text(limit=10) == "x" * 10
    assert [problem.message.key for problem in source.problems] == ["problem.text-cut"]
