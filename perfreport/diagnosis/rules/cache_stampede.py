"""An expired cache entry is rebuilt by many requests at once.

Symptom: bursts of cache misses at intervals, and with each burst a jump in p99 and in connections
in use, while the median stays flat.
Why it hurts: until the first rebuild is done every request runs the expensive query.
How detected: misses of one cache come in bursts (most of them in a small part of the time, more
than one at a time), and connections in use are far higher in the seconds of a burst than
between bursts.
False positives: misses of a cache that is being warmed up come once, at the start; cheap misses
burst without moving anything else.
Reference: cache stampede (dog-piling); Caffeine, refreshAfterWrite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL, sampled_need, signal_need
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.pool import ACTIVE
from perfreport.measure.signals import signal_lines
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.measurement import Floats, Integers
    from perfreport.model.message import Message
    from perfreport.rules import Case

GETS = "cache.gets"
MISS = ("result", "miss")
FINEST_SECONDS = 3.0  # sampled less often, a burst can't be told from an even stream of misses
_BURST_GAP_NS = 3_000_000_000
_FEWEST_BURSTS = 2
_TOGETHER = 2.0  # misses of a burst: more than one request rebuilds the entry
_PART_OF_TIME = 0.5
_EFFECT = 3.0
_EFFECT_CONNECTIONS = 2.0


@dataclass(frozen=True, slots=True)
class _Bursts:
    cache: str
    starts_ns: tuple[int, ...]
    misses: float
    part_of_time: float
    during: float  # connections in use during bursts
    between: float

    @property
    def period(self) -> float | None:
        """Median time between bursts, in seconds."""
        if len(self.starts_ns) < 2:
            return None
        return float(np.median(np.diff(np.array(self.starts_ns)))) / 1e9


def detect(case: Case) -> Iterator[Finding]:
    """Report the cache whose bursts of misses move the pool most."""
    scene = Scene.of(case)
    found = [one for one in _bursts(scene) if _harmful(one)]
    if not found:
        return
    worst = max(found, key=lambda one: one.during)
    hit = scene.ask("cache.hit.ratio", "mean")
    period = worst.period
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.cache-stampede.title"),
        summary=message(
            "findings.cache-stampede.summary",
            cache=worst.cache,
            bursts=len(worst.starts_ns),
            misses=round(worst.misses),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.cache-bursts"), count(len(worst.starts_ns)), None),
                (message("diagnosis.label.cache-misses"), count(worst.misses), None),
                (
                    message("diagnosis.label.burst-period"),
                    None if period is None else seconds(period),
                    None,
                ),
                (message("diagnosis.label.burst-part"), share(worst.part_of_time), None),
                (message("diagnosis.label.active-during"), count(worst.during), None),
                (message("diagnosis.label.active-between"), count(worst.between), None),
                (message("diagnosis.label.hit-ratio"), hit, None),
            ),
        ),
        confidence=0.95,
        impact=min(1.0, (worst.during - worst.between) / max(worst.during, 1e-9)),
        onset_ns=worst.starts_ns[0],
        subject=worst.cache,
        whys=_whys(worst),
        remedies=(message("findings.cache-stampede.remedy"),),
    )


def _harmful(one: _Bursts) -> bool:
    return (
        len(one.starts_ns) >= _FEWEST_BURSTS
        and one.misses >= _TOGETHER * len(one.starts_ns)
        and one.part_of_time <= _PART_OF_TIME
        and one.during >= _EFFECT_CONNECTIONS
        and one.during >= _EFFECT * max(one.between, 0.1)
    )


def _bursts(scene: Scene) -> Iterator[_Bursts]:
    active = scene.series(ACTIVE)
    if active is None:
        return
    for line in signal_lines(scene.signals, GETS, (MISS,)):
        inside = (line.times_ns >= scene.whole.start_ns) & (line.times_ns < scene.whole.end_ns)
        times, rates = line.times_ns[inside], line.values[inside]
        missing = rates > 0
        if not missing.any() or len(times) < 10:
            continue
        starts = _starts(times[missing])
        in_burst = _near(active.times_ns, times[missing])
        in_load = (active.times_ns >= scene.whole.start_ns) & (active.times_ns < scene.whole.end_ns)
        during, between = active.values[in_load & in_burst], active.values[in_load & ~in_burst]
        if not len(during) or not len(between):
            continue
        step = float(np.median(np.diff(times))) / 1e9
        yield _Bursts(
            cache=dict(line.labels).get("cache", ""),
            starts_ns=starts,
            misses=float((rates[missing] * step).sum()),
            part_of_time=float(np.mean(missing)),
            during=float(during.mean()),
            between=float(np.median(between)),
        )


def _starts(times: Integers) -> tuple[int, ...]:
    apart = np.concatenate([[True], np.diff(times) > _BURST_GAP_NS])
    return tuple(int(time) for time in times[apart])


def _near(times: Integers, bursts: Integers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which times lie within a second of a burst's sample."""
    place = np.clip(np.searchsorted(bursts, times), 1, max(len(bursts) - 1, 1))
    after = bursts[np.minimum(place, len(bursts) - 1)]
    before = bursts[place - 1]
    nearest: Floats = np.minimum(np.abs(times - before), np.abs(times - after)).astype(np.float64)
    return nearest <= 1_000_000_000


def _whys(worst: _Bursts) -> tuple[Message, ...]:
    answers = [
        message(
            "findings.cache-stampede.why-misses",
            cache=worst.cache,
            misses=round(worst.misses / len(worst.starts_ns)),
        )
    ]
    period = worst.period
    if period is not None:
        answers.append(message("findings.cache-stampede.why-period", period=seconds(period)))
    return tuple(answers)


PLUGIN = Rule(
    "cache-stampede",
    Category.BOTTLENECK,
    (POOL, signal_need("need.cache-signals", GETS), sampled_need(detect, FINEST_SECONDS)),
    detect,
)
