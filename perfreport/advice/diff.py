"""A unified diff that `git apply` takes and that never quotes a secret.

git needs a line of context behind every hunk unless it ends the file, and none before it. Context
stops at a line that may not be quoted; where none can follow, there is no diff.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.redaction import redacted

if TYPE_CHECKING:
    from perfreport.advice.edits import FileText

_CONTEXT = 3
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\"\\]")
_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(file: FileText, path: str) -> str | None:
    """Return the changes of a file as a diff against `path`; None where there can be none.

    A report hides what looks like a secret; a diff that it would change is made with less context.
    """
    numbers = sorted({*file.changed, *file.added})
    if not numbers or _UNSPEAKABLE.search(path):
        return None
    for context in range(_CONTEXT, 0, -1):
        diff = _within(file, path, numbers, context)
        if diff is not None and redacted(diff) == diff:
            return diff
    return None


def _within(file: FileText, path: str, numbers: list[int], context: int) -> str | None:
    spans = [_span(file, number, context) for number in numbers]
    merged: list[tuple[int, int]] = []
    for span in spans:
        if span is None:
            return None
        if merged and span[0] <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span[1]))
        else:
            merged.append(span)
    tab = "\t" if " " in path else ""
    head = f"--- a/{path}{tab}\n+++ b/{path}{tab}\n"
    hunks: list[str] = []
    shift = 0
    for first, last in merged:
        hunk, grown = _hunk(file, first, last, shift)
        hunks.append(hunk)
        shift += grown
    return head + "".join(hunks)


def _span(file: FileText, number: int, context: int) -> tuple[int, int] | None:
    """The changed line with its context; None where git could not place it."""
    if file.lines[number - 1] is None:
        return None
    first = last = number
    while first > 1 and number - first < context and file.lines[first - 2] is not None:
        first -= 1
    while last < len(file.lines) and last - number < context and file.lines[last] is not None:
        last += 1
    if last == number and number < len(file.lines):
        return None
    return first, last


def _hunk(file: FileText, first: int, last: int, shift: int) -> tuple[str, int]:
    body: list[str] = []
    grown = 0
    for number in range(first, last + 1):
        old = file.lines[number - 1] or ""
        new = file.changed.get(number, old)
        added = file.added.get(number, [])
        grown += len(added)
        if new == old:
            body.append(_line(" ", old))
        else:
            body += [_line("-", old), _line("+", new)]
        body += [_line("+", text) for text in added]
    length = last - first + 1
    header = f"@@ -{first},{length} +{first + shift},{length + grown} @@\n"
    return header + "".join(_grouped(body)), grown


def _line(sign: str, text: str) -> str:
    return f"{sign}{text}" if text.endswith("\n") else f"{sign}{text}\n{_NO_NEWLINE}"


def _grouped(body: list[str]) -> list[str]:
    """Put removed lines before added ones where several changed lines follow each other."""
    ordered: list[str] = []
    run: list[str] = []
    for line in [*body, " "]:
        if line[0] in "+-" and line:
            run.append(line)
            continue
        ordered += sorted(run, key=lambda one: one[0] != "-")
        run = []
        ordered.append(line)
    return ordered[:-1]


def relative(path: str, folder: str) -> str:
    """Return a path as `git apply` wants it in the folder that was analysed."""
    if not path.startswith(("/", "../")):
        return path.removeprefix("./")
    inside = path.removeprefix(folder.rstrip("/") + "/") if folder else path
    return inside.lstrip("/") if inside != path else path.rpartition("/")[2]
