"""Where text is going to stand, and how foreign text is made harmless there.

Everything that came from a dump (names, URLs, tags, error texts) is hostile: it may hold line
ends, pipes, backticks, HTML, terminal escapes or text that runs right to left. A medium turns it
into one line of harmless text (`escape`) or into a code span (`code`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_TEXT = 240
_SPACE = re.compile(r"[\s\u0085\u2028\u2029]+")
_BACKTICKS = re.compile("`+")
# Cc: terminal escapes; Cf: right-to-left overrides and zero-width characters; Cs: lone surrogates.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_EMPTY = "\N{EMPTY SET}"
# A tag or autolink can only begin where a letter, "/", "!" or "?" follows the bracket.
_MARKUP = re.compile(r"([\\`*\[\]~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<(?=[A-Za-z/!?]))")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_ESCAPED_START = re.compile(r"^\\([-+>#])")
_BLOCK_START = re.compile(r"^(?:[-+>#]|\d{1,9}(?=[.)](?:\s|$)))")


@dataclass(frozen=True, slots=True)
class Medium:
    """`escape` is for running text, `code` for names that should look like names."""

    id: str
    escape: Callable[[str], str]
    code: Callable[[str], str]


def visible(text: str) -> str:
    """Return `text` without terminal escapes, direction overrides and lone surrogates."""
    if text.isprintable():
        return text
    text = _ANSI.sub("", text)
    return "".join(c for c in text if c == "\t" or unicodedata.category(c) not in _INVISIBLE)


def one_line(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return `text` on one line, without invisible characters, cut in its middle if too long."""
    flat = visible(_SPACE.sub(" ", text)).strip()
    if len(flat) <= longest:
        return flat
    tail = longest // 4
    return f"{flat[: longest - tail - 1]}…{flat[-tail:]}"


def _markdown(text: str) -> str:
    flat = _ENTITY.sub("&amp;", one_line(text))
    escaped = _MARKUP.sub(lambda m: "&lt;" if m[0] == "<" else f"\\{m[0]}", flat)
    start = _BLOCK_START.match(escaped)
    if start is None:
        return escaped
    if start[0].isdigit():
        return f"{start[0]}\\{escaped[start.end() :]}"
    return f"\\{escaped}"


def _markdown_code(text: str) -> str:
    flat = one_line(text) or _EMPTY
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _html_code(text: str) -> str:
    return f"<code>{html.escape(one_line(text) or _EMPTY)}</code>"


def table_cell(markdown: str) -> str:
    """Fit finished Markdown into a cell of a GFM table: pipes must not end the cell."""
    markdown = _ESCAPED_START.sub(r"\1", markdown)  # no block begins inside a cell
    if "|" not in markdown:
        return markdown
    if "\\|" in markdown:  # a backslash before a pipe can't be told from an escaped pipe
        markdown = (
            markdown.replace("\\|", "\\&#124;") if "`" not in markdown else _as_html(markdown)
        )
    return markdown.replace("|", "\\|")


def _as_html(markdown: str) -> str:
    """Spell code spans as HTML, where entities work; only for cells that hold a backslash-pipe."""
    pieces = re.split(r"(?<!\\)(`+)(.+?)(?<!`)\1(?!`)", markdown)
    spelled = []
    for index in range(0, len(pieces) - 2, 3):
        code = html.escape(pieces[index + 2].strip())
        for mark in "\\|*_[]~$`":
            code = code.replace(mark, f"&#{ord(mark)};")
        spelled += [pieces[index], f"<code>{code}</code>"]
    return "".join([*spelled, pieces[-1]]).replace("\\|", "\\&#124;")


def fence(text: str) -> str:
    """Return a fence longer than any run of backticks in `text`."""
    return "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))


PLAIN = Medium("plain", one_line, lambda text: f"`{one_line(text)}`")
MARKDOWN = Medium("markdown", _markdown, _markdown_code)
HTML = Medium("html", lambda text: html.escape(one_line(text)), _html_code)
