"""k6's process exit code, saved on its own: `k6 run …; echo $? > exit_code`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.load import ExitStatus
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input

_LONGEST = 64
_CODE = re.compile(r"\s*(?:exit[ _-]?(?:code|status)\s*[:=]?\s*)?(\d{1,3})\s*", re.IGNORECASE)
# 97-110: k6's own; 2, 255: usage; 130, 137, 139, 143: ended by a signal, as the shell says it.
_KNOWN = frozenset({0, 1, 2, 130, 137, 139, 143, 255, *range(97, 111)})


def sniff(head: Head) -> float:
    """A file that holds one of the codes k6 or a shell ends with, and nothing else."""
    return 0.9 if _code(head.start) in _KNOWN else 0.0


def read(source: Input) -> Reading:
    """Read the code."""
    with source.open() as stream:
        code = _code(stream.read(_LONGEST + 1))

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return () if code is None else (ExitStatus(ref, code),)

    return Reading(
        facts,
        records=int(code is not None),
        skipped=int(code is None),
        summary=(("exit_code", code),),
    )


def _code(content: bytes) -> int | None:
    if len(content) > _LONGEST:
        return None
    match = _CODE.fullmatch(content.decode("utf-8", "replace").strip("\ufeff\0"))
    return int(match[1]) if match else None


PLUGIN = Source("k6-exit-code", "k6-exit-code", sniff, read)
