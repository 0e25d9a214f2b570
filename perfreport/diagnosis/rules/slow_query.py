"""One statement takes most of the time connections are held.

Symptom: a single fingerprint has most of the database's statement time; it reads far more rows
than it returns, or scans a whole table.
Why it hurts: connections are held for as long as the statement runs; on few cores it also takes
the processor from everything else.
How detected: statement time without row-lock waits, between two digest dumps or from the slow
log: one statement with at least half of it, a quarter of the held time, and a wasteful plan
(a hundred rows examined for each one used, or full scans).
False positives: a statement that waits for a row lock is not slow by itself, so lock waits are
taken off, and the rule is silent where lock waits explain most of the held time. A statement
that runs for few of the requests may fill a cache, where the expiry is the cause: without cache
figures nothing is said.
Reference: MySQL, events_statements_summary_by_digest; pt-query-digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.rules.cache_stampede import FINEST_SECONDS, GETS, MISS
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import (
    busiest,
    connection_time,
    worked,
)
from perfreport.diagnosis.views.pool import ACTIVE, pool
from perfreport.diagnosis.views.processors import processors
from perfreport.measure.sql import hypotheses
from perfreport.model.finding import Category, Command, Finding, Severity
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.message import Message
    from perfreport.model.statement import StatementFigures
    from perfreport.rules import Case

_DOMINATES = 0.5
_SHARE_OF_HELD = 0.25
_WASTEFUL = 100.0
_LOCKED = 0.4
_SELDOM = 0.5  # executions per request of the rarest endpoint
_WORTH_SHARE = 0.02
_LOADS_TO_MISSES = 2.0  # executions by misses of the cache that it fills
_FEWEST_SECONDS = 0.1  # of statement time per second, where held time is unknown


def detect(case: Case) -> Iterator[Finding]:
    """Report the statement that dominates."""
    scene = Scene.of(case)
    heavy = busiest(scene)
    total = sum(worked(one) for one in heavy)
    if not heavy or total <= 0:
        return
    top = heavy[0]
    spent = connection_time(scene, scene.whole)
    own = worked(top)
    rate = own / scene.whole.seconds
    held = rate / spent.held.value if spent.held is not None and spent.held.value > 0 else None
    if own / total < _DOMINATES or not is_wasteful(top) or _locks_explain(scene):
        return
    if held is not None and held < _SHARE_OF_HELD:
        return
    if _may_fill_a_cache(scene, top) or _off_the_path(scene, own):
        return
    if held is None and rate < _FEWEST_SECONDS:
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.slow-query.title"),
        summary=message(
            "findings.slow-query.summary",
            statement=top.fingerprint,
            mean=seconds(own / top.count if top.count else own),
            times=top.count,
            share=share(own / total),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.statement"), top.fingerprint, top.provenance),
                (message("diagnosis.label.statement-total"), seconds(top.total), top.provenance),
                (message("diagnosis.label.statement-count"), count(top.count), top.provenance),
                (
                    message("diagnosis.label.rows-examined"),
                    None if top.rows_examined is None else count(top.rows_examined),
                    top.provenance,
                ),
                (
                    message("diagnosis.label.full-scans"),
                    None if top.full_scans is None else count(top.full_scans),
                    top.provenance,
                ),
                (
                    message("diagnosis.label.statement-share-of-held"),
                    None if held is None else share(min(1.0, held)),
                    top.provenance,
                ),
            ),
        ),
        confidence=0.9,
        impact=min(1.0, held) if held is not None else own / total,
        onset_ns=scene.windows[0].start_ns,
        subject=top.fingerprint,
        whys=_whys(top),
        remedies=(message("findings.slow-query.remedy"),),
        checks=_checks(top),
    )


def _off_the_path(scene: Scene, own: float) -> bool:
    """Whether requests spend next to no time in it, nor wait for what it takes.

    A report that runs aside dominates an idle database; what requests feel of it goes over the
    connections, or the processors, that it takes from them.
    """
    part = scene.case.measurements.slice_of()
    if part is None or not part.latency.avg:
        return False
    found = pool(scene)
    if found is not None and found.exhausted:
        return False
    crowded = any(
        one.saturated and (one.database is None or one.database >= (one.application or 0.0))
        for one in (processors(scene, window) for window in scene.windows)
    )
    return not crowded and own < _WORTH_SHARE * part.requests * part.latency.avg


def _may_fill_a_cache(scene: Scene, top: StatementFigures) -> bool:
    """Whether far fewer executions than requests hint at a cache that can't be looked into.

    Where misses are counted but too seldom to see them come at once, a statement that runs about
    as often as a cache misses is taken for its loader.
    """
    if not _seldom(scene, top):
        return False
    if not (scene.known(GETS) and scene.known(ACTIVE)):
        return True
    if scene.step_seconds <= FINEST_SECONDS:
        return False
    misses = [scene.value(GETS, "count", where=(("cache", name), MISS)) for name in _caches(scene)]
    return any(
        1 / _LOADS_TO_MISSES <= top.count / missed <= _LOADS_TO_MISSES
        for missed in misses
        if missed
    )


def _caches(scene: Scene) -> tuple[str, ...]:
    names = {one.label("cache") for one in scene.signals.by_signal.get(GETS, ())}
    return tuple(sorted(name for name in names if name is not None))


def _seldom(scene: Scene, top: StatementFigures) -> bool:
    """Whether it runs for few of the requests of even the rarest endpoint."""
    whole = scene.case.measurements.slice_of()
    requests = [
        part.requests
        for part in scene.case.measurements.slices
        if part.phase == WHOLE_RUN
        and part.scenario is None
        and part.endpoint is not None
        and whole is not None
        and part.requests >= _WORTH_SHARE * whole.requests
    ]
    return bool(requests) and top.count < _SELDOM * min(requests)


def is_wasteful(one: StatementFigures) -> bool:
    """Whether it reads far more rows than it returns or changes."""
    examined = one.examined_per_row
    scanning = bool(one.full_scans) and (one.rows_examined or 0.0) >= _WASTEFUL
    return scanning or (examined is not None and examined >= _WASTEFUL)


def _locks_explain(scene: Scene) -> bool:
    spent = connection_time(scene, scene.whole)
    if spent.lock_share is not None:
        return spent.lock_share >= _LOCKED
    return False


def _whys(top: StatementFigures) -> tuple[Message, ...]:
    answers = []
    if top.rows_examined is not None:
        answers.append(message("findings.slow-query.why-rows", examined=round(top.rows_examined)))
    if top.full_scans:
        answers.append(message("findings.slow-query.why-scan", scans=top.full_scans))
    return tuple(answers)


def _checks(top: StatementFigures) -> tuple[Command, ...]:
    return tuple(
        Command(message("findings.slow-query.check"), "sql", one.explain)
        for one in hypotheses((top,))[:1]
    )


def _has_statements(case: Case) -> bool:
    return bool(busiest(Scene.of(case)))


STATEMENTS = Need(message("need.statements"), _has_statements)

PLUGIN = Rule("slow-query", Category.BOTTLENECK, (STATEMENTS,), detect)
