"""`k6 inspect [--execution-requirements] script.js`: what the test was going to do.

null means k6's default, and shortcuts (`vus`, `duration`, `stages`, `iterations`) become the
scenario "default" by k6's own rules. The environment and everything else a script may carry stay
behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perfreport.model.load import Executor, LoadPlan, Scenario, ScriptThreshold, Stage
from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._go_duration import go_seconds
from perfreport.sources._json import mapping, number, parsed, sequence, string, top_keys
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.model.load import Tags
    from perfreport.model.source import Fact, SourceRef, SummaryValue
    from perfreport.sources._input import Head, Input

_OPTIONS = frozenset({
    "paused", "scenarios", "executionSegment", "setupTimeout", "teardownTimeout", "noSetup",
    "thresholds", "blacklistIPs", "noConnectionReuse", "summaryTrendStats", "systemTags",
    "discardResponseBodies", "minIterationDuration", "maxRedirects", "batchPerHost", "rps",
})  # fmt: skip
_GRACE = 30.0
_LONGEST_ITERATIONS = 600.0


def sniff(head: Head) -> float:
    """Many of k6's option names, no results."""
    keys = top_keys(head.text)
    found = len(_OPTIONS & keys)
    if {"metrics", "root_group"} & keys:
        return 0.0
    return 0.98 if found >= 6 else 0.6 if found >= 3 and {"scenarios", "stages"} & keys else 0.0


def read(source: Input) -> Reading:
    """Read scenarios with k6's defaults filled in, thresholds and run tags."""
    value, torn = parsed(source.text())
    options = mapping(value)
    scenarios: list[Scenario] = []
    unreadable: list[str] = []
    for name, fields in sorted(_scenarios(options).items()):
        scenario = _scenario(name, mapping(fields))
        if scenario is None:
            unreadable.append(name)
        else:
            scenarios.append(scenario)
    thresholds = _thresholds(options)
    problems = [
        Problem(source.name, message("problem.scenario-unreadable", scenario=name))
        for name in unreadable
    ]
    if torn:
        problems.append(Problem(source.name, message("problem.json-torn", count=torn)))

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        stats = tuple(
            stat for stat in sequence(options.get("summaryTrendStats")) if isinstance(stat, str)
        )
        plan = LoadPlan(ref, tuple(scenarios), thresholds, _tags(options.get("tags")), stats)
        return (plan,) if options else ()

    return Reading(
        facts,
        records=len(scenarios),
        skipped=len(unreadable) + bool(torn),
        problems=tuple(problems),
        summary=_summary(scenarios, thresholds),
    )


def _summary(
    scenarios: list[Scenario], thresholds: tuple[ScriptThreshold, ...]
) -> tuple[tuple[str, SummaryValue], ...]:
    ends = [
        scenario.start_seconds + scenario.planned_seconds
        for scenario in scenarios
        if scenario.planned_seconds is not None
    ]
    return (
        ("scenarios", len(scenarios)),
        ("executors", tuple((scenario.name, scenario.executor.value) for scenario in scenarios)),
        ("seconds", max(ends) if ends and len(ends) == len(scenarios) else None),
        ("thresholds", len(thresholds)),
    )


def _scenarios(options: dict[str, Any]) -> dict[str, Any]:
    """Apply k6's order of precedence: scenarios, then iterations, duration, stages, else one."""
    given = mapping(options.get("scenarios"))
    if given:
        return {str(name): fields for name, fields in given.items()}
    vus, duration = options.get("vus"), options.get("duration")
    if options.get("iterations") is not None:
        shared = {"vus": vus, "iterations": options["iterations"], "maxDuration": duration}
        return {"default": {"executor": Executor.SHARED_ITERATIONS.value, **shared}}
    if duration is not None:
        return {"default": {"executor": "constant-vus", "vus": vus, "duration": duration}}
    if sequence(options.get("stages")):
        ramp = {"startVUs": vus, "stages": options["stages"]}
        return {"default": {"executor": Executor.RAMPING_VUS.value, **ramp}}
    if "scenarios" not in options:
        return {}
    return {"default": {"executor": Executor.PER_VU_ITERATIONS.value}}


def _scenario(name: str, fields: dict[str, Any]) -> Scenario | None:
    """Return one scenario, or None where it says too little or nonsense."""
    executor = next((kind for kind in Executor if kind == fields.get("executor")), None)
    if executor is None:
        return None
    level, stages = _shape(executor, fields)
    if stages is None:
        return None
    bounded = executor in {Executor.SHARED_ITERATIONS, Executor.PER_VU_ITERATIONS}
    pre_allocated = _whole(fields.get("preAllocatedVUs"))
    most = _whole(fields.get("maxVUs"))
    has_vus = bounded or executor in {Executor.CONSTANT_VUS, Executor.EXTERNALLY_CONTROLLED}
    return Scenario(
        name=name,
        executor=executor,
        exec=string(fields.get("exec")) or "default",
        start_seconds=_seconds(fields.get("startTime"), 0.0),
        graceful_stop_seconds=_seconds(fields.get("gracefulStop"), _GRACE),
        start_level=level,
        stages=stages,
        vus=_whole(fields.get("vus"), 1) if has_vus else None,
        pre_allocated_vus=pre_allocated,
        max_vus=pre_allocated if most is None else most,
        iterations=_whole(fields.get("iterations"), 1) if bounded else None,
        max_seconds=_seconds(fields.get("maxDuration"), _LONGEST_ITERATIONS) if bounded else None,
        tags=_tags(fields.get("tags")),
    )


def _shape(executor: Executor, fields: dict[str, Any]) -> tuple[float, tuple[Stage, ...] | None]:
    """Return the level at the start and the stages; None where a needed field is not usable."""
    per_second = 1.0
    if executor.is_open:
        unit = _seconds(fields.get("timeUnit"), 1.0)
        if unit <= 0:
            return 0.0, None
        per_second = 1.0 / unit
    match executor:
        case Executor.SHARED_ITERATIONS | Executor.PER_VU_ITERATIONS:
            return float(_whole(fields.get("vus"), 1) or 0), ()
        case Executor.CONSTANT_VUS | Executor.EXTERNALLY_CONTROLLED:
            return _flat(float(_whole(fields.get("vus"), 1) or 0), fields)
        case Executor.CONSTANT_ARRIVAL_RATE:
            rate = number(fields.get("rate"))
            return (0.0, None) if rate is None else _flat(rate * per_second, fields)
        case Executor.RAMPING_VUS:
            start = number(fields.get("startVUs"))
            return 1.0 if start is None else start, _stages(fields, 1.0)
        case Executor.RAMPING_ARRIVAL_RATE:
            start = (number(fields.get("startRate")) or 0.0) * per_second
            return start, _stages(fields, per_second)


def _flat(level: float, fields: dict[str, Any]) -> tuple[float, tuple[Stage, ...] | None]:
    seconds = go_seconds(fields.get("duration"))
    return level, None if seconds is None else (Stage(seconds, level),)


def _stages(fields: dict[str, Any], factor: float) -> tuple[Stage, ...] | None:
    stages = []
    for entry in sequence(fields.get("stages")):
        seconds = go_seconds(mapping(entry).get("duration"))
        target = number(mapping(entry).get("target"))
        if seconds is None or target is None:
            return None
        stages.append(Stage(seconds, target * factor))
    return tuple(stages) or None


def _thresholds(options: dict[str, Any]) -> tuple[ScriptThreshold, ...]:
    found = []
    for metric, entries in mapping(options.get("thresholds")).items():
        for entry in sequence(entries):
            fields = mapping(entry)
            expression = entry if isinstance(entry, str) else string(fields.get("threshold"))
            if expression is not None:
                abort = fields.get("abortOnFail") is True
                found.append(ScriptThreshold(str(metric).strip(), expression, abort))
    return tuple(found)


def _tags(value: object) -> Tags:
    return tuple(sorted((str(key), str(text)) for key, text in mapping(value).items()))


def _seconds(value: object, default: float) -> float:
    seconds = go_seconds(value)
    return default if seconds is None else seconds


def _whole(value: object, default: int | None = None) -> int | None:
    found = number(value)
    return default if found is None else int(found)


PLUGIN = Source("k6-inspect", "k6-inspect", sniff, read)
