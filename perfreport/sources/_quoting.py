"""Lines of a configuration file that may be quoted in a diff: no secrets, and byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perfreport.sources._input import Input

_LARGEST = 1 << 20
_SECRET_NAME = re.compile(
    r"pass|pwd|secret|token|credential|cert|salt|signature|cookie|jwt|private|sasl|"
    r"(?:api|access|account|encrypt\w*|sign\w*|client|master|storage)[-_.]?(?:key|id)\b|\bkey\b",
    re.IGNORECASE,
)
# `${NAME}` without a default names a secret and holds none.
_NAMED_ELSEWHERE = re.compile(r"""[:=]\s*["']?\$\{\w[\w.]*\}["']?\s*(?:#.*)?$""")
_ASSIGNED = re.compile(r"[:=]\s*(\S.*)?$")
_OPENS_BLOCK = re.compile(r":\s*(?:[|>][+-]?\d?)?\s*(?:#.*)?$")
# Passwords in addresses, tokens, and long runs of letters and digits such as keys.
_IN_VALUE = re.compile(
    r"://[^/\s@\"'<>]+@|\beyJ[\w-]{6,}|\b(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Za-z])[A-Za-z0-9+/]{20,}"
)


def quotable_lines(source_input: Input) -> tuple[str | None, ...]:
    """Return the lines of a plain UTF-8 file with their ends, None where one may not be quoted.

    Empty for archives, parts of a file, other encodings and files over 1 MiB: a diff against
    them could not be applied.
    """
    if source_input.span is not None or source_input.path is None:
        return ()
    if source_input.size > _LARGEST or source_input.compression is not None:
        return ()
    if source_input.encoding != "utf-8":
        return ()
    raw = source_input.path.read_bytes()
    lines = [part.decode("utf-8", "replace") for part in raw.splitlines(keepends=True)]
    if b"\r" in raw.replace(b"\r\n", b"") or b"\0" in raw:
        return ()  # git would count other lines, or none
    return tuple(_without_secrets(lines))


def _without_secrets(lines: Iterable[str]) -> Iterator[str | None]:
    below: int | None = None  # the indent of a secret name whose value stands below it
    for line in lines:
        text = line.rstrip("\r\n")
        indent = len(text) - len(text.lstrip())
        if below is not None and (not text.strip() or indent > below):
            yield None
            continue
        below = None
        name = text.partition("=")[0] if "=" in text and ":" not in text else text
        if _SECRET_NAME.search(name) and _ASSIGNED.search(text):
            if _NAMED_ELSEWHERE.search(text):
                yield line
                continue
            below = indent if _OPENS_BLOCK.search(text) else None
            yield None
        elif "\ufffd" in text or "\ufeff" in text or _IN_VALUE.search(text):
            yield None
        else:
            yield line
