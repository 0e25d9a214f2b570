"""The report: format-neutral, language-neutral, the single source of every rendered number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from perfreport.model.figure import Charts
from perfreport.model.message import Message, message

if TYPE_CHECKING:
    from perfreport.errors import ExitCode
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Section
    from perfreport.model.grade import Verdict
    from perfreport.model.run import Intake

# 1: first version.
FORMAT_VERSION = 1
_TITLE = message("report.title")


class Companion(StrEnum):
    """A document that stands beside the report, on request; its value names its file."""

    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Document:
    """A companion of the report: its title and its sections."""

    id: Companion
    title: Message
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a renderer may show.

    `tests` are the analysed tests for formats that machines read; `sections` is the same for
    formats that people read: what is shown, in which order, in which words. `charts` says how
    its figures are shown; with `none` it holds none. `companions` are documents of their own.
    """

    tool: str
    verdict: Verdict
    exit_code: ExitCode
    intake: Intake
    tests: tuple[TestAnalysis, ...]
    sections: tuple[Section, ...] = ()
    charts: Charts = Charts.NONE
    companions: tuple[Document, ...] = ()
    title: Message = _TITLE

    def page(self, companion: Document) -> Report:
        """Return a companion in the place of the report, for a format to render."""
        return replace(self, title=companion.title, sections=companion.sections, companions=())

    def find(self, section_id: str) -> Section | None:
        """Return the first section with an id."""
        for section in self.sections:
            if found := section.find(section_id):
                return found
        return None

    @property
    def chapters(self) -> tuple[tuple[TestAnalysis, Section], ...]:
        """Every test with its chapter."""
        tests = self.find("tests")
        return tuple(zip(self.tests, tests.sections, strict=True)) if tests is not None else ()
