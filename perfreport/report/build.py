"""Put the report together: the gate's verdict, and the sections in their order."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from perfreport import __version__
from perfreport.grading import gate
from perfreport.model.campaign import PlannedTest
from perfreport.model.document import Section, Style
from perfreport.model.figure import Charts
from perfreport.model.grade import TestKind
from perfreport.model.message import message
from perfreport.model.report import Companion, Document, Report
from perfreport.registry import discover
from perfreport.report import incident, parts
from perfreport.report._spec import Part, Story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.grade import FailOn
    from perfreport.model.run import Intake


_KINDS = tuple(TestKind)
_COMPANIONS = {Companion.INCIDENT: (message("incident.title"), incident)}


def build(
    tests: Sequence[TestAnalysis],
    intake: Intake,
    fail_on: FailOn,
    charts: Charts = Charts.NONE,
    companions: Sequence[Companion] = (),
) -> Report:
    """Assemble the report; its verdict is the worst one of its tests.

    Tests stand in the order of their campaign, else in that in which they are usually planned:
    load, stress, peak, soak, then by id.
    """
    tests = sorted(tests, key=_order)
    verdict, exit_code = gate([test.grade for test in tests], fail_on)
    tool = f"perfreport {__version__}"
    story = Story(_told_apart(tests), intake, verdict, tool, charts)
    documents = tuple(
        Document(one, title, _sections(package, story))
        for one, (title, package) in _COMPANIONS.items()
        if one in companions
    )
    sections = _sections(parts, story)
    return Report(tool, verdict, exit_code, intake, tuple(tests), sections, charts, documents)


def _sections(package: ModuleType, story: Story) -> tuple[Section, ...]:
    known = sorted(discover(package, Part), key=lambda part: (part.order, part.id))
    return _numbered(_below(None, known, story))


def _order(test: TestAnalysis) -> tuple[int, int, str, str]:
    planned = test.run.one(PlannedTest)
    number = planned.number if planned else 0
    return number, _KINDS.index(test.grade.kind), test.grade.test_id, test.run.label


def _told_apart(tests: Sequence[TestAnalysis]) -> tuple[TestAnalysis, ...]:
    """Give tests that share an id the name of their folder or file as well."""
    ids = Counter(test.grade.test_id for test in tests)
    shared = posixpath.commonpath([f"./{test.run.label}" for test in tests]) if tests else ""
    return tuple(
        replace(test, grade=replace(test.grade, test_id=_labelled(test, shared)))
        if ids[test.grade.test_id] > 1
        else test
        for test in tests
    )


def _labelled(test: TestAnalysis, shared: str) -> str:
    label = posixpath.relpath(f"./{test.run.label}", shared)
    return f"{test.grade.test_id}, {test.run.label if label == '.' else label}"


def _below(parent: str | None, known: Sequence[Part], story: Story) -> tuple[Section, ...]:
    built = []
    for part in known:
        if part.parent != parent:
            continue
        blocks = tuple(part.build(story))
        sections = (*part.sections(story), *_below(part.id, known, story))
        if blocks or sections:
            built.append(Section(part.id, part.title, part.style, blocks, sections))
    return tuple(built)


def _numbered(sections: Sequence[Section], above: str = "") -> tuple[Section, ...]:
    """Number parts and numbered sections in their order: 1, 1.1, 1.2.1."""
    count = 0
    numbered = []
    for section in sections:
        number = None
        if section.style in {Style.PART, Style.NUMBERED}:
            count += 1
            number = f"{above}{count}"
        below = _numbered(section.sections, f"{number}." if number else above)
        numbered.append(replace(section, number=number, sections=below))
    return tuple(numbered)
