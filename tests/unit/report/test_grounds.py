"""Part two of the report: why a finding is believed, from which load on, and how urgent it is."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.analysis import Diagnosis
from perfreport.model.document import Bullets
from perfreport.model.finding import Category, Finding, KeyValues, Priority, Role, Severity
from perfreport.model.message import Message, message
from perfreport.model.phase import LoadUnit, PhaseKind
from perfreport.model.units import NS_PER_SECOND, Quantity, Unit
from perfreport.report._spec import Story
from perfreport.report.parts._grounds import grounds, priority, whys
from perfreport.report.parts.bottlenecks import PLUGIN
from tests.story import START, intake, phase, said, stress_test


def finding(
    rule: str, onset: float | None = None, cause: str | None = None, **more: object
) -> Finding:
    return replace(
        Finding(
            rule, Category.BOTTLENECK, Severity.CRITICAL, said(rule), said(f"title {rule}"),
            role=Role.CAUSE if cause is None else Role.SYMPTOM,
            onset_ns=None if onset is None else START + round(onset * NS_PER_SECOND),
            caused_by=() if cause is None else (cause,),
            priority=Priority.P0, impact=0.9, confidence=0.8,
        ),
        **more,
    )  # fmt: skip


def told(*findings: Finding) -> dict[str, tuple[Message, ...]]:
    test = replace(stress_test(), diagnosis=Diagnosis(findings))
    return {
        bullet.label.key.rpartition(".")[2]: (bullet.text, *bullet.details)
        for bullet in grounds(test, findings[0])
        if bullet.label is not None
    }


LOCK = "row-lock-contention"


def test_a_cause_that_begins_in_a_later_stage_names_the_load_from_which_on() -> None:
    (onset,) = told(finding(LOCK, onset=610.0))["onset"]
    assert onset.key == "part.bottlenecks.from-stage"
    assert dict(onset.params)["rate"] == Quantity(55.0, Unit.PER_SECOND)  # of the second stage


def test_a_cause_from_the_first_stage_on_claims_nothing_of_less_load() -> None:
    (onset,) = told(finding(LOCK, onset=310.0))["onset"]
    assert onset.key == "part.bottlenecks.from-phase"


def test_a_cause_that_begins_while_load_rises_belongs_to_the_stage_it_rises_to() -> None:
    test = stress_test()
    first, second, *rest = test.phases.phases
    ramp = phase("ramp-2", PhaseKind.RAMP, 590, 10, second.level or 0, LoadUnit.VUS)
    first = replace(first, end_ns=ramp.start_ns)
    phases = replace(test.phases, phases=(first, ramp, second, *rest))
    cause = finding(LOCK, onset=595.0)
    test = replace(test, phases=phases, diagnosis=Diagnosis((cause,)))
    onset = next(
        bullet.text for bullet in grounds(test, cause)
        if bullet.label == message("part.bottlenecks.label.onset")
    )  # fmt: skip
    assert dict(onset.params)["rate"] == Quantity(55.0, Unit.PER_SECOND)


def test_the_course_of_events_is_told_only_where_the_cause_came_first() -> None:
    pool, slow = (
        finding("pool-exhausted", 700.0, LOCK),
        finding("latency-degraded", 650.0, LOCK),
    )
    (order,) = told(finding(LOCK, onset=610.0), pool, slow)["order"]
    moments = dict(order.params)["moments"]
    assert isinstance(moments, tuple)
    at = [dict(one.params)["at"].value for one in moments]  # type: ignore[union-attr]
    assert at == sorted(at)
    assert "order" not in told(finding(LOCK, onset=660.0), pool, slow)


def test_the_effect_leaves_out_what_the_whys_begin_with() -> None:
    slow = finding("latency-degraded", 650.0, LOCK)
    failing = finding("errors-surge", 650.0, LOCK)
    cause = finding(LOCK, whys=(slow.summary, said("because")))
    assert told(cause, slow, failing)["effect"][0] == failing.summary


def test_the_last_why_is_the_root() -> None:
    labels = [
        bullet.label.key.rpartition(".")[2]
        for bullet in whys(finding(LOCK, whys=(said("1"), said("2"), said("3"))))
        if bullet.label is not None
    ]
    assert labels == ["seen", "why", "root"]


def test_the_priority_says_by_which_criterion() -> None:
    word = priority(finding(LOCK))
    assert word is not None
    assert word.key == "part.bottlenecks.because.critical"
    risk = priority(finding(LOCK, category=Category.RISK, severity=Severity.MEDIUM))
    assert risk is not None
    assert risk.key == "part.bottlenecks.because.risk"


def test_numbers_run_over_all_ranks_and_the_gravest_comes_first() -> None:
    mild = finding("slow-query", severity=Severity.MEDIUM)
    weak, strong = finding("gc-pressure", impact=0.6), finding(LOCK)
    test = replace(stress_test(), diagnosis=Diagnosis((mild, weak, strong)))
    story = Story((test,), intake(test), test.grade.verdict, "perfreport")
    sections = PLUGIN.sections(story)
    assert [one.id for one in sections] == ["critical", "medium"]
    titles = [dict(below.title.params) for one in sections for below in one.sections]
    assert [(one["number"], one["title"]) for one in titles] == [
        (1, strong.title), (2, weak.title), (3, mild.title),
    ]  # fmt: skip
    assert all(
        block.items
        for one in sections
        for below in one.walk()
        for block in below.blocks
        if isinstance(block, Bullets)
    )


def test_the_metric_is_its_figures_and_a_risk_says_its_sentence() -> None:
    rows = (
        (message("diagnosis.label.lock-share"), Quantity(0.95, Unit.RATIO), None),
        (message("diagnosis.label.lock-place"), "shop.inventories", None),
        (message("diagnosis.label.lock-waiters"), None, None),
        (message("diagnosis.label.statement"), "select 1", None),
    )
    figures = (KeyValues(message("diagnosis.figures"), rows),)
    (line,) = told(finding(LOCK, evidence=figures))["metric"]
    items = dict(line.params)["items"]
    assert isinstance(items, tuple)
    assert [dict(one.params)["name"] for one in items] == [rows[0][0], rows[1][0]]  # type: ignore[union-attr]
    risk = finding(LOCK, evidence=figures, category=Category.RISK)
    assert told(risk)["metric"] == (risk.summary,)
    assert told(finding(LOCK))["metric"] == (said(LOCK),)
