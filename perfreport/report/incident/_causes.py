"""What the sections of the document share: causes by rank, and what mends them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.advice import Horizon
from perfreport.model.finding import Category, Role
from perfreport.model.grade import ValidityLevel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.advice import Recommendation
    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.finding import Finding
    from perfreport.report._spec import Story


@dataclass(frozen=True, slots=True)
class Incident:
    """A cause that a test brought out, with its symptoms and with what is recommended."""

    test: TestAnalysis
    cause: Finding
    symptoms: tuple[Finding, ...]

    def remedies(self, *horizons: Horizon) -> tuple[Recommendation, ...]:
        """Return what is recommended for the cause within some horizons."""
        return tuple(
            one
            for one in self.test.advice.recommendations
            if one.horizon in horizons
            and one.finding == self.cause.rule
            and one.subject in {None, self.cause.subject}
        )


def incidents(story: Story) -> list[Incident]:
    """Return every cause of every test that can be judged, the most urgent first."""
    found = [
        Incident(test, one, symptoms_of(test, one))
        for test in judged(story)
        for one in test.diagnosis.findings
        if one.category is Category.BOTTLENECK and one.role is Role.CAUSE
    ]
    return sorted(found, key=lambda one: (_urgency(one.cause), one.cause.rank or len(found)))


def symptoms_of(test: TestAnalysis, cause: Finding) -> tuple[Finding, ...]:
    """Return the symptoms that a cause explains."""
    return tuple(
        one
        for one in test.diagnosis.findings
        if one.role is Role.SYMPTOM and cause.rule in one.caused_by
    )


def unexplained(story: Story) -> Iterator[tuple[TestAnalysis, Finding]]:
    """Yield the symptoms of tests in which no cause was found."""
    for test in judged(story):
        if not any(one.role is Role.CAUSE for one in test.diagnosis.findings):
            for one in test.diagnosis.findings:
                if one.role is Role.SYMPTOM:
                    yield test, one


def judged(story: Story) -> tuple[TestAnalysis, ...]:
    """Return the tests that tell anything of the system."""
    return tuple(test for test in story.tests if test.validity.level is not ValidityLevel.INVALID)


def now(one: Incident) -> tuple[Recommendation, ...]:
    """Return what can be done at once: configuration or a hotfix."""
    return one.remedies(Horizon.SHORT)


def _urgency(cause: Finding) -> str:
    return cause.priority.value if cause.priority is not None else "P9"
