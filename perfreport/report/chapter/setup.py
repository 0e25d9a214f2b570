"""How the load was made: executor, level, mix, structure, window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets
from perfreport.model.load import LoadPlan, LoadSamples, Scenario
from perfreport.model.message import Message, message
from perfreport.model.phase import PhaseKind, PhaseOrigin
from perfreport.model.units import Quantity, Unit
from perfreport.report._spec import ChapterSection
from perfreport.report.phrases import load_of, short_title, thresholds_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.phase import Phase

_MOST_SCENARIOS = 6
_MOST_PHASES = 6


def _build(test: TestAnalysis) -> Sequence[Block]:
    items = tuple(_items(test))
    return (Bullets(items),) if items else ()


def _items(test: TestAnalysis) -> Iterator[Bullet]:
    plan = test.run.one(LoadPlan)
    if plan is not None and plan.scenarios:
        executors = tuple(sorted({scenario.executor.value for scenario in plan.scenarios}))
        yield _bullet("executor", message("report.codes", texts=executors))
    users = _users(test, plan)
    if users is not None:
        yield _bullet("vus", users)
    target = _target_rate(plan)
    if target is not None:
        yield _bullet("rate", target)
    mix = _mix(test, plan)
    if mix is not None:
        yield _bullet("mix", mix)
    structure = _structure(test)
    if structure is not None:
        yield _bullet("structure", structure)
    if test.spec.thresholds_path is not None:
        yield _bullet(
            "targets", message("report.as-code", text=thresholds_name(test.spec.thresholds_path))
        )
    for note in test.spec.notes:
        yield _bullet("note", note)
    window = _window(test)
    if window is not None:
        yield _bullet("window", window)


def _bullet(name: str, text: Message) -> Bullet:
    return Bullet(text, label=message(f"chapter.setup.{name}"))


def _users(test: TestAnalysis, plan: LoadPlan | None) -> Message | None:
    whole = test.measurements.slice_of()
    seen = whole.vus_max if whole is not None else None
    open_scenarios = [s for s in plan.scenarios if s.executor.is_open] if plan else []
    if plan and open_scenarios and len(open_scenarios) == len(plan.scenarios):
        allocated = sum(s.pre_allocated_vus or 0 for s in open_scenarios)
        most = sum(s.max_vus or s.pre_allocated_vus or 0 for s in open_scenarios)
        if seen is None:
            return message("chapter.setup.vus-open", allocated=allocated, most=most)
        return message(
            "chapter.setup.vus-open-seen", allocated=allocated, most=most, seen=round(seen)
        )
    return message("chapter.setup.vus-seen", seen=round(seen)) if seen is not None else None


def _target_rate(plan: LoadPlan | None) -> Message | None:
    rates = [peak_of(s) for s in plan.scenarios if s.executor.is_open] if plan else []
    if not rates:
        return None
    total = Quantity(sum(rates), Unit.PER_SECOND)
    return message("chapter.setup.rate-planned", rate=total, per_minute=total.value * 60)


def peak_of(scenario: Scenario) -> float:
    """Return the highest planned level of a scenario."""
    return max([scenario.start_level, *(stage.target for stage in scenario.stages)])


def _mix(test: TestAnalysis, plan: LoadPlan | None) -> Message | None:
    planned = {}
    if plan and all(scenario.stages for scenario in plan.scenarios):
        kinds = {scenario.executor.is_open for scenario in plan.scenarios}
        if len(kinds) == 1:
            planned = {scenario.name: peak_of(scenario) for scenario in plan.scenarios}
    ran = {
        row.scenario: float(row.iterations)
        for row in test.measurements.scenarios
        if row.scenario is not None
    }
    shares = planned or ran
    total = sum(shares.values())
    if len(shares) < 2 or not total:
        return None
    ranked = sorted(shares.items(), key=lambda share: (-share[1], share[0]))
    arriving = bool(planned and plan and plan.scenarios[0].executor.is_open)
    parts = tuple(
        _share(name, value, total, arriving=arriving) for name, value in ranked[:_MOST_SCENARIOS]
    )
    key = "chapter.setup.mix-planned" if planned else "chapter.setup.mix-seen"
    if len(ranked) > _MOST_SCENARIOS:
        more = message("chapter.setup.more", n=len(ranked) - _MOST_SCENARIOS)
        parts = (*parts, more)
    return message(key, parts=parts)


def _share(name: str, value: float, total: float, *, arriving: bool) -> Message:
    part = Quantity(value / total, Unit.RATIO)
    if not arriving:
        return message("chapter.setup.share", name=name, share=part)
    return message("chapter.setup.share-rate", name=name, share=part, per_minute=value * 60)


def _structure(test: TestAnalysis) -> Message | None:
    phases = tuple(p for p in test.phases.phases if p.kind is not PhaseKind.TAIL)
    if not phases:
        return None
    if len(phases) > _MOST_PHASES:  # the ramps between many stages go without saying
        phases = tuple(phase for phase in phases if phase.kind is not PhaseKind.RAMP)
    steps = tuple(_step(test, phase) for phase in phases[:_MOST_PHASES])
    if len(phases) > _MOST_PHASES:
        steps = (*steps, message("chapter.setup.more", n=len(phases) - _MOST_PHASES))
    origins = {phase.origin for phase in test.phases.phases}
    key = "structure-seen" if origins == {PhaseOrigin.SHAPE} else "structure-planned"
    return message(f"chapter.setup.{key}", steps=steps)


def _step(test: TestAnalysis, phase: Phase) -> Message:
    title = short_title(test.phases, phase)
    length = Quantity(phase.seconds, Unit.SECONDS)
    load = load_of(test.phases, phase)
    if phase.kind is PhaseKind.RAMP or not isinstance(load, Message):
        return message("chapter.setup.step", title=title, length=length)
    return message("chapter.setup.step-at", title=title, load=load, length=length)


def _window(test: TestAnalysis) -> Message | None:
    samples = test.run.one(LoadSamples)
    length = Quantity(test.measurements.seconds, Unit.SECONDS)
    key = "estimated" if test.measurements.seconds_estimated else "known"
    if samples is None:
        return message(f"chapter.setup.length-{key}", length=length) if length.value else None
    return message(
        f"chapter.setup.window-{key}",
        start=samples.start_ns,
        offset=samples.offset_seconds or 0,
        length=length,
    )


PLUGIN = ChapterSection("setup", 20, message("chapter.setup.title"), _build)
