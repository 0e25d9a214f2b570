"""Which test a run was, and what it is graded against.

Test id: the `--test` option, else a tag of the run (`testid`), else an id in the names of its
folder or files (`LT-001`), else the one test that thresholds were given for, else a slug of the
label. Kind: the targets of that test, else the prefix of the id, else the plan of the load.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.grading.mix import mix_notes
from perfreport.grading.naming import STAGE, kind_of_id, objective_id, objective_title
from perfreport.grading.plan_kind import kind_of_plan
from perfreport.grading.script import script_objectives
from perfreport.grading.targets import ScriptUse
from perfreport.model.analysis import TestSpec
from perfreport.model.campaign import PlannedTest
from perfreport.model.grade import Operator, TestKind
from perfreport.model.load import LoadPlan, LoadSamples
from perfreport.model.message import Message, message
from perfreport.model.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.grading.targets import TargetSet
    from perfreport.grading.thresholds import Thresholds
    from perfreport.model.grade import Objective
    from perfreport.model.run import TestRun

_TAGS = ("testid", "test_id", "testId", "test-id")
_ID = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2,5}-\d{1,5})(?![A-Za-z0-9])")
_ERRORS = re.compile(
    r"error|fail|(?<![a-z])errs?(?![a-z])", re.IGNORECASE
)  # errorRate, errors, failed_orders …
_DIRECTIONS = {
    Operator.LT: -1,
    Operator.LE: -1,
    Operator.GT: 1,
    Operator.GE: 1,
}


def specify(run: TestRun, thresholds: Thresholds, test_id: str | None) -> TestSpec:
    """Find what this run is graded against: targets by id, then by kind, plus the script's own."""
    planned = run.one(PlannedTest)
    named = test_id or (planned.test_id if planned else _id_of(run))
    targets = thresholds.for_test(named) if named else None
    notes: list[Message] = []
    only = thresholds.only_given_test
    if named is None and only is not None:
        notes.append(message("grading.only-given-test", test=only.test or ""))
        targets, named = only, only.test
    kind, guessed = _kind(run, targets, named)
    if guessed:
        notes.append(message("grading.kind-assumed", kind=message(f"grading.kind.{kind}")))
    targets = targets or thresholds.for_kind(kind)
    if only is not None and targets is not only and planned is None:
        notes.append(message("grading.given-not-applied", path=only.path, test=named or ""))
    if targets is not None:
        notes.extend(targets.notes)
    if planned is not None:
        notes.extend(mix_notes(run, planned))
    include = targets is None or targets.script is ScriptUse.INCLUDE
    script = script_objectives(run) if include else ()
    general = _general(targets, script)
    if targets is not None and any(one not in targets.objectives for one in general):
        notes.append(message("grading.limits-from-script"))
    return TestSpec(
        test_id=named or _slug(run.label),
        kind=kind,
        title=(planned and planned.title) or (targets.title if targets else None),
        objectives=_distinct((*general, *script)),
        stages=targets.stages if targets else (),
        thresholds_path=targets.path if targets else None,
        thresholds_sha256=targets.sha256 if targets else None,
        notes=tuple(notes),
    )


def _id_of(run: TestRun) -> str | None:
    for samples in run.of(LoadSamples):
        for tag in _TAGS:
            values = samples.store.tag_values(tag)
            if len(values) == 1 and values[0].strip():
                return values[0].strip()
    for plan in run.of(LoadPlan):
        tagged = dict(plan.tags)
        for tag in _TAGS:
            if tagged.get(tag):
                return tagged[tag]
    for name in _names(run):
        found = _ID.search(name)
        if found:
            return found[1].upper()
    return None


def _names(run: TestRun) -> Iterator[str]:
    """Names that may hold an id: the label, then file and folder names, innermost first."""
    yield run.label
    for source in run.sources:
        yield from reversed(re.split(r"[/\\]", source.path))


def _kind(run: TestRun, targets: TargetSet | None, named: str | None) -> tuple[TestKind, bool]:
    if targets is not None and targets.kind is not None:
        return targets.kind, False
    by_prefix = kind_of_id(named or "")
    if by_prefix is not None:
        return by_prefix, False
    by_plan = kind_of_plan(run)
    return by_plan or TestKind.LOAD, by_plan is None


def _general(targets: TargetSet | None, script: tuple[Objective, ...]) -> tuple[Objective, ...]:
    """Return the targets of a document, where it is general: as the script's own limits leave them.

    The shipped general targets are for those who have none: a team's own limit on the same metric
    for all samples, of the same direction, is the better one, and so is a limit on what the script
    itself counts as errors (k6 also counts what a script means to skip). A script says nothing of
    stages, so there its limits replace the general ones stage by stage.
    """
    if targets is None:
        return ()
    if not targets.shipped or targets.test is not None:
        return targets.objectives
    own: dict[tuple[str, int], list[Objective]] = {}
    for objective in script:
        if not objective.selector.where and objective.target:
            own.setdefault(_aim(objective), []).append(objective)
    kept: list[Objective] = []
    for objective in targets.objectives:
        if _aim(objective) not in own:
            kept.append(objective)
        elif objective.selector.phase == STAGE:
            kept.extend(_for_stages(one, objective) for one in own[_aim(objective)])
    return tuple(kept)


def _for_stages(own: Objective, general: Objective) -> Objective:
    selector = replace(own.selector, phase=STAGE)
    return replace(
        general,
        id=objective_id(selector),
        selector=selector,
        target=own.target,
        warning=(),
        collapse=general.collapse if own.selector.stat == general.selector.stat else (),
        title=objective_title(selector),
    )


def _aim(objective: Objective) -> tuple[str, int]:
    """What an objective is about, and in which direction it limits it."""
    metric = objective.selector.metric
    counts_errors = objective.unit is Unit.RATIO and _ERRORS.search(metric) is not None
    return ("http_req_failed" if counts_errors else metric), _direction(objective)


def _direction(objective: Objective) -> int:
    return _DIRECTIONS.get(objective.target[0].operator, 0) if objective.target else 0


def _distinct(objectives: tuple[Objective, ...]) -> tuple[Objective, ...]:
    """Drop a later objective with the id of an earlier one."""
    return tuple({objective.id: objective for objective in reversed(objectives)}.values())[::-1]


def _slug(label: str) -> str:
    """Return letters and digits of a label, lower case, joined by hyphens."""
    return re.sub(r"[\W_]+", "-", label.casefold()).strip("-") or "test"
