"""How much of a quoted file a report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_LINE = 300
_MOST_LINES = 30


def shortened(lines: Sequence[str]) -> list[str]:
    """Keep an excerpt short: the first lines, each cut at its end."""
    single = [redacted(part) for line in lines for part in line.splitlines() or [""]]
    kept = [f"{line[:_LONGEST_LINE]}…" if len(line) > _LONGEST_LINE else line
            for line in single[:_MOST_LINES]]  # fmt: skip
    return [*kept, "…"] if len(single) > _MOST_LINES else kept
