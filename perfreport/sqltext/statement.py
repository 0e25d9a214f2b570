"""What a fingerprint or digest text says about its statement."""

from __future__ import annotations

import re
from enum import StrEnum

from perfreport.sqltext.fingerprint import fingerprint


class Verb(StrEnum):
    """What a statement does, by its first word."""

    SELECT = "select"
    INSERT = "insert"
    REPLACE = "replace"
    UPDATE = "update"
    DELETE = "delete"
    CALL = "call"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    BEGIN = "begin"
    SET = "set"
    OTHER = "other"


_WRITES = frozenset({Verb.INSERT, Verb.REPLACE, Verb.UPDATE, Verb.DELETE})
_VERBS = {verb.value: verb for verb in Verb} | {
    "start": Verb.BEGIN,
    "with": Verb.SELECT,
    "table": Verb.SELECT,
}
_WORD = re.compile(r"[\s(]*([a-z]+)")
_LOCKING_READ = re.compile(r"\bfor (?:update|share)\b|\block in share mode\b")
_ROW_LIST = re.compile(r"/\* , \.\.\. \*/|\?, \.\.\.")
_AROUND_DOT = re.compile(r"\s*\.\s*")
_BEFORE = re.compile(r"\s+([,)])")
_AFTER = re.compile(r"\(\s+")
_CALL_GAP = re.compile(
    r"(?<=[\w`])\s+\((?=\?\)|\))"
    r"|(?<=\bsum|\bavg|\bmin|\bmax|\bnow)\s+\(|(?<=\bcount|\blower|\bupper|\bround)\s+\("
    r"|(?<=\bconcat|\bifnull|\bdate_f|\bstr_to)\s+\(|(?<=\bcoalesce)\s+\("
)
_PLAIN_NAME = re.compile(r"`([a-z_][\w$]*)`")
_ELLIPSIS = re.compile(r"\(\s*\.\.\.\s*\)")
_CUT_OFF = re.compile(r"(?<!\?, )(?<!\?,)\.\.\.\s*\Z")
_REPEATED = re.compile(r"\?(?:,\?)+")
_SKELETON = re.compile(r"[\s`]+")


def verb_of(text: str) -> Verb:
    """Return the verb of a fingerprint or digest text."""
    word = _WORD.match(text.lower())
    return _VERBS.get(word[1], Verb.OTHER) if word else Verb.OTHER


def is_locking(text: str) -> bool:
    """Whether the statement takes row locks that others may have to wait for."""
    return verb_of(text) in _WRITES or bool(_LOCKING_READ.search(text.lower()))


def tidy_digest(digest_text: str) -> str:
    """Write a DIGEST_TEXT as a fingerprint is written: lower case, no needless quotes and blanks.

    MySQL writes lists as `(...)` and rows as `(...) /* , ... */`, MariaDB short lists as
    `( ?, ... )`; both become `(?+)`. A text the server cut keeps its trailing `...`.
    """
    cut = bool(_CUT_OFF.search(digest_text))
    text = _ROW_LIST.sub("?", _ELLIPSIS.sub("(?)", digest_text.replace("/* , ... */", "")))
    text = fingerprint(text.rstrip(" .") if cut else text)
    text = text.replace("sql_tsi_", "")
    text = _PLAIN_NAME.sub(r"\1", _AROUND_DOT.sub(".", text))
    text = _CALL_GAP.sub("(", _AFTER.sub("(", _BEFORE.sub(r"\1", text)))
    text = fingerprint(text)
    return f"{text} ..." if cut else text


def linkable(text: str) -> str:
    """Return a skeleton in which a fingerprint and the digest of one statement are equal."""
    skeleton = _SKELETON.sub("", text.lower()).replace("(?+)", "(?)").rstrip(".;")
    return _REPEATED.sub("?", skeleton)
