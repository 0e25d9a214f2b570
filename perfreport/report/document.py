"""`report.json`: the Report as plain JSON values, the public contract of the program.

Keys are stable and only ever added to (see FORMAT_VERSION and report.schema.json).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Command, Excerpt, KeyValues, Table
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.report import FORMAT_VERSION
from perfreport.report._resource_document import resources
from perfreport.report._section_document import section_document
from perfreport.report.outlooks import forecasts, refusals
from perfreport.report.phrases import every_grade, thresholds_name
from perfreport.report.plain import Object, by_field, instant, number, plain, tags, words

if TYPE_CHECKING:
    from perfreport.model.advice import Recommendation
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Evidence, Finding
    from perfreport.model.grade import Grade
    from perfreport.model.measurement import LoadSlice, Measurement
    from perfreport.model.phase import Phase
    from perfreport.model.report import Report
    from perfreport.model.source import Problem, SourceRef


def document(report: Report) -> Object:
    """Return the whole report as JSON values, keys in the order a reader wants them."""
    return {
        "format": FORMAT_VERSION,
        "tool": report.tool,
        "verdict": report.verdict.value,
        "exit_code": int(report.exit_code),
        "sources": [_source(ref) for ref in report.intake.sources],
        "problems": [_problem(entry) for entry in report.intake.problems],
        "tests": [_test(test) for test in report.tests],
        "forecasts": forecasts([one for test in report.tests for one in test.outlooks]),
        "refusals": refusals([one for test in report.tests for one in test.outlooks]),
        "recommendations": [
            _recommendation(test, entry)
            for test in report.tests
            for entry in test.advice.recommendations
        ],
        "sections": [section_document(section) for section in report.sections],
        "companions": [
            {
                "id": one.id.value,
                "title": words(one.title),
                "sections": [section_document(section) for section in one.sections],
            }
            for one in report.companions
        ],
    }


def _source(ref: SourceRef) -> Object:
    return {
        "path": ref.path,
        "kind": ref.kind,
        "dialect": ref.dialect,
        "records": ref.records,
        "skipped": ref.skipped,
        "start": instant(ref.start_ns),
        "end": instant(ref.end_ns),
        "clock": ref.clock.kind.value,
        "clock_offset": ref.clock.offset_ns / 1e9,
        "notes": [words(note) for note in ref.notes],
        "sha256": ref.sha256,
    }


def _problem(entry: Problem) -> Object:
    return {
        "path": entry.path,
        "line": entry.line,
        "count": entry.count,
        "message": words(entry.message),
    }


def _test(test: TestAnalysis) -> Object:
    graded, measured = test.grade, test.measurements
    breaking = graded.breaking_point
    return {
        "id": graded.test_id,
        "kind": graded.kind.value,
        "title": plain(graded.title),
        "label": test.run.label,
        "verdict": graded.verdict.value,
        "validity": test.validity.level.value,
        "reasons": [words(reason) for reason in graded.reasons],
        "thresholds": {"path": _from(graded.thresholds_path), "sha256": graded.thresholds_sha256},
        "sources": [ref.path for ref in test.run.sources],
        "problems": [_problem(entry) for entry in test.run.problems],
        "window": {
            "start": instant(test.phases.start_ns),
            "end": instant(test.phases.end_ns),
            "seconds": number(measured.seconds),
            "estimated": measured.seconds_estimated,
        },
        "metrics": [_metric(entry) for entry in measured.metrics],
        "phases": [_phase(test, phase) for phase in test.phases.phases],
        "breaking_point": by_field(breaking) if breaking else None,
        "grades": [_grade(entry) for entry in every_grade(test)],
        "stages": [
            {
                "phase": stage.phase,
                "level": None if stage.level is None else stage.level.name.lower(),
                "verdict": stage.verdict.value,
                "throughput_target": [bound.text for bound in stage.throughput_target],
            }
            for stage in graded.stages
        ],
        "slices": [_slice(part) for part in measured.slices],
        "scenarios": [by_field(row) for row in measured.scenarios],
        "errors": [by_field(row) for row in measured.errors],
        "statuses": [by_field(row) for row in measured.statuses],
        "checks": [by_field(row) for row in measured.checks],
        "signals": [{**by_field(row), "labels": tags(row.labels)} for row in measured.signals],
        "resources": resources(test),
        "findings": [_finding(entry) for entry in test.diagnosis.findings],
        "not_evaluated": [by_field(entry) for entry in test.diagnosis.not_evaluated],
        "rule_errors": [by_field(entry) for entry in test.diagnosis.errors],
    }


def _metric(entry: Measurement) -> Object:
    return {
        "metric": entry.selector.metric,
        "where": tags(entry.selector.where),
        "phase": entry.selector.phase,
        "stat": entry.selector.stat,
        "value": number(entry.value),
        "unit": entry.unit.value,
        "n": entry.n,
        "estimated": entry.estimated,
    }


def _phase(test: TestAnalysis, phase: Phase) -> Object:
    part = test.measurements.slice_of(phase.name)
    return {
        "name": phase.name,
        "kind": phase.kind.value,
        "title": words(phase.title),
        "start": instant(phase.start_ns),
        "end": instant(phase.end_ns),
        "seconds": number(phase.seconds),
        "reached": phase.reached,
        "origin": phase.origin.value,
        "level": number(phase.level),
        "level_unit": None if phase.unit is None else phase.unit.value,
        "vus_max": number(part.vus_max) if part else None,
        "requests": part.requests if part else 0,
        "throughput": number(part.throughput) if part else None,
        "request_rate": number(part.request_rate) if part else None,
        "error_rate": number(part.error_rate) if part else None,
        "p95": number(part.latency.p95) if part else None,
        "p99": number(part.latency.p99) if part else None,
        "verdict": _phase_verdict(test, phase),
    }


def _phase_verdict(test: TestAnalysis, phase: Phase) -> str | None:
    """The stage's verdict, else the worst of the grades that look at exactly this phase."""
    for stage in test.grade.stages:
        if stage.phase == phase.name:
            return stage.verdict.value
    verdicts = [
        grade.verdict
        for grade in test.grade.grades
        if grade.counts
        and grade.objective.selector.phase != WHOLE_RUN
        and test.phases.matching(grade.objective.selector.phase) == (phase,)
    ]
    return max(verdicts, key=lambda verdict: verdict.badness).value if verdicts else None


def _grade(entry: Grade) -> Object:
    objective, measured = entry.objective, entry.measurement
    selector = measured.selector if measured else objective.selector
    interval = measured.interval if measured else None
    return {
        "objective": objective.id,
        "metric": selector.metric,
        "stat": selector.stat,
        "where": tags(selector.where),
        "phase": selector.phase,
        "target": objective.target_text,
        "warning": ", ".join(bound.text for bound in objective.warning) or None,
        "actual": number(measured.value) if measured else None,
        "unit": objective.unit.value,
        "verdict": entry.verdict.value,
        "n": measured.n if measured else 0,
        "interval": None if interval is None else [number(end) for end in interval],
        "margin": number(entry.margin),
        "borderline": entry.borderline,
        "counts": entry.counts,
        "estimated": bool(measured and measured.estimated),
        "on_missing": objective.on_missing.value,
        "origin": objective.origin,
        "place": _from(objective.place),
        "script_verdict": entry.script_verdict,
        "reason": None if entry.reason is None else words(entry.reason),
    }


def _from(place: str | None) -> str | None:
    """Name a place in a thresholds file; of a built-in one without where it is installed."""
    return None if place is None else thresholds_name(place)


def _slice(part: LoadSlice) -> Object:
    return {**by_field(part), "error_rate": number(part.error_rate)}


def _finding(entry: Finding) -> Object:
    return {
        "rule": entry.rule,
        "category": entry.category.value,
        "severity": entry.severity.value,
        "priority": plain(entry.priority),
        "rank": entry.rank,
        "role": plain(entry.role),
        "caused_by": list(entry.caused_by),
        "confidence": number(entry.confidence),
        "impact": number(entry.impact),
        "onset": instant(entry.onset_ns),
        "subject": entry.subject,
        "validity": plain(entry.validity),
        "title": words(entry.title),
        "summary": words(entry.summary),
        "effect": None if entry.effect is None else words(entry.effect),
        "whys": [words(why) for why in entry.whys],
        "remedies": [words(remedy) for remedy in entry.remedies],
        "evidence": [_evidence(block) for block in entry.evidence],
        "checks": [_evidence(block) for block in entry.checks],
    }


def _recommendation(test: TestAnalysis, entry: Recommendation) -> Object:
    return {
        "test": test.grade.test_id,
        **by_field(entry),
        "examples": [_evidence(block) for block in entry.examples],
    }


_EVIDENCE_TYPES = {
    KeyValues: "key-values",
    Table: "table",
    Excerpt: "excerpt",
    Command: "command",
}


def _evidence(block: Evidence) -> Object:
    return {"type": _EVIDENCE_TYPES[type(block)], **by_field(block)}
