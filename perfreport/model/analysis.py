"""One test after all stages: what the report is built from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from perfreport.model.advice import Advice
from perfreport.model.forecast import Ladder

if TYPE_CHECKING:
    from perfreport.model.finding import Finding, NotEvaluated, RuleError
    from perfreport.model.forecast import Outlook
    from perfreport.model.grade import Objective, TestGrade, TestKind
    from perfreport.model.measurement import Measurements
    from perfreport.model.message import Message
    from perfreport.model.phase import Phases
    from perfreport.model.run import TestRun
    from perfreport.model.validity import Validity


@dataclass(frozen=True, slots=True)
class StageTarget:
    """A row of `stages` in the thresholds: a planned stage, with what it should reach.

    Where `seconds` is given the rows cut the run; otherwise they are matched in order (by `vus`
    where given) to the stages found in the plan or the shape of the load.
    """

    name: str
    title: Message | None
    kind: str | None
    vus: float | None
    seconds: float | None
    throughput: tuple[float | None, float | None] | None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class TestSpec:
    """What a run is graded against: thresholds found by id, then by kind, plus the script's own."""

    __test__ = False

    test_id: str
    kind: TestKind
    title: Message | None
    objectives: tuple[Objective, ...]
    stages: tuple[StageTarget, ...] = ()
    thresholds_path: str | None = None
    thresholds_sha256: str | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Findings by rank, what could not be looked at, and what failed in us."""

    findings: tuple[Finding, ...] = ()
    not_evaluated: tuple[NotEvaluated, ...] = ()
    errors: tuple[RuleError, ...] = ()


@dataclass(frozen=True, slots=True)
class TestAnalysis:
    """Everything known of one test."""

    __test__ = False

    run: TestRun
    spec: TestSpec
    phases: Phases
    measurements: Measurements
    validity: Validity
    grade: TestGrade
    diagnosis: Diagnosis
    outlooks: tuple[Outlook, ...] = ()  # what the changes that suggest themselves would bring
    advice: Advice = field(default_factory=Advice)
    ladder: Ladder = field(default_factory=Ladder)
