"""JUnit XML for CI: a suite per test, a case per objective and per validity finding.

FAIL is a failure, what can't be judged is an error, a missing measurement that does not count is
skipped; a WARNING passes and says so in its output.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from perfreport.model.finding import Category
from perfreport.model.grade import ValidityLevel, Verdict
from perfreport.model.message import message
from perfreport.model.units import Quantity
from perfreport.redaction import redacted
from perfreport.render._spec import Format

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Finding
    from perfreport.model.grade import Grade
    from perfreport.model.message import Message
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

# XML 1.0 has no way to write these, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, catalogue: Catalogue) -> str:
    """Return the report as JUnit XML."""
    suites = ET.Element("testsuites", name="perfreport")
    for test in report.tests:
        _suite(suites, test, catalogue)
    for count in ("tests", "failures", "errors", "skipped"):
        suites.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _suite(parent: ET.Element, test: TestAnalysis, catalogue: Catalogue) -> None:
    suite = ET.SubElement(parent, "testsuite", name=_clean(test.grade.test_id))
    for grade in (*test.grade.grades, *(g for stage in test.grade.stages for g in stage.grades)):
        _grade_case(suite, test, grade, catalogue)
    for finding in test.validity.findings:
        if finding.category is Category.VALIDITY:
            _finding_case(suite, test, finding, catalogue)
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{test.measurements.seconds:.3f}")


def _grade_case(suite: ET.Element, test: TestAnalysis, grade: Grade, catalogue: Catalogue) -> None:
    case = _case(suite, test, grade.objective.id)
    told = catalogue.text(_sentence(grade))
    match grade.verdict:
        case Verdict.FAIL:
            ET.SubElement(case, "failure", message=_clean(told), type=grade.verdict.value)
        case Verdict.NO_DATA if not grade.counts:
            ET.SubElement(case, "skipped", message=_clean(told))
        case Verdict.NO_DATA | Verdict.INCONCLUSIVE:
            ET.SubElement(case, "error", message=_clean(told), type=grade.verdict.value)
        case Verdict.PASS | Verdict.WARNING:
            ET.SubElement(case, "system-out").text = _clean(f"{grade.verdict.value}: {told}")


def _sentence(grade: Grade) -> Message:
    measured = grade.measurement
    if measured is None or measured.value is None:
        return message("junit.no-data", target=grade.objective.target_text)
    return message(
        "junit.measured",
        target=grade.objective.target_text,
        actual=Quantity(measured.value, grade.objective.unit),
        n=measured.n,
    )


def _finding_case(
    suite: ET.Element, test: TestAnalysis, finding: Finding, catalogue: Catalogue
) -> None:
    case = _case(suite, test, finding.rule, group="validity")
    told = catalogue.text(finding.summary)
    if finding.validity is ValidityLevel.INVALID:
        ET.SubElement(case, "error", message=_clean(told), type="invalid")
    else:
        ET.SubElement(case, "system-out").text = _clean(told)


def _case(
    suite: ET.Element, test: TestAnalysis, name: str, group: str = "objectives"
) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", classname=_clean(f"{test.grade.test_id}.{group}"), name=_clean(name)
    )


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", redacted(text))


PLUGIN = Format(id="junit", file_name="junit.xml", render=render)
