"""What a change would bring, with formula, interval and assumptions, or why that is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.today import replicas_today, setting_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.capacity import request_outlook
from perfreport.forecasting.changes import changeable, parse_changes
from perfreport.forecasting.collecting import HeapOutlook, heap_outlook
from perfreport.forecasting.consuming import ConsumerOutlook, consumer_outlook
from perfreport.forecasting.fitted import Model, fitted
from perfreport.forecasting.ladder import ladder, rungs, tempting
from perfreport.forecasting.objective import target_of
from perfreport.forecasting.remedies import of_code
from perfreport.model.forecast import Ladder, Outlook, Refusal
from perfreport.model.message import message
from perfreport.rules import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.advice import Advice
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.configuration import SettingValue
    from perfreport.model.forecast import Change

__all__ = ["changeable", "forecast", "improvements", "parse_changes"]

# What these say of a run voids every statement on the system's capacity.
_VOID = frozenset({"load-generator-bound"})
_DATABASE = "database-saturated"

Plan = tuple["Change", ...]


def forecast(analysis: TestAnalysis, changes: Sequence[Change]) -> Outlook:
    """Predict what one set of changes would have brought to a test."""
    return _outlooks(_scene(analysis), analysis, (tuple(changes),))[0]


def improvements(analysis: TestAnalysis, advice: Advice) -> tuple[tuple[Outlook, ...], Ladder]:
    """Predict what every recommended change would bring, alone and step by step."""
    scene = _scene(analysis)
    steps = rungs(advice).values()
    alone = (one.plan for one in advice.recommendations)
    plans = dict.fromkeys((*alone, *steps, *tempting(scene, analysis.diagnosis)))
    outlooks = _outlooks(scene, analysis, [plan for plan in plans if plan])
    if _refused(analysis) is not None:
        return outlooks, Ladder()
    return outlooks, ladder(scene, analysis, advice, outlooks)


def _outlooks(scene: Scene, analysis: TestAnalysis, wanted: Sequence[Plan]) -> tuple[Outlook, ...]:
    """Predict several sets of changes; the run is fitted once."""
    test_id = analysis.grade.test_id
    refusal = _refused(analysis)
    if refusal is not None:
        return tuple(Outlook(test_id, plan, refusals=(refusal,)) for plan in wanted)
    try:
        of_requests = [any(_of_requests(change) for change in plan) for plan in wanted]
        model = fitted(scene) if any(of_requests) else None
        return tuple(
            _outlook(scene, analysis, _with_today(scene, plan), model if asked else None)
            for plan, asked in zip(wanted, of_requests, strict=True)
        )
    except Exception as fault:  # noqa: BLE001 - shown in the report, never swallowed
        said = message("forecast.refusal.fault", error=f"{type(fault).__name__}: {fault}")
        return tuple(Outlook(test_id, plan, refusals=(Refusal(said),)) for plan in wanted)


def _scene(analysis: TestAnalysis) -> Scene:
    return Scene.of(Case(analysis.run, analysis.phases, analysis.measurements, analysis.grade))


def _refused(analysis: TestAnalysis) -> Refusal | None:
    void = [one for one in analysis.validity.findings if one.rule in _VOID]
    if not void:
        return None
    return Refusal(message("forecast.refusal.void", finding=void[0].title))


def _outlook(
    scene: Scene, analysis: TestAnalysis, plan: tuple[Change, ...], model: Model | Refusal | None
) -> Outlook:
    wanted = {change.name: change.value for change in plan}
    test_id = analysis.grade.test_id
    found = Outlook(test_id, plan)
    if isinstance(model, Refusal):
        found = Outlook(test_id, plan, refusals=(model,))
    elif model is not None:
        requests = request_outlook(
            scene, model, wanted, target_of(analysis.spec.objectives),
            database_full=any(one.rule == _DATABASE for one in analysis.diagnosis.findings),
        )  # fmt: skip
        found = Outlook(
            test_id, plan, requests.forecasts, requests.refusals, requests.notes,
            requests.next_bottleneck, requests.bounds,
        )  # fmt: skip
    others: list[ConsumerOutlook | HeapOutlook] = []
    if names.OF_CONSUMERS & wanted.keys():
        others.append(consumer_outlook(scene, wanted))
    if names.HEAP in wanted:
        others.append(heap_outlook(scene, wanted))
    for one in others:
        found = replace(
            found,
            forecasts=found.forecasts + one.forecasts,
            refusals=found.refusals + one.refusals,
            notes=found.notes + one.notes,
        )
    return found


def _with_today(scene: Scene, plan: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(replace(one, today=_today(scene, one.name)) for one in plan)


def _today(scene: Scene, name: str) -> SettingValue | None:
    return float(replicas_today(scene)) if name == names.REPLICAS else setting_today(scene, name)


def _of_requests(change: Change) -> bool:
    return change.name in names.OF_REQUESTS or of_code(change.name)
