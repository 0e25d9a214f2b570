"""A cache misses often, and every miss is expensive.

Symptom: a low hit ratio, and a load behind each miss that takes a good part of the time.
Why it hurts: the work the cache was to save is done anyway, on the slowest part of the system.
How detected: less than four of five look-ups find their entry; a statement or a call to another
service was made about once for each miss, and takes a quarter of the request time (a statement also
half of the time connections are held). Evictions and expiries beside the misses say why entries are
gone.
False positives: cheap misses are no problem, however many; misses in bursts are a stampede; a cache
that is being warmed up; an endpoint that was asked as often as the cache missed.
Reference: Redis, keyspace_hits and keyspace_misses, key eviction; Micrometer, cache.gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import signal_need
from perfreport.diagnosis.rules import cache_stampede
from perfreport.diagnosis.rules.slow_query import STATEMENTS
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.caches import GETS, REDIS_MISSES, Cache, Loader, caches
from perfreport.diagnosis.views.connection_time import CLIENT, connection_time
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.connection_time import ConnectionTime
    from perfreport.model.message import Message
    from perfreport.rules import Case

_LOW = 0.8
_OF_HELD = 0.5
_OF_REQUESTS = 0.25
_MOST_MISSES = 0.5  # explained by entries that were evicted, or had expired


def detect(case: Case) -> Iterator[Finding]:
    """Report the cache whose misses cost most."""
    scene = Scene.of(case)
    spent = connection_time(scene, scene.whole)
    costly = [
        (one, one.loader)
        for one in caches(scene)
        if one.loader is not None
        and one.ratio < _LOW
        and _is_costly(one.loader, spent, scene.whole.seconds)
    ]
    struck = {finding.subject for finding in cache_stampede.detect(case)} if costly else set()
    costly = [entry for entry in costly if entry[0].name not in struck]
    if not costly:
        return
    worst, loader = max(costly, key=lambda entry: entry[1].total)
    part = _part(loader, spent, scene.whole.seconds)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.cache-inefficient.title"),
        summary=message(
            "findings.cache-inefficient.summary-calls"
            if loader.calls
            else "findings.cache-inefficient.summary",
            cache=worst.name,
            ratio=worst.ratio,
            misses=round(worst.misses.value),
            share=share(part),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.hit-ratio"), share(worst.ratio), worst.misses.provenance),
                (message("diagnosis.label.misses"), worst.misses, None),
                (message("diagnosis.label.loader"), loader.text, loader.provenance),
                (message("diagnosis.label.loads"), count(loader.count), loader.provenance),
                (message("diagnosis.label.load-mean"), seconds(loader.mean), loader.provenance),
                (
                    message("diagnosis.label.load-share-of-requests")
                    if loader.calls
                    else message("diagnosis.label.load-share"),
                    share(part),
                    loader.provenance,
                ),
                (message("diagnosis.label.evictions"), worst.evictions, None),
                (message("diagnosis.label.expiries"), worst.expiries, None),
                (
                    message("diagnosis.label.redis-memory"),
                    scene.ask("redis.memory.utilization", "peak"),
                    None,
                ),
            ),
        ),
        confidence=0.85,
        impact=part,
        onset_ns=scene.windows[0].start_ns,
        subject=worst.name,
        whys=_whys(worst, loader),
        remedies=(message("findings.cache-inefficient.remedy"),),
    )


def _part(loader: Loader, spent: ConnectionTime, length: float) -> float:
    """Part of what the loads are made of: held connections for statements, else request time."""
    if loader.calls or spent.held is None or spent.held.value <= 0:
        return _of_requests(loader, spent, length) or 0.0
    return min(1.0, loader.total / length / spent.held.value)


def _of_requests(loader: Loader, spent: ConnectionTime, length: float) -> float | None:
    """Part of the request time without waiting for connections, which the loads bring about."""
    if spent.request is None:
        return None
    working = spent.request - (spent.waited or 0.0)
    return min(1.0, loader.total / length / working) if working > 0 else None


def _is_costly(loader: Loader, spent: ConnectionTime, length: float) -> bool:
    of_requests = _of_requests(loader, spent, length)
    if loader.calls:
        return of_requests is not None and of_requests >= _OF_REQUESTS
    enough = of_requests is None or of_requests >= _OF_REQUESTS
    return enough and _part(loader, spent, length) >= _OF_HELD


def _whys(worst: Cache, loader: Loader) -> tuple[Message, ...]:
    answers = [
        message(
            "findings.cache-inefficient.why-call"
            if loader.calls
            else "findings.cache-inefficient.why-load",
            load=loader.text,
            mean=seconds(loader.mean),
            misses=round(worst.misses.value),
        )
    ]
    for figure, key in (
        (worst.evictions, "findings.cache-inefficient.why-evicted"),
        (worst.expiries, "findings.cache-inefficient.why-expired"),
    ):
        if figure is not None and figure.value >= _MOST_MISSES * worst.misses.value:
            answers.append(message(key, count=round(figure.value)))
            break
    return tuple(answers)


def _has_loads(case: Case) -> bool:
    return STATEMENTS.met(case) or Scene.of(case).known(CLIENT)


PLUGIN = Rule(
    "cache-inefficient",
    Category.BOTTLENECK,
    (
        signal_need("need.cache-counters", GETS, REDIS_MISSES),
        Need(message("need.cache-loads"), _has_loads),
    ),
    detect,
)
