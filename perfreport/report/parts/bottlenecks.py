"""Part two: what holds the system back, by rank over all tests, with the grounds for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.document import Bullets, Grid, Paragraph, Section, Style
from perfreport.model.finding import Category, KeyValues, Role, Severity, Table
from perfreport.model.message import Message, message
from perfreport.report._spec import Part, Story
from perfreport.report.parts._grounds import grounds, priority, remedies, whys
from perfreport.report.phrases import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.analysis import TestAnalysis
    from perfreport.model.document import Block
    from perfreport.model.finding import Evidence, Finding

_SERVER_KINDS = ("k6-", "unknown")
_SEVERITIES = tuple(Severity)


def _build(story: Story) -> Sequence[Block]:
    if _ranked(story):
        return ()
    served = any(not ref.kind.startswith(_SERVER_KINDS) for ref in story.intake.sources)
    return (Paragraph((message(f"part.bottlenecks.{'none' if served else 'no-dumps'}"),)),)


def _ranked(story: Story) -> list[tuple[TestAnalysis, Finding]]:
    """Causes and risks of all tests: the gravest first, then what explains most."""
    found = [
        (test, finding)
        for test in story.tests
        for finding in test.diagnosis.findings
        if finding.category is not Category.VALIDITY and finding.role is not Role.SYMPTOM
    ]
    return sorted(found, key=lambda pair: _order(pair[1]))


def _order(finding: Finding) -> tuple[int, bool, float, str]:
    risk = finding.category is Category.RISK
    weight = finding.impact * finding.confidence
    return _SEVERITIES.index(finding.severity), risk, -weight, finding.rule


def _sections(story: Story) -> Sequence[Section]:
    several = len(story.tests) > 1
    numbered = list(enumerate(_ranked(story), start=1))
    built = []
    for severity in Severity:
        below = tuple(
            _section(number, test, finding, several=several)
            for number, (test, finding) in numbered
            if finding.severity is severity
        )
        if below:
            title = message(f"part.bottlenecks.{severity.value}")
            built.append(Section(severity.value, title, Style.NUMBERED, (), below))
    return tuple(built)


def _section(number: int, test: TestAnalysis, finding: Finding, *, several: bool) -> Section:
    kind = "risk" if finding.category is Category.RISK else "bottleneck"
    title = message(f"part.bottlenecks.{kind}", number=number, title=finding.title)
    if several:
        title = message("part.bottlenecks.of-test", said=title, test=name_of(test.grade))
    parts: list[tuple[str, Message, tuple[Block, ...]]] = [
        ("grounds", message("part.bottlenecks.grounds"), (Bullets(tuple(grounds(test, finding))),))
    ]
    # The figures and commands of a cause stand in its test's chapter; a risk has no place there.
    for place, one in enumerate(finding.evidence):
        if kind == "risk" or not isinstance(one, KeyValues):
            parts.append((f"evidence {place}", one.title, tuple(_shown(one))))
    if kind == "risk":
        parts += [("check", check.title, (check,)) for check in finding.checks]
    for name, items in (("whys", whys(finding)), ("remedies", remedies(test, finding))):
        bullets = Bullets(tuple(items), numbered=name == "whys")
        parts.append((name, message(f"part.bottlenecks.{name}"), (bullets,)))
    said = priority(finding)
    if said is not None:
        parts.append(("priority", message("part.bottlenecks.priority"), (Paragraph((said,)),)))
    sections = tuple(
        Section(f"{finding.rule} {name}", title, Style.LABEL, blocks)
        for name, title, blocks in parts
        if any(not isinstance(block, Bullets) or block.items for block in blocks)
    )
    return Section(finding.rule, title, Style.PLAIN, (), sections)


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
