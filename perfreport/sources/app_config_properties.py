"""`application.properties` of Spring Boot, with `#---` documents, continuations and escapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.configuration import AppConfig
from perfreport.settings.catalogue import relaxed
from perfreport.sources._quoting import quotable_lines
from perfreport.sources._settings import from_key, summary_of
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.configuration import Setting
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_ENTRY = re.compile(r"^\s*([^\s=:#!][^\s=:]*)\s*[=:\s]\s*(.*)$")
_SPRING = re.compile(r"^(spring|server|management|logging)\.[\w.\[\]-]+\s*[=:]", re.MULTILINE)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_NAMED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_ON_PROFILE = relaxed("spring.config.activate.on-profile")
_ACTIVE = relaxed("spring.profiles.active")


def sniff(head: Head) -> float:
    """Sure with dotted Spring keys and an equals sign or colon behind them."""
    keys = len(_SPRING.findall(head.text))
    return 0.95 if keys > 1 else 0.7 if keys else 0.0


def read(source_input: Input) -> Reading:
    """Read all entries; a `#---` line starts a new document, which may be of one profile."""
    settings: list[Setting] = []
    active: list[str] = []
    records = 0
    for entries in _documents(source_input):
        profile = next((text for key, text, _ in entries if relaxed(key) == _ON_PROFILE), None)
        for key, text, line in entries:
            records += 1
            if relaxed(key) == _ACTIVE:
                active += [name.strip() for name in text.split(",")]
            setting = from_key(key, text, source_input.name, line, profile=profile)
            if setting is not None:
                settings.append(setting)
    quoted = quotable_lines(source_input)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (AppConfig(ref, tuple(settings), tuple(active), quoted),)

    return Reading(facts=facts, records=records, dialect="properties", summary=summary_of(settings))


def _documents(source_input: Input) -> Iterator[list[tuple[str, str, int]]]:
    entries: list[tuple[str, str, int]] = []
    for line, text in _logical_lines(source_input):
        if text.startswith(("#---", "!---")):
            yield entries
            entries = []
            continue
        entry = None if text.startswith(("#", "!")) else _ENTRY.match(text)
        if entry is not None:
            entries.append((_unescape(entry[1]), _unescape(entry[2]).strip(), line))
    yield entries


def _logical_lines(source_input: Input) -> Iterator[tuple[int, str]]:
    """Join lines that end in an odd number of backslashes."""
    start, pending = 0, ""
    for number, line in source_input.lines():
        text = pending + line.lstrip()
        start = start or number
        if (len(text) - len(text.rstrip("\\"))) % 2:
            pending = text[:-1]
            continue
        yield start, text
        start, pending = 0, ""
    if pending:
        yield start, pending


def _unescape(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else _NAMED.get(code, code)

    return _ESCAPE.sub(plain, text)


PLUGIN = Source(id="app-config-properties", kind="app-config", sniff=sniff, read=read)
