"""Caches over the load: how often they were asked, how often in vain, and what a miss costs.

A miss is followed by what loads the entry: a statement, or a call to another service, that ran
about as often as the cache missed, and that no endpoint's own number of requests fits better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.views.connection_time import CLIENT, busiest, worked
from perfreport.diagnosis.views.endpoints import requests_by_endpoint
from perfreport.measure.signals import signal_lines
from perfreport.measure.sql import since_start
from perfreport.model.signal import SignalKind
from perfreport.sqltext import Verb, verb_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.diagnosis.scene import Figure, Scene
    from perfreport.model.load import Tags
    from perfreport.model.source import Provenance
    from perfreport.model.statement import StatementFigures

GETS = "cache.gets"
REDIS_HITS, REDIS_MISSES = "redis.keyspace.hits", "redis.keyspace.misses"
EVICTED, EXPIRED = "redis.keys.evicted", "redis.keys.expired"
REDIS = "Redis"
_FEWEST_MISSES = 10
_FEWEST_EVER = 3
# Requests that miss together may share one load, and some loads are made outside the load.
_LOADS_PER_MISS = (0.8, 1.1)
_SAME = 0.02


@dataclass(frozen=True, slots=True)
class Loader:
    """What ran about as often as a cache missed; seconds. `text` is a fingerprint or a path."""

    text: str
    count: float
    total: float
    provenance: Provenance | None
    calls: bool = False  # another service, not the database

    @property
    def mean(self) -> float:
        """Seconds one load takes."""
        return self.total / self.count


@dataclass(frozen=True, slots=True)
class Cache:
    """One cache over the load; Redis as a whole where the application counts none of its own."""

    name: str
    hits: Figure | None  # a counter that never counted is not there
    misses: Figure
    evictions: Figure | None
    expiries: Figure | None
    loader: Loader | None
    missed_ever: float  # since the application started

    @property
    def gets(self) -> float:
        """How often it was asked."""
        return (self.hits.value if self.hits is not None else 0.0) + self.misses.value

    @property
    def ratio(self) -> float:
        """Share of the look-ups that found their entry."""
        return 1 - self.misses.value / self.gets


def caches(scene: Scene) -> tuple[Cache, ...]:
    """Every cache that was asked during the load."""
    return tuple(_counted(scene)) or tuple(_redis(scene))


def _counted(scene: Scene) -> Iterator[Cache]:
    names = {dict(line.labels).get("cache", "") for line in signal_lines(scene.signals, GETS)}
    for name in sorted(names):
        where: Tags = (("cache", name),) if name else ()
        hits = scene.ask(GETS, "count", where=(*where, ("result", "hit")))
        misses = scene.ask(GETS, "count", where=(*where, ("result", "miss")))
        evictions = scene.ask("cache.evictions", "count", where=where)
        yield from _cache(scene, name or REDIS, hits, misses, evictions, _missed_ever(scene, where))


def _redis(scene: Scene) -> Iterator[Cache]:
    hits, misses = scene.ask(REDIS_HITS, "count"), scene.ask(REDIS_MISSES, "count")
    yield from _cache(scene, REDIS, hits, misses, None)


def _missed_ever(scene: Scene, where: Tags) -> float:
    """Misses since the application started, as its counters stand at the end."""
    wanted = {*where, ("result", "miss")}
    return sum(
        float(np.nanmax(one.values))
        for one in scene.signals.by_signal.get(GETS, ())
        if one.kind is SignalKind.COUNTER and wanted <= set(one.labels) and len(one.values)
    )


def _cache(
    scene: Scene,
    name: str,
    hits: Figure | None,
    misses: Figure | None,
    evictions: Figure | None,
    missed_ever: float = 0.0,
) -> Iterator[Cache]:
    if misses is None or misses.value + (hits.value if hits is not None else 0.0) < 1:
        return
    gets = misses.value + (hits.value if hits is not None else 0.0)
    expiries = scene.ask(EXPIRED, "count")
    evicted = evictions or scene.ask(EVICTED, "count")
    loader = _loader(scene, misses.value, gets)
    yield Cache(name, hits, misses, evicted, expiries, loader, missed_ever)


def _loader(scene: Scene, misses: float, gets: float) -> Loader | None:
    """The heaviest read or call that was made once for each miss."""
    if misses < _FEWEST_MISSES:
        return None
    others = [
        requests
        for requests in requests_by_endpoint(scene).values()
        if abs(requests - gets) > _SAME * gets
    ]
    low, high = _LOADS_PER_MISS
    fits = [
        one
        for one in (*_reads(busiest(scene)), *_calls(scene))
        if low <= one.count / misses <= high and not _belongs_elsewhere(one, misses, others)
    ]
    return max(fits, key=lambda one: (one.total, one.text), default=None)


def _reads(figures: Sequence[StatementFigures]) -> Iterator[Loader]:
    for one in figures:
        if verb_of(one.fingerprint) is Verb.SELECT and not one.locking:
            yield Loader(one.fingerprint, one.count, worked(one), one.provenance)


def _calls(scene: Scene) -> Iterator[Loader]:
    paths = {
        value
        for line in signal_lines(scene.signals, CLIENT)
        for name, value in line.labels
        if name == "uri"
    }
    for path in sorted(paths):
        where = (("uri", path),)
        number = scene.ask(CLIENT, "count", where=where)
        mean = scene.value(CLIENT, "mean", where=where)
        if number is not None and mean is not None and number.value >= 1:
            text = path.partition("?")[0]
            yield Loader(text, number.value, number.value * mean, number.provenance, calls=True)


def _belongs_elsewhere(one: Loader, misses: float, others: list[int]) -> bool:
    """Whether an endpoint that does not ask this cache was asked just as often."""
    off = abs(one.count - misses)
    return any(abs(one.count - requests) <= min(off, _SAME * requests) for requests in others)


def first_loader(scene: Scene, cache: Cache) -> Loader | None:
    """The slowest read that ran once for each miss since the start, where the load had too few.

    Two small counts agree easily by chance; the slowest such read is the one to fear.
    """
    misses = cache.missed_ever
    if misses < _FEWEST_EVER:
        return None
    low, high = _LOADS_PER_MISS
    fits = [one for one in _reads(since_start(scene.case.run)) if low <= one.count / misses <= high]
    return max(fits, key=lambda one: (one.mean, one.text), default=None)
