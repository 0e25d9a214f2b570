"""Annotations of GitHub Actions: workflow commands, to be printed by a step of the job.

GitHub shows ten annotations of each level per step and drops the others without a word, so the
last one says how many more there are.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from perfreport.errors import ExitCode
from perfreport.model.finding import Category, Role
from perfreport.model.grade import ValidityLevel, Verdict
from perfreport.model.message import Message, message
from perfreport.render._spec import Format
from perfreport.render.medium import PLAIN
from perfreport.report.phrases import name_of, phase_name, verdict_sentence, verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.grade import Grade
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

MOST = 10
LEVELS = ("error", "warning", "notice")
_OF_VERDICT = {
    Verdict.FAIL: "error",
    Verdict.INCONCLUSIVE: "error",
    Verdict.NO_DATA: "error",
    Verdict.WARNING: "warning",
}
_OF_VALIDITY = {ValidityLevel.INVALID: "error", ValidityLevel.QUESTIONABLE: "warning"}


def render(report: Report, catalogue: Catalogue) -> str:
    """Return one workflow command per line: the gate, doubts, causes, missed objectives."""
    words = catalogue.within(PLAIN)
    told: dict[str, list[str]] = defaultdict(list)
    for level, title, said in _annotations(report):
        line = f"::{level} title={_property(words.text(title))}::{_data(words.text(said))}"
        if line not in told[level]:
            told[level].append(line)
    lines = [line for level in LEVELS for line in _limited(words, level, told[level])]
    return "".join(f"{line}\n" for line in lines)


def _annotations(report: Report) -> Iterator[tuple[str, Message, Message]]:
    said = message("annotation.gate", verdict=verdict_word(report.verdict))
    yield _gate_level(report), message("annotation.title"), said
    for test in report.tests:
        yield from _of_test(test)


def _gate_level(report: Report) -> str:
    if report.exit_code is not ExitCode.PASSED:
        return "error"
    return "warning" if report.verdict is Verdict.WARNING else "notice"


def _of_test(test: TestAnalysis) -> Iterator[tuple[str, Message, Message]]:
    name = name_of(test.grade)
    for finding in test.validity.findings:
        level = _OF_VALIDITY.get(finding.validity) if finding.validity else None
        if finding.category is Category.VALIDITY and level is not None:
            yield level, message("annotation.of", test=name, what=finding.title), finding.summary
    for finding in test.diagnosis.findings:
        if finding.role is Role.CAUSE:
            level = _OF_VERDICT.get(test.grade.verdict, "notice")
            yield level, message("annotation.of", test=name, what=finding.title), finding.summary
    for place, grade in _grades(test):
        level = _OF_VERDICT.get(grade.verdict)
        if level is not None and grade.counts:
            title = name if place is None else message("annotation.of", test=name, what=place)
            yield level, title, verdict_sentence(grade)


def _grades(test: TestAnalysis) -> list[tuple[Message | None, Grade]]:
    """Return every grade with the stage it is of, the worst first."""
    grades: list[tuple[Message | None, Grade]] = [(None, one) for one in test.grade.grades]
    for stage in test.grade.stages:
        place = phase_name(test.phases, stage.phase)
        grades += [(place, grade) for grade in stage.grades]
    return sorted(grades, key=lambda pair: -pair[1].verdict.badness)


def _limited(words: Catalogue, level: str, lines: list[str]) -> list[str]:
    if len(lines) <= MOST:
        return lines
    more = message("annotation.more", more=len(lines) - MOST + 1)
    title = words.text(message("annotation.title"))
    return [*lines[: MOST - 1], f"::{level} title={_property(title)}::{_data(words.text(more))}"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


PLUGIN = Format(id="github-annotations", file_name="github-annotations.txt", render=render)
