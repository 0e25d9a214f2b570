"""From single grades to the verdict of a test: the worst that counts, within what validity allows.

An invalid run never passes: at best it is INCONCLUSIVE, while a failure stays a failure. A
questionable run is at best a WARNING. So is any run where a validity rule itself failed, or whose
samples are missing: a summary alone tells nothing of gaps, phases or the load itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport.grading.asking import needs_stages, replaced, selector_of, stages_of
from perfreport.grading.naming import STAGE
from perfreport.grading.stages import breaking_point, grade_stages
from perfreport.grading.verdicts import capped, judge, weight
from perfreport.model.grade import TestGrade, ValidityLevel, Verdict
from perfreport.model.measurement import Selector
from perfreport.model.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.model.analysis import TestSpec
    from perfreport.model.grade import Grade, Objective, StageGrade
    from perfreport.model.measurement import Measurement, Measurements
    from perfreport.model.phase import Phases
    from perfreport.model.validity import Validity

# k6 drops the metric from its output where nothing was dropped.
_WRITTEN_IF_ANY = frozenset({"dropped_iterations"})


def grade(
    spec: TestSpec, phases: Phases, measurements: Measurements, validity: Validity
) -> TestGrade:
    """Hold the measurements against the targets.

    `measurements` answers the selectors that `questions(spec, phases)` asked.
    """
    staged = needs_stages(spec) and bool(stages_of(phases))
    single = [
        objective
        for objective in spec.objectives
        if objective.selector.phase != STAGE or not stages_of(phases)
    ]
    grades = tuple(_grade(objective, phases, measurements) for objective in single)
    rows = grade_stages(spec, phases, measurements) if staged else ()
    verdict, reasons = _verdict(grades, rows)
    verdict, caveats = _within_validity(verdict, validity, sampled=bool(phases.phases))
    return TestGrade(
        test_id=spec.test_id,
        kind=spec.kind,
        title=spec.title,
        verdict=verdict,
        grades=grades,
        stages=rows,
        breaking_point=breaking_point(rows),
        reasons=(*caveats, *reasons),
        thresholds_path=spec.thresholds_path,
        thresholds_sha256=spec.thresholds_sha256,
    )


def _grade(objective: Objective, phases: Phases, measurements: Measurements) -> Grade:
    found = judge(objective, _answer(measurements, selector_of(objective, phases)))
    if not replaced(objective, phases):
        return found
    # A whole run holds ramps that flatter it: it can fail for its plateau, never pass for it.
    if objective.selector.phase == STAGE and not phases.phases:
        return capped(found, Verdict.INCONCLUSIVE, message("grading.stages-missing"))
    if objective.selector.phase == STAGE:
        return capped(found, Verdict.WARNING, message("grading.stages-missing"))
    return capped(found, Verdict.WARNING, message("grading.plateau-missing"))


def _answer(measurements: Measurements, selector: Selector) -> Measurement | None:
    """Look an answer up; a count that k6 only writes when there is something to count is 0 then."""
    found = measurements.find(selector)
    silent = found is not None and found.value is None and selector.metric in _WRITTEN_IF_ANY
    if found is None or not silent or selector.stat not in {"count", "rate"}:
        return found
    ran = measurements.find(Selector("iterations", "count"))
    return replace(found, value=0.0) if ran is not None and ran.n else found


def _verdict(
    grades: Sequence[Grade], rows: Sequence[StageGrade]
) -> tuple[Verdict, tuple[Message, ...]]:
    counted = [(one, found) for one in grades if (found := weight(one)) is not None]
    if not counted and not rows:
        return Verdict.NO_DATA, (message("grading.nothing-to-judge"),)
    of_rows = [_row_weight(row) for row in rows]
    everything = [*(found for _, found in counted), *(found for found in of_rows if found)]
    worst = max(everything, key=lambda one: one.badness, default=Verdict.NO_DATA)
    reasons: list[Message] = []
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.WARNING):
        titles = tuple(
            _title(one) for one, found in counted if found is verdict and one.objective.title
        )
        if titles:
            reasons.append(_because(verdict, titles, len(counted)))
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NO_DATA, Verdict.WARNING):
        bad = sum(found is verdict for found in of_rows)
        if bad:
            reasons.append(_because_of_stages(verdict, bad, len(rows)))
    if not reasons:
        reasons.append(message("grading.all-met", total=len(counted) + len(rows)))
    return worst, tuple(reasons)


def _row_weight(row: StageGrade) -> Verdict | None:
    """A stage that was never reached counts as NO_DATA; one without any objective does not."""
    if row.verdict is Verdict.NO_DATA and row.grades:
        found = [weight(one) for one in row.grades]
        if not any(found):
            return None
    return row.verdict


def _title(grade_: Grade) -> Message:
    assert grade_.objective.title is not None  # noqa: S101 - the caller chose those with a title
    return grade_.objective.title


def _because(verdict: Verdict, titles: tuple[Message, ...], total: int) -> Message:
    count = len(titles)
    # A target file and the script often ask for the same: the reader needs the name once.
    names = tuple(dict.fromkeys(titles))
    match verdict:
        case Verdict.FAIL:
            return message("grading.because-failed", count=count, total=total, names=names)
        case Verdict.INCONCLUSIVE:
            return message("grading.because-inconclusive", count=count, total=total, names=names)
        case Verdict.NO_DATA:
            return message("grading.because-no-data", count=count, total=total, names=names)
        case _:
            return message("grading.because-warning", count=count, total=total, names=names)


def _because_of_stages(verdict: Verdict, count: int, total: int) -> Message:
    match verdict:
        case Verdict.FAIL:
            return message("grading.stages-failed", count=count, total=total)
        case Verdict.WARNING:
            return message("grading.stages-warned", count=count, total=total)
        case _:
            return message("grading.stages-unjudged", count=count, total=total)


def _within_validity(
    verdict: Verdict, validity: Validity, *, sampled: bool
) -> tuple[Verdict, tuple[Message, ...]]:
    if validity.level is ValidityLevel.INVALID:
        if verdict is Verdict.FAIL:
            return verdict, (message("grading.invalid-but-failed"),)
        return Verdict.INCONCLUSIVE, (message("grading.run-invalid"),)
    caveat: Message | None = None
    if validity.level is ValidityLevel.QUESTIONABLE:
        caveat = message("grading.run-questionable")
    elif validity.errors:
        caveat = message(
            "grading.validity-incomplete", rules=tuple(e.rule for e in validity.errors)
        )
    elif not sampled:
        caveat = message("grading.samples-missing")
    if caveat is None or verdict is not Verdict.PASS:
        return verdict, ()
    return Verdict.WARNING, (caveat,)
