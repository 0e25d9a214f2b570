"""Small evidence blocks that validity rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.model.finding import Category, Finding, KeyValues, Severity
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from perfreport.model.source import Provenance

if TYPE_CHECKING:
    from perfreport.model.finding import Cell, Evidence
    from perfreport.model.load import LoadSamples
    from perfreport.model.message import Message
    from perfreport.model.source import Fact

SEVERITY = {
    ValidityLevel.VALID: Severity.LOW,
    ValidityLevel.QUESTIONABLE: Severity.MEDIUM,
    ValidityLevel.INVALID: Severity.HIGH,
}


def doubt(
    rule: str,
    level: ValidityLevel,
    *,
    title: Message,
    summary: Message,
    effect: Message,
    evidence: tuple[Evidence, ...] = (),
    remedies: tuple[Message, ...] = (),
) -> Finding:
    """Build a validity finding; its severity follows from what it does to the verdict."""
    return Finding(
        rule=rule,
        category=Category.VALIDITY,
        severity=SEVERITY[level],
        summary=summary,
        title=title,
        evidence=evidence,
        validity=level,
        effect=effect,
        remedies=remedies,
    )


def figures(*rows: tuple[Message, Cell, Provenance | None]) -> KeyValues:
    """Build the block of the figures that a finding rests on."""
    return KeyValues(message("validity.figures"), rows)


def within(
    samples: LoadSamples, start_ns: int | None = None, end_ns: int | None = None
) -> Provenance:
    """Point at a window of the samples."""
    return Provenance(samples.source.path, start_ns=start_ns, end_ns=end_ns)


def line_of(fact: Fact, line: int | None = None) -> Provenance:
    """Point at a line of a file."""
    return Provenance(fact.source.path, line=line)
