"""The slowest commands of Redis by key pattern."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from perfreport.model.document import Grid, Style
from perfreport.model.message import message
from perfreport.model.redis import RedisSlowLog
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import limited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.document import Block

_MOST_ROWS = 8


def _build(story: Story) -> Sequence[Block]:
    found: dict[tuple[str, str | None], list[float]] = defaultdict(list)
    for test in story.tests:
        for log in test.run.of(RedisSlowLog):
            for entry in log.entries:
                found[entry.command, entry.key_pattern].append(entry.seconds)
    if not found:
        return ()
    names = ("command", "key-pattern", "count", "mean", "max")
    rows = tuple(
        (
            command,
            pattern,
            len(times),
            Quantity(sum(times) / len(times), Unit.SECONDS),
            Quantity(max(times), Unit.SECONDS),
        )
        for (command, pattern), times in sorted(
            found.items(), key=lambda entry: (-sum(entry[1]), entry[0][0], entry[0][1] or "")
        )
    )
    grid = Grid(tuple(message(f"column.{name}") for name in names), rows)
    return (limited(grid, _MOST_ROWS, message("order.total-time")),)


PLUGIN = Part("cache-keys", "cache", 30, message("part.cache-keys.title"), Style.LABEL, _build)
