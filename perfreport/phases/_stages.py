"""The stages a user wrote into the test's YAML, on the run's clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit, Phase, PhaseKind, PhaseOrigin
from perfreport.model.units import NS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import StageTarget

SAME_VUS = 0.1  # share by which the VUs of a stage may differ from the row's
HOLDS = (PhaseKind.PLATEAU, PhaseKind.SPIKE, PhaseKind.COOLING, PhaseKind.RECOVERY)


def cut_by_seconds(stages: Sequence[StageTarget], start_ns: int) -> tuple[Phase, ...]:
    """Cut the run as the rows say, one after the other from the start of the load."""
    phases: list[Phase] = []
    moment = start_ns
    for stage in stages:
        end = moment + round((stage.seconds or 0.0) * NS_PER_SECOND)
        phases.append(
            Phase(
                name=stage.name,
                kind=_kind(stage, PhaseKind.PLATEAU),
                start_ns=moment,
                end_ns=end,
                title=_title(stage),
                origin=PhaseOrigin.THRESHOLDS,
                level=stage.vus,
                unit=LoadUnit.VUS if stage.vus is not None else None,
            )
        )
        moment = end
    return tuple(phases)


def named_stages(
    found: Sequence[Phase], stages: Sequence[StageTarget]
) -> tuple[tuple[Phase, ...], tuple[Message, ...]]:
    """Give the rows' names to the holds that were found, by VUs where given, else in order.

    A row that no hold answers to becomes a phase that was not reached.
    """
    phases = list(found)
    notes: list[Message] = []
    free = [
        place
        for place, phase in enumerate(phases)
        if phase.kind in HOLDS and not phase.name.startswith("pause")
    ]
    end_ns = max((phase.end_ns for phase in found), default=0)
    for stage in stages:
        place = _answer(stage, [(place, phases[place]) for place in free])
        if place is None:
            notes.append(message("phase.note.stage-without-load", name=stage.name))
            phases.append(_absent(stage, end_ns))
            continue
        # Rows stand in order of time: what lies before a matched hold can't match a later row.
        free = [other for other in free if other > place]
        phases[place] = replace(
            phases[place],
            name=stage.name,
            kind=_kind(stage, phases[place].kind),
            title=_title(stage),
        )
    return tuple(phases), tuple(notes)


def _answer(stage: StageTarget, free: Sequence[tuple[int, Phase]]) -> int | None:
    wanted = None if stage.kind is None else stage.kind
    fitting = [
        (place, phase) for place, phase in free if wanted in {None, phase.kind.value, "plateau"}
    ]
    if stage.vus is None or not any(phase.unit is LoadUnit.VUS for _, phase in fitting):
        return fitting[0][0] if fitting else None
    allowed = max(1.0, SAME_VUS * stage.vus)
    return next(
        (
            place
            for place, phase in fitting
            if phase.level is not None and abs(phase.level - stage.vus) <= allowed
        ),
        None,
    )


def _absent(stage: StageTarget, end_ns: int) -> Phase:
    return Phase(
        name=stage.name,
        kind=_kind(stage, PhaseKind.PLATEAU),
        start_ns=end_ns,
        end_ns=end_ns + round((stage.seconds or 0.0) * NS_PER_SECOND),
        title=_title(stage),
        origin=PhaseOrigin.THRESHOLDS,
        level=stage.vus,
        unit=LoadUnit.VUS if stage.vus is not None else None,
        reached=False,
    )


def _kind(stage: StageTarget, otherwise: PhaseKind) -> PhaseKind:
    return PhaseKind(stage.kind) if stage.kind in set(PhaseKind) else otherwise


def _title(stage: StageTarget) -> Message:
    return stage.title or message("phase.title.named", name=stage.name)
