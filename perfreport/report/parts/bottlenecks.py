"""Part two: what holds the system back, by rank, with the grounds for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullet, Bullets, Grid, Paragraph, Section, Style
from perfreport.model.finding import Category, KeyValues, Role, Severity, Table
from perfreport.model.message import Message, message
from perfreport.report._spec import Part, Story
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.document import Block
    from perfreport.model.finding import Evidence, Finding

_SERVER_KINDS = ("k6-", "unknown")


def _build(story: Story) -> Sequence[Block]:
    if any(_ranked(story)):
        return ()
    served = any(not ref.kind.startswith(_SERVER_KINDS) for ref in story.intake.sources)
    return (Paragraph((message(f"part.bottlenecks.{'none' if served else 'no-dumps'}"),)),)


def _ranked(story: Story) -> Iterator[tuple[Message, Finding]]:
    for test in story.tests:
        for finding in test.diagnosis.findings:
            if finding.category is not Category.VALIDITY and finding.role is not Role.SYMPTOM:
                yield name_of(test.grade), finding


def _sections(story: Story) -> Sequence[Section]:
    found = list(_ranked(story))
    built = []
    for severity in Severity:
        entries = [pair for pair in found if pair[1].severity is severity]
        entries.sort(key=lambda pair: (pair[1].rank or len(found), pair[1].rule))
        if entries:
            title = message(f"part.bottlenecks.{severity.value}")
            below = tuple(_finding(test, finding) for test, finding in entries)
            built.append(Section(f"{severity.value}", title, Style.NUMBERED, (), below))
    return tuple(built)


def _finding(test: Message, finding: Finding) -> Section:
    said = message("part.summary.of-test", said=finding.summary, test=test)
    blocks: list[Block] = [Paragraph((said,))]
    sections = [
        Section(f"{finding.rule} evidence {place}", _title(part), Style.LABEL, tuple(_shown(part)))
        for place, part in enumerate(finding.evidence)
    ]
    for name, items in (("whys", finding.whys), ("remedies", finding.remedies)):
        if items:
            bullets = Bullets(tuple(Bullet(item) for item in items), numbered=name == "whys")
            title = message(f"part.bottlenecks.{name}")
            sections.append(Section(f"{finding.rule} {name}", title, Style.LABEL, (bullets,)))
    sections += [
        Section(f"{finding.rule} check", check.title, Style.LABEL, (check,))
        for check in finding.checks
    ]
    if finding.priority is not None:
        word = message(f"priority.{finding.priority.value}")
        title = message("part.bottlenecks.priority")
        sections.append(
            Section(f"{finding.rule} priority", title, Style.LABEL, (Paragraph((word,)),))
        )
    return Section(finding.rule, finding.title, Style.PLAIN, tuple(blocks), tuple(sections))


def _title(part: Evidence) -> Message:
    return part.title


def _shown(part: Evidence) -> Iterator[Block]:
    if isinstance(part, Table):
        if part.rows:
            yield Grid(part.headings, part.rows)
    elif isinstance(part, KeyValues):
        headings = (message("column.what"), message("column.value"))
        if part.rows:
            yield Grid(headings, tuple((name, value) for name, value, _ in part.rows))
    else:
        yield part


PLUGIN = Part(
    "bottlenecks", None, 20, message("part.bottlenecks.title"), Style.PART, _build, _sections
)
