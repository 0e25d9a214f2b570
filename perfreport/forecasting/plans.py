"""The changes that suggest themselves: for every cause found, its remedy in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.today import count_today
from perfreport.forecasting import changes as names
from perfreport.model.finding import Role
from perfreport.model.forecast import Change
from perfreport.rules import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Finding

    Plans = list[tuple[Change, ...]]

_STEPS = (2, 4)


def plans(analysis: TestAnalysis) -> tuple[tuple[Change, ...], ...]:
    """Sets of changes worth a forecast, by the rank of the causes they are for."""
    scene = Scene.of(Case(analysis.run, analysis.phases, analysis.measurements, analysis.grade))
    found: Plans = []
    for finding in analysis.diagnosis.findings:
        if finding.role is not Role.SYMPTOM and finding.rule in _REMEDIES:
            found += _REMEDIES[finding.rule](scene, finding)
    return tuple(dict.fromkeys(found))


def _pool(scene: Scene, _: Finding) -> Plans:
    return _steps(scene, names.POOL)


def _threads(scene: Scene, _: Finding) -> Plans:
    return _steps(scene, names.THREADS)


def _steps(scene: Scene, name: str) -> Plans:
    today = count_today(scene, name)
    return [] if not today else [(Change(name, float(today * step)),) for step in _STEPS]


def _consumers(scene: Scene, _: Finding) -> Plans:
    partitions = count_today(scene, names.PARTITIONS)
    threads = count_today(scene, names.CONSUMERS)
    if not partitions or not threads:
        return []
    return [
        (
            Change(names.PARTITIONS, float(max(partitions, threads * step))),
            Change(names.CONSUMERS, float(threads * step)),
        )
        for step in _STEPS
    ]


def _call(_: Scene, __: Finding) -> Plans:
    return [(Change(names.REMOTE_CALL, names.OUTSIDE),)]


def _index(_: Scene, finding: Finding) -> Plans:
    if finding.subject is None:
        return []
    return [(Change(f"{names.INDEX}:{finding.subject}", "added"),)]


_REMEDIES: dict[str, Callable[[Scene, Finding], Plans]] = {
    "pool-undersized": _pool,
    "row-lock-contention": _pool,  # to show that it does not help
    "http-threads-exhausted": _threads,
    "kafka-consumer-slow": _consumers,
    "remote-call-in-transaction": _call,
    "slow-query": _index,
}
