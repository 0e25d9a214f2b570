"""Statements of one shape become one text; no literal survives.

The grouping is pt-query-digest's (`QueryRewriter::fingerprint`), except where that is known to be
wrong: digits inside identifiers stay (`utf8mb4`, `sessions_2024`), a minus between two operands
stays an operator (`stock - ?`), comment markers inside strings are not comments, character-set
introducers vanish with their literal, and the tail of a multi-row INSERT (`ON DUPLICATE KEY …`)
is kept.
"""

from __future__ import annotations

import re

_CACHED_STATEMENTS = 20_000
_CACHED_BYTES = 32 << 20
_LONGEST_UNION = 20_000
_NAME = 2  # lastindex of a whole quoted name; of one that was cut off it is 1

# MySQL's own lexical rules, on bytes: what a quote inside a comment or a comment marker inside a
# string means is decided by which one starts first. The first character stands in a set of its
# own, which is what makes the search fast.
_PIECES = rb"""
    [`'"/\-#.0-9]
    (?: (?<=')(?:%(single)s(?:'|\Z))
      | (?<=")(?:%(double)s(?:"|\Z))
      | (?<=[0-9])(?<![\w$\x80-\xff.@][0-9])%(number)s
      | (?<=\.)(?<![\w$\x80-\xff@`)]\.)(?=[0-9])%(number)s
      | (?<=\.[0-9])[\w$\x80-\xff]*+                       # a name that begins with a digit
      | (?<=(`))(?:(?:[^`]|``)*+(`)|.*\Z)                  # a quoted name, or a cut one
      | (?<=/)(?:\*(?!!|repeat[ ]union(?:[ ]all)?\*/)(?:.*?\*/|.*\Z))()()()             # comments
      | (?<=-)-(?=\s|\Z)[^\n]*+()()()
      | (?<=\#)[^\n]*+()()()
    )
"""
_NUMBER = rb"(?:[\w.$\x80-\xff]|(?<=[0-9.][eE])[-+](?=[0-9]))*+"
_FLAGS = re.VERBOSE | re.DOTALL


def _scanner(single: bytes, double: bytes) -> re.Pattern[bytes]:
    pattern = _PIECES.replace(b"%(single)s", single).replace(b"%(double)s", double)
    return re.compile(pattern.replace(b"%(number)s", _NUMBER), _FLAGS)


_SCAN = _scanner(rb"(?:[^'\\]++|\\.|'')*+\\?", rb'(?:[^"\\]++|\\.|"")*+\\?')
# Under NO_BACKSLASH_ESCAPES a backslash is a character like any other.
_SCAN_PLAIN = _scanner(rb"(?:[^']++|'')*+", rb'(?:[^"]++|"")*+')
# A string that touches a word, or a backslash outside one, means that the quotes were read wrong.
_MISREAD = re.compile(
    rb"(`[^`]*+`)"
    rb"|\?(?!(?:and|or|as|from|then|else|end|when|order|group|limit|where|union|for|is|in|not|on)\b)"
    rb"[A-Za-z0-9_]|\\(?!N\b)|[\'\"]",
    re.IGNORECASE,
)

_MYSQLDUMP = re.compile(rb"SELECT /\*!40001 SQL_NO_CACHE \*/ \* FROM `")
_TOOLKIT = re.compile(rb"/\*\w+\.\w+:[0-9]/[0-9]\*/")
_CALL = re.compile(r"\s*(call\s+[^\s(]+)\s*\(", re.IGNORECASE)
_USE = re.compile(r"use \S+", re.IGNORECASE)
_CONSTANT = re.compile(r"(?<![\w.`@$])(?:true|false|(?<!is )(?<!is not )null|\\n)(?![\w.`$(])")
_INTRODUCER = re.compile(r"(?<![\w$@`.])(?:[nxb]|_[a-z][a-z0-9]* ?)\?(?![\w?])")
_SIGN = re.compile(
    r"((?:[=<>(,*/%+\-!|&^~]|\b(?:in|values?|limit|offset|and|or|not|between|like|then|else|when"
    r"|select|return|set|by|interval|div|mod|xor|is|case|where|on|having|regexp|rlike)\b)\s?)"
    r"[-+]\s?\?"
)
_LISTS = re.compile(r"\b(in|values?)(?:[\s,]*\([\s?,]*\))+")
_ROWS = re.compile(r"\bvalues?\s*(?=\()")
_INSERT = re.compile(r"\s*(?:insert|replace)\b")
_UNION = re.compile(r"\b(select\s.*?)(?:(\sunion(?:\sall)?)\s\1)+")
_LIMIT = re.compile(r"\blimit \?(?:, ?\?| offset \?)?")
_ASCENDING = re.compile(r"\s+asc\b")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_ADMINISTRATOR = b"administrator command: "


class Fingerprinter:
    """`fingerprint` with a bounded memory of what it has seen."""

    __slots__ = ("_bytes", "_shapes")

    def __init__(self) -> None:
        self._shapes: dict[bytes, str] = {}
        self._bytes = 0

    def __call__(self, statement: bytes) -> str:
        """Return the fingerprint of a statement given as UTF-8 bytes."""
        if statement.startswith(_ADMINISTRATOR):
            return _administrator(statement)
        if b"/*" in statement:
            if _MYSQLDUMP.match(statement):
                return "mysqldump"
            if _TOOLKIT.search(statement):
                return "percona-toolkit"
        masked = _masked(statement)
        shape = self._shapes.get(masked)
        if shape is None:
            if len(self._shapes) >= _CACHED_STATEMENTS or self._bytes > _CACHED_BYTES:
                self._shapes.clear()
                self._bytes = 0
            shape = _shape_of(masked.decode("utf-8", "replace"))
            self._shapes[masked] = shape
            self._bytes += len(masked)
        return shape


def fingerprint(statement: str) -> str:
    """Return the fingerprint of one statement."""
    return Fingerprinter()(statement.encode("utf-8", "surrogatepass"))


def mask_fragment(text: str) -> str:
    """Return the fingerprint of a statement cut in its middle (`head ... tail`, as sys writes it).

    The tail may begin inside a word or a string: its first word goes, and everything up to its
    first quote goes when its quotes do not pair up.
    """
    head, cut, tail = text.partition(" ... ")
    if not cut:
        return fingerprint(text)
    for quote in "'\"":
        if tail.count(quote) % 2:
            tail = tail.split(quote, 1)[1]
    _, _, tail = tail.partition(" ")
    # The cut may fall into a string of the head: it is masked to its end, never joined to the tail.
    return f"{fingerprint(head)} ... {fingerprint(tail)}".strip()


def _administrator(statement: bytes) -> str:
    # The server's own words, never a user's text; still, only letters are let through.
    words = re.match(rb"administrator command: [A-Za-z ]*", statement)
    return words[0].decode("ascii").strip() if words else "administrator command"


def _replace(match: re.Match[bytes]) -> bytes:
    kind = match.lastindex
    if kind is None or kind < _NAME:
        return b"?"
    return match[0] if kind == _NAME else b" "


def _masked(statement: bytes) -> bytes:
    # Nearly all statements hold nothing but values to mask: a constant is replaced at twice the
    # speed of a function.
    if b"`" in statement or b"/*" in statement or b"#" in statement or b"--" in statement:
        masked = _SCAN.sub(_replace, statement)
    else:
        masked = _SCAN.sub(b"?", statement)
    if b"\\" not in statement or _misread_at(masked) is None:
        return masked
    other = _SCAN_PLAIN.sub(_replace, statement)
    misread = _misread_at(other)
    return other if misread is None else other[:misread] + b"?"


def _misread_at(masked: bytes) -> int | None:
    """Where masked text shows that its quotes were read wrong; None if nowhere."""
    return next((found.start() for found in _MISREAD.finditer(masked) if not found[1]), None)


def _shape_of(text: str) -> str:
    if called := _CALL.match(text):
        return _BLANKS.sub(" ", called[1].lower())
    text = _BLANKS.sub(" ", text).strip().lower()
    if _USE.fullmatch(text):
        return "use ?"
    text = _CONSTANT.sub("?", _INTRODUCER.sub("?", text))
    while (signed := _SIGN.sub(r"\1?", text)) != text:
        text = signed
    if _INSERT.match(text):
        text = _first_row(text)
    text = _LISTS.sub(r"\1(?+)", text)
    if " union" in text and len(text) <= _LONGEST_UNION:
        text = _UNION.sub(r"\1 /*repeat\2*/", text)
    text = _LIMIT.sub("limit ?", text)
    ordered = text.find("order by ")
    if ordered >= 0:
        text = text[:ordered] + _ASCENDING.sub("", text[ordered:])
    return text


def _first_row(text: str) -> str:
    """Drop all rows but the first of a multi-row INSERT; what follows the rows stays."""
    start = _ROWS.search(text)
    if not start:
        return text
    first_end = _closing(text, start.end())
    end = first_end
    while end and (more := re.compile(r"\s*,\s*\(").match(text, end)):
        closed = _closing(text, more.end() - 1)
        if not closed:  # cut off inside a row
            return text[:first_end]
        end = closed
    return text[:first_end] + text[end:] if first_end and end else text


def _closing(text: str, opening: int) -> int | None:
    """Index behind the parenthesis that closes the one at `opening`."""
    depth = 0
    for paren in re.compile(r"[()]").finditer(text, opening):
        depth += 1 if paren[0] == "(" else -1
        if depth == 0:
            return paren.end()
    return None
