"""The documented shares of the scenarios against those that the k6 plan asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.load import LoadPlan
from perfreport.model.message import Message, message
from perfreport.model.units import share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.campaign import PlannedTest
    from perfreport.model.run import TestRun

_ROUNDED = 0.01  # documents round to whole percents


def mix_notes(run: TestRun, planned: PlannedTest) -> Iterator[Message]:
    """Say each scenario whose documented share is not the one k6 was told."""
    plan = run.one(LoadPlan)
    if plan is None or not planned.mix or len({one.executor.is_open for one in plan.scenarios}) > 1:
        return
    levels = {
        one.name: max([one.start_level, *(stage.target for stage in one.stages)])
        for one in plan.scenarios
    }
    total = sum(levels.values())
    if not total:
        return
    documented = dict(planned.mix)
    told = {name: level / total for name, level in levels.items()}
    parts = tuple(
        message(
            "grading.mix-part",
            name=name,
            documented=share(documented.get(name, 0.0)),
            planned=share(told.get(name, 0.0)),
        )
        for name in dict.fromkeys((*documented, *told))
        if abs(documented.get(name, 0.0) - told.get(name, 0.0)) > _ROUNDED
    )
    if parts:
        yield message("grading.mix-documented", parts=parts)
