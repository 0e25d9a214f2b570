"""What Redis says of itself: during the test, and since it started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.measure.redis import hit_ratio, redis_window
from perfreport.model.document import Grid, Style
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import name_of, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Cell
    from perfreport.model.message import Message
    from perfreport.model.redis import RedisWindow

_HITS, _MISSES = "redis.keyspace.hits", "redis.keyspace.misses"
_COUNTED = ("redis.commands.processed", _HITS, _MISSES, "redis.keys.evicted", "redis.keys.expired")
_GROWN_ONLY = ("redis.errors", "redis.connections.rejected")


def _build(story: Story) -> Sequence[Block]:
    known = [
        (test, window) for test in story.tests if (window := redis_window(test.run)) is not None
    ]
    if len(known) == 1 and len(story.tests) == 1:
        return (_grid(known[0][1]),)
    return (_beside(known),) if known else ()


def _beside(known: Sequence[tuple[TestAnalysis, RedisWindow]]) -> Grid:
    """Several tests side by side: what each counted, else the totals since the start."""
    columns = [
        {name: since if during is None else during for name, during, since in _rows(window)}
        for _, window in known
    ]
    names = dict.fromkeys(name for column in columns for name in column)
    rows = tuple((name, *(column.get(name) for column in columns)) for name in names)
    headings = (message("column.what"), *(name_of(test.grade) for test, _ in known))
    notes = [
        message("part.summary.of-test", test=name_of(test.grade), said=_covered(window))
        for test, window in known
        if window.restarted or window.during is None
    ]
    if any(window.during is not None for _, window in known):
        notes.insert(0, message("part.cache-redis.each-between"))
    return Grid(headings, rows, tuple(notes))


def _covered(window: RedisWindow) -> Message:
    if window.seconds is None:
        return message("part.cache-redis.single")
    key = "restarted" if window.restarted else "between"
    return message(f"part.cache-redis.{key}", seconds=Quantity(window.seconds, Unit.SECONDS))


def _grid(window: RedisWindow) -> Grid:
    headings = [message("column.what")]
    headings += [message("column.redis-during")] if window.during is not None else []
    headings.append(message("column.redis-since-start"))
    uptime, notes = window.last.uptime_seconds, [_covered(window)]
    if uptime is not None:
        up = Quantity(uptime, Unit.SECONDS)
        notes.append(message("part.cache-redis.uptime", seconds=up))
    rows = list(_rows(window))
    if window.during is None:
        rows = [(name, since) for name, _, since in rows]
    return Grid(tuple(headings), tuple(rows), tuple(notes))


def _rows(window: RedisWindow) -> Iterator[tuple[Cell, ...]]:
    def named(name: str, during: Cell, since: Cell) -> tuple[Cell, ...]:
        return (message(f"redis.{name}"), during, since)

    asked: tuple[Callable[[str], float | None], ...] = (window.in_between, window.since_start)
    during, since = (ratio(hit_ratio(ask(_HITS), ask(_MISSES))) for ask in asked)
    yield named("hit-ratio", during, since)
    for name in _COUNTED:
        cells = [_count(ask(name)) for ask in asked]
        if cells[1] is not None:
            yield named(name.removeprefix("redis.").replace(".", "-"), cells[0], cells[1])
    for name in _GROWN_ONLY:
        if window.since_start(name):
            cells = [_count(ask(name)) for ask in asked]
            yield named(name.removeprefix("redis.").replace(".", "-"), cells[0], cells[1])
    yield from _levels(window, named)


def _levels(
    window: RedisWindow, named: Callable[[str, Cell, Cell], tuple[Cell, ...]]
) -> Iterator[tuple[Cell, ...]]:
    """Levels of the latest INFO stand under "during": they are of the test, not lifetime sums."""
    used, most = window.since_start("redis.memory.used"), window.since_start("redis.memory.max")
    cells: list[tuple[str, Cell]] = []
    if used is not None:
        value = Quantity(used, Unit.BYTES)
        limit = Quantity(most, Unit.BYTES) if most else None
        share = Quantity(used / most, Unit.RATIO) if most else None
        shown = (
            message("signal.of", value=value, limit=limit, share=share)
            if limit is not None and share is not None
            else value
        )
        cells.append(("memory", shown))
    peak = window.since_start("redis.memory.peak")
    if peak is not None:
        yield named("memory-peak", None, Quantity(peak, Unit.BYTES))
    if window.last.policy:
        cells.append(("policy", window.last.policy))
    keys = sum(one.keys for one in window.last.keyspaces)
    if window.last.keyspaces:
        cells.append(("keys", keys))
        cells.append(("expiring", sum(one.expires for one in window.last.keyspaces)))
    ttl = next((one.mean_ttl_seconds for one in window.last.keyspaces), None)
    if ttl:
        cells.append(("ttl", Quantity(ttl, Unit.SECONDS)))
    clients = window.since_start("redis.clients.connected")
    if clients is not None:
        cells.append(("clients", round(clients)))
    for name, cell in cells:
        yield named(name, *((cell, None) if window.during is not None else (None, cell)))


def _count(value: float | None) -> Cell:
    return None if value is None else Quantity(round(value), Unit.COUNT)


PLUGIN = Part("cache-redis", "cache", 10, message("part.cache-redis.title"), Style.LABEL, _build)
