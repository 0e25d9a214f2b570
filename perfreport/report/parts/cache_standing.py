"""What the figures of Redis mean: how good the hit ratio is, and how full the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.redis import hit_ratio, redis_window
from perfreport.model.document import Bullet, Bullets, Style
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.document import Block
    from perfreport.model.message import Message
    from perfreport.model.redis import RedisWindow

_HITS, _MISSES = "redis.keyspace.hits", "redis.keyspace.misses"
_GOOD, _POOR = 0.9, 0.8  # a miss costs a query: one in ten, one in five
_ROOM, _FULL = 0.7, 0.9  # of maxmemory; beyond, keys are evicted or writes refused


def _build(story: Story) -> Sequence[Block]:
    items = []
    for test in story.tests:
        window = redis_window(test.run)
        label = name_of(test.grade) if len(story.tests) > 1 else None
        items += [Bullet(said, label=label) for said in _read(window)] if window else []
    return (Bullets(tuple(items)),) if items else ()


def _read(window: RedisWindow) -> Iterator[Message]:
    ask = window.since_start if window.during is None else window.in_between
    ratio = hit_ratio(ask(_HITS), ask(_MISSES))
    if ratio is not None:
        level = "good" if ratio >= _GOOD else "fair" if ratio >= _POOR else "poor"
        misses = round(ask(_MISSES) or 0.0)
        yield message(f"part.cache-standing.hits-{level}", ratio=share(ratio), misses=misses)
    used, most = window.since_start("redis.memory.used"), window.since_start("redis.memory.max")
    if used is not None and most:
        level = "room" if used < _ROOM * most else "tight" if used < _FULL * most else "full"
        yield message(f"part.cache-standing.memory-{level}", used=share(used / most))


PLUGIN = Part(
    "cache-standing", "cache", 40, message("part.cache-standing.title"), Style.LABEL, _build
)
