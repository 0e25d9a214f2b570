"""JSON as it comes out of terminals: one document, many in a row, with noise between, cut off."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from perfreport.sources._input import Input

_DECODER = json.JSONDecoder()
_LINE = re.compile(r"^[ \t]*[{\[]", re.MULTILINE)


@dataclass(slots=True)
class JsonDocuments:
    """Documents in order. `torn`: (line, text from there on) of what could not be decoded."""

    documents: list[tuple[int, Any]] = field(default_factory=list)
    before: list[str] = field(default_factory=list)  # the text in front of each document
    torn: list[tuple[int, str]] = field(default_factory=list)
    noise: int = 0  # lines outside any document


def json_documents(source: Input) -> JsonDocuments:
    """Decode every document that starts a line; text between documents is counted as noise.

    Separators that JSON itself would have (commas between documents, as in a cut-out list) are no
    noise. After a document that can't be decoded, reading goes on at the next line that starts one
    at the left margin.
    """
    with source.open() as stream:
        text = stream.read().decode("utf-8", "replace")
    found = JsonDocuments()
    at = 0
    line = source.first_line
    while match := _LINE.search(text, at):
        start = match.end() - 1
        between = text[at:start]
        found.noise += sum(bool(part.strip(" \t\r,;")) for part in between.splitlines())
        line += between.count("\n")
        try:
            document, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            found.torn.append((line, text[start:]))
            next_document = re.compile(r"^[{\[]", re.MULTILINE).search(text, start + 1)
            end = next_document.start() if next_document else len(text)
        else:
            found.documents.append((line, document))
            found.before.append(between)
        line += text.count("\n", start, end)
        at = end
        if text[at : at + 1] in {"{", "["} and not text[start:at].endswith("\n"):
            # two documents on one line: {"a":1}{"b":2}
            at, line = _same_line(text, at, line, found)
    found.noise += sum(bool(part.strip(" \t\r,;]")) for part in text[at:].splitlines())
    return found


def _same_line(text: str, at: int, line: int, found: JsonDocuments) -> tuple[int, int]:
    while text[at : at + 1] in {"{", "["}:
        try:
            document, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.documents.append((line, document))
        found.before.append("")
        line += text.count("\n", at, end)
        at = end
    return at, line


def salvaged(text: str, key: str) -> tuple[list[Any], int]:
    """Whole objects whose first key is `key`, out of text that is cut off or broken.

    Returns them with the number of such objects that were lost.
    """
    objects: list[Any] = []
    lost = 0
    end = 0
    for match in re.finditer(r'\{\s*"' + re.escape(key) + r'"\s*:', text):
        if match.start() < end:
            continue
        try:
            document, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            lost += 1
        else:
            objects.append(document)
    return objects, lost
