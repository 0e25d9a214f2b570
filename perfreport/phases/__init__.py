"""Cut a run into phases: from the test's YAML, from k6's plan, or from the load itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.load import LoadPlan, LoadSamples
from perfreport.model.message import message
from perfreport.model.phase import PhaseOrigin, Phases
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.phases._anchor import anchor
from perfreport.phases._classify import classify, load_message, name
from perfreport.phases._clip import clip
from perfreport.phases._ending import ended_normally, finished_before, seconds_by_k6
from perfreport.phases._match import fits
from perfreport.phases._observed import ObservedLoad
from perfreport.phases._plan import Curve, combine, curves
from perfreport.phases._reading import observe
from perfreport.phases._segment import Level
from perfreport.phases._shape import shape, with_planned_times
from perfreport.phases._stages import cut_by_seconds, named_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestSpec
    from perfreport.model.message import Message
    from perfreport.model.run import TestRun
    from perfreport.phases._segment import Segment

__all__ = ["Curve", "ObservedLoad", "curves", "cut", "ended_normally", "observe", "seconds_by_k6"]

SETUP_TO_LOAD = 2.0  # seconds between the last sample of setup() and the first iteration


def cut(run: TestRun, spec: TestSpec) -> Phases:
    """Cut the run into phases, best evidence first: the test's `stages`, k6's plan, the load.

    Phases that a run never reached are kept with `reached` False. Without samples there are none.
    """
    samples = run.one(LoadSamples)
    if samples is None:
        return Phases((), 0, 0, (message("phase.note.no-samples"),))
    plan = run.one(LoadPlan)
    observed = observe(samples)
    if plan is not None and len(plan.scenarios) == 1:
        observed = observed.named(plan.scenarios[0].name)
    return _cut(run, spec, plan, observed)


def _cut(run: TestRun, spec: TestSpec, plan: LoadPlan | None, observed: ObservedLoad) -> Phases:
    zero, parts = _plan_on_clock(plan, observed)
    holds = fits(observed, parts, zero) if parts else None
    if parts and finished_before(run, observed, parts, zero):
        holds = False
    notes: list[Message] = []
    if parts and holds is not False:
        segments, origin = combine(parts), PhaseOrigin.PLAN
    else:
        zero = _start_without_plan(observed)
        segments, evidence = shape(observed, zero)
        origin = PhaseOrigin.SHAPE
        if parts:
            beside = combine(parts)
            adopted = with_planned_times(segments, beside, evidence)
            notes.append(_difference(beside, segments, kept_times=adopted is not None))
            if adopted is not None:
                segments, origin = adopted, PhaseOrigin.PLAN
    start_ns = observed.origin_ns + round(zero * NS_PER_SECOND)
    found = name(classify(segments, spec.kind), start_ns, origin)
    planned = max((part.stop for part in parts if part.bounded), default=None)
    planned_end = (
        start_ns + round(planned * NS_PER_SECOND)
        if planned is not None and holds is not False
        else None
    )
    if spec.stages and all(stage.seconds is not None for stage in spec.stages):
        found = cut_by_seconds(spec.stages, start_ns)
        planned_end = max(phase.end_ns for phase in found)
    elif spec.stages:
        found, more = named_stages(found, spec.stages)
        notes.extend(more)
    lines = clip(found, observed, zero)
    return Phases(
        phases=lines,
        start_ns=start_ns,
        end_ns=max((phase.end_ns for phase in lines if phase.reached), default=start_ns),
        notes=tuple(notes),
        plan_holds=holds if parts else None,
        planned_end_ns=planned_end,
    )


def _plan_on_clock(
    plan: LoadPlan | None, observed: ObservedLoad
) -> tuple[float, tuple[Curve, ...]]:
    if plan is None:
        return observed.first, ()
    zero = anchor(observed, curves(plan, {}))
    ends = {part.name: part.last - zero for part in observed.scenarios if part.name is not None}
    return zero, curves(plan, ends)


def _start_without_plan(observed: ObservedLoad) -> float:
    """The load begins with its first iteration, or where setup() ended just before it."""
    setup_end = observed.setup_end
    if setup_end is not None and 0 <= observed.first - setup_end < SETUP_TO_LOAD:
        return setup_end
    return observed.first


def _difference(
    planned: Sequence[Segment], seen: Sequence[Segment], *, kept_times: bool
) -> Message:
    """Say how the load that ran differs from the plan beside it."""
    loads = {"planned": load_message(_highest(planned)), "observed": load_message(_highest(seen))}
    if kept_times:
        return message("phase.note.plan-levels-differ", **loads)
    return message(
        "phase.note.plan-differs",
        **loads,
        planned_length=Quantity(planned[-1].stop if planned else 0.0, Unit.SECONDS),
        observed_length=Quantity(seen[-1].stop if seen else 0.0, Unit.SECONDS),
    )


def _highest(segments: Sequence[Segment]) -> Level:
    levels = [level for segment in segments for level in (segment.begin, segment.end)]
    return Level(
        max((level.vus for level in levels), default=0.0),
        max((level.rate for level in levels), default=0.0),
    )
