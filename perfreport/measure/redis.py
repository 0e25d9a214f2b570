"""What Redis counted during the test: the difference of two INFOs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.redis import RedisInfo, RedisWindow
from perfreport.model.signal import SignalKind
from perfreport.model.units import NS_PER_SECOND
from perfreport.signals import catalogue

if TYPE_CHECKING:
    from perfreport.model.redis import RedisSnapshot
    from perfreport.model.run import TestRun

_HITS = "redis.keyspace.hits"


def redis_window(run: TestRun) -> RedisWindow | None:
    """Difference the first and the last INFO of a run; None without any.

    They are put in order by their times, else by how long the server had been up.
    """
    known = [(one, fact.source.path) for fact in run.of(RedisInfo) for one in fact.snapshots]
    # An output of some sections only (INFO commandstats) does not stand for the server.
    known = [one for one in known if _HITS in dict(one[0].figures)] or known
    if not known:
        return None
    if all(one.time_ns is not None for one, _ in known):
        known.sort(key=lambda entry: entry[0].time_ns or 0)
    elif all(one.uptime_seconds is not None for one, _ in known):
        known.sort(key=lambda entry: entry[0].uptime_seconds or 0.0)
    (first, _), (last, path) = known[0], known[-1]
    seconds = _between(first, last)
    if len(known) < 2 or not seconds:
        return RedisWindow(last, path, None, None)
    restarted = (last.uptime_seconds or 0.0) < (first.uptime_seconds or 0.0)
    before = {} if restarted else dict(first.figures)
    during = []
    for name, value in last.figures:
        spec = catalogue().signals.get(name)
        if spec is not None and spec.kind is SignalKind.COUNTER:
            grown = value - before.get(name, 0.0)
            during.append((name, value if grown < 0 else grown))  # CONFIG RESETSTAT in between
    return RedisWindow(last, path, tuple(during), seconds, restarted)


def hit_ratio(hits: float | None, misses: float | None) -> float | None:
    """Return the share of look-ups that found their key; None where there were none."""
    if hits is None or misses is None or not hits + misses:
        return None
    return hits / (hits + misses)


def _between(first: RedisSnapshot, last: RedisSnapshot) -> float | None:
    if first.time_ns is not None and last.time_ns is not None:
        return (last.time_ns - first.time_ns) / NS_PER_SECOND
    if first.uptime_seconds is not None and last.uptime_seconds is not None:
        return last.uptime_seconds - first.uptime_seconds
    return None
