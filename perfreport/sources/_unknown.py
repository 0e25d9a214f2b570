"""What a file that no source recognised looks like, and what would help instead."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.message import Message, message

if TYPE_CHECKING:
    from perfreport.model.source import SummaryValue
    from perfreport.sources._input import Head

KIND = "unknown"

_MAGIC = (
    (b"JAVA PROFILE", "heap-dump"),
    (b"FLR\0", "flight-recording"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3", "sqlite"),
    (b"%PDF", "document"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"PK\x03\x04", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\xd4\xc3\xb2\xa1", "packet-capture"),
    (b"\x0a\x0d\x0d\x0a", "packet-capture"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
)
_SCRIPT = re.compile(
    r"^\s*(import\b.*\bfrom\s+['\"]|export\s+(default|const|function|let)\b|"
    r"(const|let|var)\s+\S+\s*=\s*require\(|(export\s+)?function\s+\w+\s*\()",
    re.MULTILINE,
)
_SOURCE_CODE = re.compile(
    r"^\s*(package [\w.]+;|public (final )?(class|interface|record)\b)", re.MULTILINE
)
_TEXTS = (
    ("k6-version", re.compile(r"\Ak6\S* v\d+\.\d+\.\d+")),
    ("k6-command", re.compile(r"\A\S*k6\S* (run|inspect)\b")),
    ("k6-text-summary", re.compile(r"http_req_duration\.{3,}:")),
    ("shell-script", re.compile(r"\A#!")),
    ("source-code", _SOURCE_CODE),
    ("k6-script", _SCRIPT),
)
_MARKDOWN = re.compile(
    r"#{1,3} (?!HELP |TYPE |Time: |User@Host)\S|\S.*\n(?:===+|---+)$", re.MULTILINE
)
_YAML = re.compile(r"^[\w.\-\"']+:(\s|$)", re.MULTILINE)
_NO_PROSE = re.compile(r"# |[\w.-]+[:=]\S")
_DOCUMENT = re.compile(r"(?:README|LICEN[CS]E|CHANGELOG|NOTICE)\b", re.IGNORECASE)
_TIMED = re.compile(r"\d{2}:\d{2}:\d{2}")

# Not asked for, and nothing is lost by not reading them: no warning.
_EXPECTED = frozenset({
    "k6-script", "k6-version", "k6-command", "perfreport-report", "markdown", "image", "document",
    "shell-script", "source-code",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Likeness:
    """What an unrecognised file looks like; `expected` files are no reason to warn."""

    looks_like: str
    detail: str = ""

    @property
    def expected(self) -> bool:
        """Whether such a file lies beside results without anything being wrong."""
        return self.looks_like in _EXPECTED

    @property
    def seen(self) -> Message:
        """What it looks like, in catalogue words."""
        key = f"unknown.looks-like.{self.looks_like}"
        return message(key, detail=self.detail) if self.detail else message(key)

    @property
    def summary(self) -> tuple[tuple[str, SummaryValue], ...]:
        """The keys of `inspect`."""
        return (
            ("why", message(f"unknown.why.{'expected' if self.expected else 'no-dialect'}")),
            ("looks_like", self.seen),
            ("would_help", message(f"unknown.would-help.{self.looks_like}")),
        )

    @property
    def problem(self) -> Message:
        """The warning about a file that was probably meant to be read."""
        help_ = message(f"unknown.would-help.{self.looks_like}")
        return message("problem.unrecognised", looks_like=self.seen, would_help=help_)


def likeness(head: Head) -> Likeness:
    """Guess what a file is from its beginning."""
    if _DOCUMENT.match(re.split(r"[\\/]", head.name)[-1]):
        return Likeness("markdown")
    start = head.start
    if not start.strip(b"\0 \t\r\n"):
        return Likeness("empty")
    for magic, name in _MAGIC:
        if start.startswith(magic):
            return Likeness(name)
    if _is_binary(start):
        return Likeness("binary")
    text = head.text.lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return _json_likeness(text)
    if text.startswith("<"):
        html = "<html" in text[:2000].lower() or text[:9].lower().startswith("<!doctype")
        return Likeness("html" if html else "xml")
    return _text_likeness(text)


def _text_likeness(text: str) -> Likeness:
    for name, pattern in _TEXTS:
        if pattern.search(text):
            return Likeness(name)
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    if not lines:
        return Likeness("empty")
    columns = _columns(lines)
    if columns:
        return Likeness("table", str(columns))
    if _MARKDOWN.match(text) and not any(_NO_PROSE.match(line) for line in lines[1:4]):
        return Likeness("markdown")
    if len(_YAML.findall(text)) >= max(2, len(lines) // 3):
        return Likeness("yaml")
    if 2 * sum(bool(_TIMED.search(line)) for line in lines) >= len(lines):
        return Likeness("timed-text")
    return Likeness("text")


def _columns(lines: list[str]) -> int:
    """Return the number of columns if nine lines of ten have as many as the first."""
    for delimiter in "\t,;":
        count = lines[0].count(delimiter)
        same = sum(line.count(delimiter) == count for line in lines)
        if count and len(lines) > 1 and same >= 0.9 * len(lines):
            return count + 1
    return 0


def _json_likeness(text: str) -> Likeness:
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        keys = tuple(dict.fromkeys(re.findall(r'"([A-Za-z][\w.-]{0,30})"\s*:', text[:4000])))
        return Likeness("json-torn", ", ".join(keys[:6]) or "-")
    if isinstance(value, dict):
        keys = tuple(str(key)[:40] for key in value)
        if {"format", "tool", "verdict", "exit_code"} <= set(keys):
            return Likeness("perfreport-report")
        return Likeness("json", ", ".join(keys[:6]) or "-")
    return Likeness("json", "-")


def _is_binary(start: bytes) -> bool:
    sample = start[:4096]
    control = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    undecodable = start.decode("utf-8", "replace").count("\ufffd")
    return control > 0.02 * len(sample) or undecodable > 0.1 * len(start)
