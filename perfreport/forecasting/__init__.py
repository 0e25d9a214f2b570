"""What a change would bring, with formula, interval and assumptions, or why that is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.today import setting_today
from perfreport.forecasting import changes as names
from perfreport.forecasting.capacity import request_outlook
from perfreport.forecasting.changes import changeable, parse_changes
from perfreport.forecasting.consuming import consumer_outlook
from perfreport.forecasting.fitted import Model, fitted
from perfreport.forecasting.objective import target_of
from perfreport.forecasting.plans import plans
from perfreport.model.forecast import Outlook, Refusal
from perfreport.model.message import message
from perfreport.rules import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.forecast import Change

__all__ = ["changeable", "forecast", "forecasts_of", "parse_changes", "plans"]

# What these say of a run voids every statement on the system's capacity.
_VOID = frozenset({"load-generator-bound"})


def forecast(analysis: TestAnalysis, changes: Sequence[Change]) -> Outlook:
    """Predict what one set of changes would have brought to a test."""
    return forecasts_of(analysis, (tuple(changes),))[0]


def forecasts_of(
    analysis: TestAnalysis, wanted: Sequence[tuple[Change, ...]]
) -> tuple[Outlook, ...]:
    """Predict several sets of changes; the run is fitted once."""
    void = [one for one in analysis.validity.findings if one.rule in _VOID]
    if void:
        refusal = Refusal(message("forecast.refusal.void", finding=void[0].title))
        return tuple(Outlook(analysis.grade.test_id, plan, refusals=(refusal,)) for plan in wanted)
    if not wanted:
        return ()
    try:
        return _predicted(analysis, wanted)
    except Exception as fault:  # noqa: BLE001 - shown in the report, never swallowed
        said = message("forecast.refusal.fault", error=f"{type(fault).__name__}: {fault}")
        return tuple(
            Outlook(analysis.grade.test_id, plan, refusals=(Refusal(said),)) for plan in wanted
        )


def _predicted(analysis: TestAnalysis, wanted: Sequence[tuple[Change, ...]]) -> tuple[Outlook, ...]:
    scene = Scene.of(Case(analysis.run, analysis.phases, analysis.measurements, analysis.grade))
    of_requests = [any(_of_requests(change) for change in plan) for plan in wanted]
    model = fitted(scene) if any(of_requests) else None
    return tuple(
        _outlook(scene, analysis, _with_today(scene, plan), model if asked else None)
        for plan, asked in zip(wanted, of_requests, strict=True)
    )


def _outlook(
    scene: Scene, analysis: TestAnalysis, plan: tuple[Change, ...], model: Model | Refusal | None
) -> Outlook:
    wanted = {change.name: change.value for change in plan}
    test_id = analysis.grade.test_id
    found = Outlook(test_id, plan)
    if isinstance(model, Refusal):
        found = Outlook(test_id, plan, refusals=(model,))
    elif model is not None:
        requests = request_outlook(scene, model, wanted, target_of(analysis.spec.objectives))
        found = Outlook(
            test_id, plan, requests.forecasts, requests.refusals, requests.notes,
            requests.next_bottleneck,
        )  # fmt: skip
    if not names.OF_CONSUMERS & wanted.keys():
        return found
    lag = consumer_outlook(scene, wanted)
    return Outlook(
        test_id,
        plan,
        found.forecasts + lag.forecasts,
        found.refusals + lag.refusals,
        found.notes + lag.notes,
        found.next_bottleneck,
    )


def _with_today(scene: Scene, plan: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(replace(one, today=setting_today(scene, one.name)) for one in plan)


def _of_requests(change: Change) -> bool:
    return change.name in names.OF_REQUESTS or names.is_index(change.name)
