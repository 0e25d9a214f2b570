"""What a rule found: numbers, message keys and evidence; no prose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from perfreport.model.grade import ValidityLevel
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance
    from perfreport.model.units import Quantity


class Category(StrEnum):
    """What a finding speaks of."""

    BOTTLENECK = "bottleneck"
    VALIDITY = "validity"
    RISK = "risk"


class Severity(StrEnum):
    """How bad, by the criteria in the README."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Priority(StrEnum):
    """When to act."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"


class Role(StrEnum):
    """A cause explains; a symptom is explained."""

    CAUSE = "cause"
    SYMPTOM = "symptom"


Cell: TypeAlias = "Message | Quantity | str | int | float | None"


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Named figures: (what, value, where to look it up)."""

    title: Message
    rows: tuple[tuple[Message, Cell, Provenance | None], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; every row has as many cells as there are headings."""

    title: Message
    headings: tuple[Message, ...]
    rows: tuple[tuple[Cell, ...], ...]
    provenance: tuple[Provenance, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Raw lines of a source: hostile text, escaped by the renderer."""

    title: Message
    language: str
    lines: tuple[str, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Command:
    """How to check it: a command of our own, printed in a code block."""

    title: Message
    language: str  # "bash", "sql", "yaml"
    text: str


Evidence: TypeAlias = KeyValues | Table | Excerpt | Command


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule.

    `summary` is one sentence: conclusion first, with its number. `effect` of a validity finding
    says what it means for the verdict. `caused_by` and `whys` are filled by the causal graph.
    """

    rule: str
    category: Category
    severity: Severity
    summary: Message
    title: Message
    evidence: tuple[Evidence, ...] = ()
    role: Role | None = None
    priority: Priority | None = None
    confidence: float = 1.0
    impact: float = 0.0  # share of the excess explained, 0-1; ranks the causes
    onset_ns: int | None = None
    subject: str | None = None  # pool, topic, endpoint …: hostile text
    validity: ValidityLevel | None = None  # effect of a validity finding
    effect: Message | None = None
    remedies: tuple[Message, ...] = ()
    checks: tuple[Command, ...] = ()  # how to verify it
    rank: int | None = None
    caused_by: tuple[str, ...] = ()
    whys: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that lacked facts: what it needs, and how to get it."""

    rule: str
    needs: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class RuleError:
    """A rule that raised: a fault of ours, shown, never hidden."""

    rule: str
    error: str
