"""Targets and how the run did against them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.measurement import Measurement, Selector
    from perfreport.model.message import Message
    from perfreport.model.units import Unit


class Verdict(StrEnum):
    """What a target says of a measured value. `badness` orders them."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    WARNING = "WARNING"  # past the target, inside the margin
    FAIL = "FAIL"
    NO_DATA = "NO_DATA"  # nothing matched
    INCONCLUSIVE = "INCONCLUSIVE"  # too few samples, or the run is not valid

    @property
    def badness(self) -> int:
        """Higher is worse; a proven failure is worse than not knowing."""
        return _BADNESS[self]


_BADNESS = {
    Verdict.PASS: 0,
    Verdict.WARNING: 1,
    Verdict.NO_DATA: 2,
    Verdict.INCONCLUSIVE: 3,
    Verdict.FAIL: 4,
}


class TestKind(StrEnum):
    """What a test is for; decides which phase is graded."""

    __test__ = False

    LOAD = "load"
    STRESS = "stress"
    PEAK = "peak"
    SOAK = "soak"


class OnMissing(StrEnum):
    """What NO_DATA or too few samples do to the test's verdict: the only way to relax it."""

    FAIL = "fail"  # counts: the gate can't be judged
    WARN = "warn"  # counts as a warning
    SKIP = "skip"  # visible, does not count


class Operator(StrEnum):
    """k6's comparison operators."""

    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    EQ = "=="
    NE = "!="


@dataclass(frozen=True, slots=True)
class Bound:
    """`actual OPERATOR limit`, the limit in base units."""

    operator: Operator
    limit: float
    text: str  # as the user wrote it: "< 500ms"


@dataclass(frozen=True, slots=True)
class Objective:
    """One target. All `target` bounds must hold (a range has two).

    `origin`: "script" for thresholds imported from k6, else "thresholds". No `target` at all: the
    script has one that no file tells. `collapse`: past it a failed stage has collapsed.
    """

    id: str  # unique in its test, stable: "http_req_duration p(99) plateau"
    selector: Selector
    unit: Unit
    target: tuple[Bound, ...]
    warning: tuple[Bound, ...] = ()
    collapse: tuple[Bound, ...] = ()
    on_missing: OnMissing = OnMissing.FAIL
    title: Message | None = None
    origin: str = "thresholds"
    place: str | None = None  # file:line of the YAML
    script_verdict: bool | None = None  # k6's own verdict of the same threshold

    @property
    def target_text(self) -> str:
        """The target as written."""
        return ", ".join(dict.fromkeys(bound.text for bound in self.target))


@dataclass(frozen=True, slots=True)
class Grade:
    """A target held against a measured value.

    `margin`: how far inside (positive) or past (negative) the target, in the value's unit.
    `borderline`: the confidence interval straddles the target.
    `counts`: whether it weighs on the test's verdict (False: NO_DATA with `on_missing: skip`).
    """

    objective: Objective
    measurement: Measurement | None
    verdict: Verdict
    margin: float | None = None
    borderline: bool = False
    counts: bool = True
    reason: Message | None = None
    script_verdict: bool | None = None  # k6's own verdict of the same threshold


class StageLevel(IntEnum):
    """How a stress stage went; each language has its own word for each level."""

    NORMAL = 0
    WARNING = 1
    FAILED = 2
    COLLAPSED = 3  # far past the target: the system no longer serves


@dataclass(frozen=True, slots=True)
class StageGrade:
    """One row of the stage table."""

    phase: str
    level: StageLevel | None  # None: not judged (not reached, or no data)
    verdict: Verdict
    grades: tuple[Grade, ...]
    throughput_target: tuple[Bound, ...] = ()
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class BreakingPoint:
    """Where a stress test broke; `phase` None: it never did within the tested load."""

    last_good: str | None
    phase: str | None
    objective: str | None  # id of the objective that broke first


class ValidityLevel(StrEnum):
    """Can this run be judged at all?"""

    VALID = "valid"
    QUESTIONABLE = "questionable"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class TestGrade:
    """The graded test: every grade, the stage table, the verdict and why."""

    __test__ = False

    test_id: str
    kind: TestKind
    title: Message | None
    verdict: Verdict
    grades: tuple[Grade, ...]
    stages: tuple[StageGrade, ...] = ()
    breaking_point: BreakingPoint | None = None
    reasons: tuple[Message, ...] = ()
    thresholds_path: str | None = None
    thresholds_sha256: str | None = None


class FailOn(StrEnum):
    """The worst verdict that still lets the gate pass stands just below this one."""

    FAIL = "fail"
    WARNING = "warning"
