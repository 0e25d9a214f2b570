"""Facts that validity rules can't do without, and the file that would give each."""

from __future__ import annotations

from perfreport.model.load import ConsoleLog, LoadPlan, LoadSamples
from perfreport.model.message import message
from perfreport.rules import Case, Need


def _open_plan(case: Case) -> bool:
    return any(
        scenario.executor.is_open for plan in case.run.of(LoadPlan) for scenario in plan.scenarios
    )


SAMPLES = Need(message("validity.need.samples"), lambda case: case.run.one(LoadSamples) is not None)
PLAN = Need(message("validity.need.plan"), lambda case: case.run.one(LoadPlan) is not None)
CONSOLE = Need(message("validity.need.console"), lambda case: case.run.one(ConsoleLog) is not None)
PLAN_OF_THIS_RUN = Need(
    message("validity.need.plan-of-this-run"),
    lambda case: case.run.one(LoadPlan) is not None and case.phases.plan_holds is not False,
)
ARRIVAL_RATE = Need(message("validity.need.arrival-rate"), _open_plan)
