"""Foreign text stays one harmless line."""

from __future__ import annotations

import pytest

from perfreport.render.medium import MARKDOWN, PLAIN, fence, one_line, table_cell


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("a\r\n\tb\u2028c", "a b c"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\u202eb\u200bc", "abc"),  # right-to-left override, zero width
        ("\ud800", ""),  # a lone surrogate can't be written as UTF-8
        ("가나다", "가나다"),
    ],
)
def test_one_line(raw: str, line: str) -> None:
    assert one_line(raw) == line


def test_long_text_keeps_both_ends() -> None:
    cut = one_line("http://" + "a" * 12_000 + "/end", 60)
    assert len(cut) == 60
    assert cut.startswith("http://aaa")
    assert cut.endswith("/end")


@pytest.mark.parametrize(
    ("raw", "markdown"),
    [
        ("http_req_duration", "http_req_duration"),  # readable raw
        ("_em_", "\\_em\\_"),
        ("5~10", "5\\~10"),  # GitHub would strike it through
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("> 97%", "\\> 97%"),
        ("< 500 ms", "< 500 ms"),
        ("<script>", "&lt;script>"),
        ("a &lt; b", "a &amp;lt; b"),
        ("[x](y)", "\\[x\\](y)"),
    ],
)
def test_markdown(raw: str, markdown: str) -> None:
    assert MARKDOWN.escape(raw) == markdown


def test_code_spans() -> None:
    assert MARKDOWN.code("a``b") == "```a``b```"
    assert MARKDOWN.code("`") == "`` ` ``"
    assert MARKDOWN.code("") == "`∅`"
    assert PLAIN.code("a\nb") == "`a b`"


def test_cells() -> None:
    assert table_cell("`a|b`") == "`a\\|b`"
    assert "\\|" not in table_cell("`a\\|b`").replace("\\&#124;", "")


def test_fences_are_longer_than_what_they_hold() -> None:
    assert fence("a") == "```"
    assert fence("````") == "`````"
