"""Which questions an objective asks of the measurements, once the phases are known.

An objective on `stage` asks once per stage. An objective on a plateau that a run does not have
(or on stages that can't be told apart) asks for the whole run instead, and its grade says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.grading.naming import STAGE
from perfreport.model.measurement import WHOLE_RUN, Selector
from perfreport.model.phase import PhaseKind

if TYPE_CHECKING:
    from perfreport.model.analysis import TestSpec
    from perfreport.model.grade import Objective
    from perfreport.model.phase import Phase, Phases

_REPLACEABLE = frozenset({PhaseKind.PLATEAU.value, STAGE})


def questions(spec: TestSpec, phases: Phases) -> tuple[Selector, ...]:
    """Return every selector that grading will look up, each once."""
    asked: dict[Selector, None] = {}
    for objective in spec.objectives:
        if objective.selector.phase == STAGE and stages_of(phases):
            for stage in stages_of(phases):
                asked[replace(objective.selector, phase=stage.name)] = None
        else:
            asked[selector_of(objective, phases)] = None
    if needs_stages(spec):
        for stage in stages_of(phases):
            asked[throughput_of(stage)] = None
    return tuple(asked)


def selector_of(objective: Objective, phases: Phases) -> Selector:
    """Return what is asked for an objective that is graded once."""
    return (
        replace(objective.selector, phase=WHOLE_RUN)
        if replaced(objective, phases)
        else (objective.selector)
    )


def replaced(objective: Objective, phases: Phases) -> bool:
    """Whether an objective has to be graded on the whole run for want of its phase."""
    phase = objective.selector.phase
    if phase == STAGE:
        return not stages_of(phases)
    return phase in _REPLACEABLE and not phases.matching(phase)


def stages_of(phases: Phases) -> tuple[Phase, ...]:
    """The stages of the load, in order of time, those included that the run never reached."""
    return tuple(phase for phase in phases.phases if phase.kind is PhaseKind.PLATEAU)


def needs_stages(spec: TestSpec) -> bool:
    """Whether a test is graded stage by stage."""
    return any(objective.selector.phase == STAGE for objective in spec.objectives) or any(
        stage.throughput for stage in spec.stages
    )


def throughput_of(stage: Phase) -> Selector:
    """The question for a stage's throughput."""
    return Selector("throughput", "rate", phase=stage.name)
