"""The steps of improvement: each horizon's recommended changes on top of those before.

Steps are built from what the advice recommends for the causes found, never from generic sizes. A
change that suggests itself and does not help stands beside the steps, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.views.today import count_today, replicas_today, setting_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.backlog import observe_backlog
from perfreport.model.advice import Horizon
from perfreport.model.finding import Role
from perfreport.model.forecast import (
    Bound,
    Change,
    Forecast,
    ForecastQuantity,
    Ladder,
    Outlook,
    Setup,
    Step,
)
from perfreport.model.message import message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from perfreport.diagnosis.scene import Scene
    from perfreport.model.advice import Advice
    from perfreport.model.analysis import Diagnosis, TestAnalysis
    from perfreport.model.configuration import SettingValue

Plan = tuple[Change, ...]

_POOL_DOES_NOT_HELP = frozenset({"row-lock-contention", "slow-query"})
_USELESS = frozenset({
    "forecast.note.row-lock",
    "forecast.note.contended",
    "forecast.note.few-consumers",
})
_TWICE = 2.0
_HEARD_OF = 0.02  # pauses below it are no matter of an improvement


def rungs(advice: Advice) -> dict[Horizon, Plan]:
    """All changes up to and including each horizon that recommends something."""
    so_far: dict[str, Change] = {}
    found: dict[Horizon, Plan] = {}
    for horizon in Horizon:
        recommended = [one for one in advice.recommendations if one.horizon is horizon]
        for change in (change for one in recommended for change in one.plan):
            so_far[change.name] = _stronger(so_far.get(change.name), change)
        if recommended:
            found[horizon] = tuple(so_far.values())
    return found


def tempting(scene: Scene, diagnosis: Diagnosis) -> tuple[Plan, ...]:
    """Changes that suggest themselves for the causes found and may not help."""
    causes = {one.rule for one in diagnosis.findings if one.role is not Role.SYMPTOM}
    found: list[Plan] = []
    pool = count_today(scene, names.POOL)
    if pool and causes & _POOL_DOES_NOT_HELP:
        found.append((Change(names.POOL, _TWICE * pool),))
    partitions = count_today(scene, names.PARTITIONS)
    if partitions and "kafka-consumer-slow" in causes:
        found.append((Change(names.PARTITIONS, _TWICE * partitions),))
    return tuple(found)


def ladder(
    scene: Scene, analysis: TestAnalysis, advice: Advice, outlooks: Sequence[Outlook]
) -> Ladder:
    """Today and every horizon, with the outlooks made for `rungs` and `tempting`."""
    known = {_plain(outlook.changes): outlook for outlook in outlooks}
    today = setup_today(scene)
    steps = [Step(None, (), today, measured(scene, analysis))]
    before: Plan = ()
    for horizon, plan in rungs(advice).items():
        added = tuple(change for change in plan if change not in before)
        outlook = known.get(_plain(plan)) if added else None
        uncounted = tuple(
            one.title
            for one in advice.recommendations
            if one.horizon is horizon and not one.plan and one.remedy != "fix-test"
        )
        if added or uncounted:
            nothing = Outlook(analysis.grade.test_id, plan)
            steps.append(Step(horizon, added, _with(today, plan), outlook or nothing, uncounted))
        before = plan
    futile = tuple(
        outlook
        for plan in tempting(scene, analysis.diagnosis)
        if (outlook := known.get(_plain(plan))) is not None
        and any(note.key in _USELESS for note in outlook.notes)
    )
    return Ladder(tuple(steps), futile) if len(steps) > 1 or futile else Ladder()


def measured(scene: Scene, analysis: TestAnalysis) -> Outlook:
    """What the test itself showed, in the place of a forecast for no change."""
    slices = [one for window in scene.windows if (one := scene.load(window)) is not None]
    saturated = any(one.rule == "throughput-saturated" for one in analysis.diagnosis.findings)
    figures: list[tuple[ForecastQuantity, float | None, Unit, Bound]] = []
    if slices:
        top = max(one.throughput for one in slices)
        reached = Bound.EXACT if saturated else Bound.AT_LEAST
        figures.append((ForecastQuantity.THROUGHPUT_LIMIT, top, Unit.PER_SECOND, reached))
    whole = scene.case.measurements.slice_of()
    if whole is not None:
        figures.append((ForecastQuantity.P95, whole.latency.p95, Unit.SECONDS, Bound.EXACT))
    stopped = scene.value("jvm.gc.share", "mean")
    if stopped is not None and stopped >= _HEARD_OF:
        figures.append((ForecastQuantity.GC_SHARE, stopped, Unit.RATIO, Bound.EXACT))
    seen = observe_backlog(scene)
    if seen is not None:
        figures += [
            (ForecastQuantity.KAFKA_LAG_MAX, seen.lag_max, Unit.COUNT, Bound.EXACT),
            (ForecastQuantity.KAFKA_DRAIN_TIME, seen.drain, Unit.SECONDS, Bound.EXACT),
            (ForecastQuantity.KAFKA_CONSUME_RATE, seen.rate, Unit.PER_SECOND, Bound.EXACT),
        ]
    formula = message("forecast.formula.measured")
    return Outlook(
        analysis.grade.test_id,
        (),
        tuple(
            Forecast(what, (), value, value, (value, value), unit, formula, bound=bound)
            for what, value, unit, bound in figures
            if value is not None
        ),
    )


def setup_today(scene: Scene) -> Setup:
    """The sizes in force."""
    heap = setting_today(scene, names.HEAP)
    replicas = replicas_today(scene)
    partitions = count_today(scene, names.PARTITIONS)
    # Without a topic the framework's default tells nothing.
    consumers = count_today(scene, names.CONSUMERS) if partitions else None
    return Setup(
        pool=count_today(scene, names.POOL),
        heap=heap if isinstance(heap, float) else None,
        threads=count_today(scene, names.THREADS),
        partitions=partitions,
        consumers=None if consumers is None else consumers * replicas,
        replicas=replicas,
    )


def _with(today: Setup, plan: Plan) -> Setup:
    wanted = {change.name: change.value for change in plan}

    def whole(name: str, known: int | None) -> int | None:
        value = wanted.get(name)
        return int(value) if isinstance(value, int | float) else known

    instances = whole(names.REPLICAS, today.replicas) or 1
    each = (today.consumers or 0) // (today.replicas or 1)
    consumers = (whole(names.CONSUMERS, each) or 0) * instances
    return Setup(
        pool=whole(names.POOL, today.pool),
        heap=float(wanted.get(names.HEAP, today.heap or 0)) or None,
        threads=whole(names.THREADS, today.threads),
        partitions=whole(names.PARTITIONS, today.partitions),
        consumers=consumers or None,
        batch=whole(names.BATCH, today.batch),
        replicas=whole(names.REPLICAS, today.replicas),
    )


def _stronger(known: Change | None, change: Change) -> Change:
    """Of two sizes the larger, so that a later step never takes back what an earlier one gave."""
    if known is None or not isinstance(known.value, float) or not isinstance(change.value, float):
        return change
    return max(known, change, key=lambda one: _size(one.value))


def _size(value: SettingValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _plain(plan: Iterable[Change]) -> tuple[tuple[str, str], ...]:
    """Changes without what is in force today, which only an outlook knows."""
    return tuple(sorted((one.name, str(one.value)) for one in plan))
