"""An expensive entry that many requests share would be loaded by all of them when it expires.

Symptom: none yet: the entry did not expire during the load, or nobody felt it.
Why it hurts: between the expiry and the first finished load every request misses, and each of them
runs the expensive query; that is requests per second × seconds of one load at once.
How detected: entries have a time to live, what loads an entry is known (it ran once for each miss)
and does not look up a single key (or keys are known to be few), and the requests that would
arrive during one load are a quarter of the connection pool, three at least.
False positives: a loader that lets one request through at a time (sync = true) is not visible here;
loads that are shared already; a cache of many keys, whose entries expire one by one.
Reference: cache stampede (dog-piling); Little's law.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL, signal_need
from perfreport.diagnosis.rules import cache_stampede
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.caches import GETS, Cache, Loader, caches, first_loader
from perfreport.diagnosis.views.pool import MAXIMUM
from perfreport.measure.sql import since_start
from perfreport.model.configuration import AppConfig
from perfreport.model.finding import Category, Finding, Priority, Severity
from perfreport.model.message import message
from perfreport.model.redis import RedisInfo
from perfreport.model.units import count, per_second, seconds, share
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.rules import Case

_WORKS = 0.8
_FEWEST = 3.0
_OF_THE_POOL = 0.25
_EXPIRING = 0.5
_BY_KEY = re.compile(r"\bwhere\b.*(?:=\s*\?|\bin\s*\(\?)", re.DOTALL)
_TTL = "cache.time-to-live"


@dataclass(frozen=True, slots=True)
class _Pending:
    """A cache, what loads an entry, and the requests that would miss together."""

    cache: Cache
    loader: Loader
    rate: float  # look-ups of one entry per second
    size: float  # of the pool

    @property
    def together(self) -> float:
        """Requests that arrive while one load runs."""
        return self.rate * self.loader.mean


def detect(case: Case) -> Iterator[Finding]:
    """Report the entry whose expiry would send most requests to the database at once."""
    scene = Scene.of(case)
    lifetime = _time_to_live(case)
    size = scene.value(MAXIMUM, "max")
    if lifetime is None or size is None or any(True for _ in cache_stampede.detect(case)):
        return
    found = [one for cache in caches(scene) if (one := _pending(scene, cache, size)) is not None]
    if not found:
        return
    worst = max(found, key=lambda one: one.together)
    loader, cache = worst.loader, worst.cache
    yield Finding(
        rule=PLUGIN.id,
        category=Category.RISK,
        severity=Severity.MEDIUM,
        priority=Priority.P2,
        title=message("findings.cache-stampede-risk.title"),
        summary=message(
            "findings.cache-stampede-risk.summary",
            cache=cache.name,
            together=round(worst.together),
            size=size,
        ),
        evidence=(
            figures(
                (message("diagnosis.label.hit-ratio"), share(cache.ratio), cache.misses.provenance),
                (
                    message("diagnosis.label.entry-rate"),
                    per_second(worst.rate),
                    cache.misses.provenance,
                ),
                (message("diagnosis.label.loader"), loader.text, loader.provenance),
                (message("diagnosis.label.load-mean"), seconds(loader.mean), loader.provenance),
                (
                    message("diagnosis.label.missing-together"),
                    count(worst.together),
                    cache.misses.provenance,
                ),
                (message("diagnosis.label.pool-max"), scene.ask(MAXIMUM, "max"), None),
                (message("diagnosis.label.time-to-live"), seconds(lifetime), None),
            ),
        ),
        confidence=0.6,
        subject=cache.name,
        remedies=(message("findings.cache-stampede-risk.remedy"),),
    )


def _pending(scene: Scene, cache: Cache, size: float) -> _Pending | None:
    loader = cache.loader or first_loader(scene, cache)
    if loader is None or cache.ratio < _WORKS:
        return None
    keys = 1.0
    if _BY_KEY.search(loader.text):
        where = (("cache", cache.name),)
        keys = max(cache.missed_ever, scene.value("cache.size", "max", where=where) or 0.0, 1.0)
    found = _Pending(cache, loader, cache.gets / scene.whole.seconds / keys, size)
    return found if found.together >= max(_FEWEST, _OF_THE_POOL * size) else None


def _time_to_live(case: Case) -> float | None:
    """How long entries live: as configured, else as Redis says of its keys."""
    for config in case.run.of(AppConfig):
        for setting in config.settings:
            if setting.name == _TTL and isinstance(setting.value, int | float):
                return float(setting.value)
    for redis in case.run.of(RedisInfo):
        for snapshot in reversed(redis.snapshots):
            for space in snapshot.keyspaces:
                if space.keys and space.expires >= _EXPIRING * space.keys:
                    return space.mean_ttl_seconds
    return None


def _has_statements(case: Case) -> bool:
    return bool(since_start(case.run))


PLUGIN = Rule(
    "cache-stampede-risk",
    Category.RISK,
    (
        POOL,
        signal_need("need.cache-signals", GETS),
        Need(message("need.statement-digest"), _has_statements),
    ),
    detect,
)
