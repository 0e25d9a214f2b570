"""Lines of a result set cut into cells: tabs, boxes, CSV."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

Cell = str | None

_NAME = re.compile(r"[A-Za-z_@`][\w$ #().,*/+:%@`-]{0,80}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "0": "\0", "r": "\r", "b": "\b", "Z": "\x1a"}

# Names that no table of another kind of dump has; one of them makes a line a header.
TELLING = frozenset({
    "digest_text", "sum_timer_wait", "count_star", "exec_count", "total_latency",
    "sql_text", "sqltext", "user_host", "querytimes",
    "variable_name",
    "requesting_trx_id", "blocking_trx_id", "waiting_pid", "blocking_pid",
    "requesting_engine_transaction_id", "blocking_engine_transaction_id",
    "engine_lock_id", "engine_transaction_id", "lock_trx_id", "trx_state", "trx_mysql_thread_id",
})  # fmt: skip
# Names that are telling together.
_TOGETHER = (
    frozenset({"command", "time", "state"}),
    frozenset({"type", "name", "status"}),
    frozenset({"query_time", "rows_examined"}),
)


_HINT = re.compile(
    rb"\b(?:" + b"|".join(name.encode() for name in sorted(TELLING)) + rb")\b"
    rb"|\bcommand\b[^\n]*\bstate\b|\bcommand:|\btype\b[^\n]*\bname\b[^\n]*\bstatus\b"
    rb"|\bquery_time\b|[\t\"][0-9a-f]{32}(?:[0-9a-f]{32})?[\t\"]",
    re.IGNORECASE,
)


def hints_at_table(start: bytes) -> bool:
    """Whether the beginning of a file is worth cutting into result sets."""
    return bool(_HINT.search(start))


def is_header(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the delimiter and the lower-case column names if a line is a header we know."""
    for delimiter in ("\t", ",", ";", "|"):
        if delimiter not in text:
            continue
        cells = csv_cells(text, delimiter) if delimiter != "\t" else tuple(text.split("\t"))
        if not cells or len(cells) < 2:
            continue
        names = tuple((cell or "").strip().strip('"`').lower() for cell in cells)
        if is_telling(names) and all(_NAME.fullmatch(name) for name in names):
            return delimiter, names
    return None


def is_telling(names: tuple[str, ...]) -> bool:
    """Whether column names belong to a table of a database server."""
    found = frozenset(names)
    return bool(found & TELLING) or any(group <= found for group in _TOGETHER)


def tab_cells(text: str) -> tuple[Cell, ...]:
    """Split a line of `mysql -B`, undoing its escapes; NULL is None."""
    return tuple(_unescaped(cell) for cell in text.split("\t"))


def _unescaped(cell: str) -> Cell:
    if cell in {"NULL", "\\N"}:
        return None
    if "\\" not in cell:
        return cell
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), cell)


def csv_cells(text: str, delimiter: str) -> tuple[Cell, ...] | None:
    r"""Split a CSV record; None if a quoted cell goes on in the next line.

    Quotes inside a cell may be doubled (RFC 4180) or escaped by a backslash (INTO OUTFILE).
    """
    cells: list[Cell] = []
    position = 0
    while True:
        while text[position : position + 1] == " ":
            position += 1
        if text[position : position + 1] == '"':
            end = position + 1
            while (end := _next_quote(text, end)) >= 0 and text[end + 1 : end + 2] == '"':
                end += 2
            if end < 0:
                return None
            raw = text[position + 1 : end].replace('""', '"')
            cells.append(_ESCAPE.sub(r"\1", raw) if "\\" in raw else raw)
            position = text.find(delimiter, end)
            position = len(text) if position < 0 else position
        else:
            end = text.find(delimiter, position)
            end = len(text) if end < 0 else end
            raw = text[position:end].strip()
            cells.append(None if raw in {"NULL", "\\N"} else raw)
            position = end
        if position >= len(text):
            return tuple(cells)
        position += 1


def _next_quote(text: str, position: int) -> int:
    """Next quote that no backslash escapes."""
    while (quote := text.find('"', position)) >= 0:
        slashes = 0
        while quote - slashes > position and text[quote - slashes - 1] == "\\":
            slashes += 1
        if slashes % 2 == 0:
            return quote
        position = quote + 1
    return -1


def border_of(text: str) -> tuple[int, ...]:
    """Return where the `+` of a box border stand, () if it is none."""
    line = text.rstrip()
    if not re.fullmatch(r"\+(?:-+\+)+", line):
        return ()
    return tuple(at for at, char in enumerate(line) if char == "+")


def box_cells(text: str, border: tuple[int, ...]) -> tuple[str, ...] | None:
    """Cut a line of a box under its border; None if the row goes on in the next line.

    A cell may hold `|` and line breaks, and wide characters take two columns. An empty tuple
    stands for text that is too wide to become a row, whatever follows.
    """
    width = border[-1] + 1
    stripped = text.rstrip("\r\n ")
    if not stripped.endswith("|"):
        return None if len(text) <= width else ()
    if len(stripped) == width and all(stripped[at] == "|" for at in border):
        positions = list(border)
    else:
        positions = _by_width(stripped, border) or _by_bars(stripped, border)
    if not positions:
        return None if len(stripped) <= width else ()
    return tuple(stripped[start + 1 : end].strip() for start, end in pairwise(positions))


def _by_width(text: str, border: tuple[int, ...]) -> list[int]:
    """Character positions of the border's columns, counting wide characters twice."""
    if len(text) > border[-1] + 1:
        return []
    wanted = set(border)
    positions = []
    column = 0
    for at, char in enumerate(text):
        if column in wanted and char == "|":
            positions.append(at)
        column += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return positions if len(positions) == len(border) and column == border[-1] + 1 else []


def _by_bars(text: str, border: tuple[int, ...]) -> list[int]:
    """Positions of the bars where widths do not fit, if there are as many as columns."""
    bars = [at for at, char in enumerate(text) if char == "|"]
    return bars if len(bars) == len(border) and text.endswith("|") else []
