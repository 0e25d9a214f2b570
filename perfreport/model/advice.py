"""What to change: recommendations in three horizons, each bound to the cause it addresses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfreport.model.finding import Command, Priority, RuleError
    from perfreport.model.forecast import Change
    from perfreport.model.message import Message


class Horizon(StrEnum):
    """How soon a change can be in force."""

    SHORT = "short"  # configuration or a hotfix
    MID = "mid"  # queries, indexes, transactions, caches
    LONG = "long"  # architecture


class Effort(StrEnum):
    """What a change costs until it runs in production."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting, as the file writes it, before and after.

    `name` is canonical ("hikaricp.connections.max"), `value` in base units. `old` is None where
    the setting is new to the file; `line` is then the line it is put behind.
    """

    name: str
    value: float
    path: str
    line: int
    key: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One change that addresses one finding.

    `plan` is the change as a forecast takes it, empty where none can tell what it brings. `diff`
    is a unified diff against the user's own file, for `git apply` in the folder that was
    analysed; None where nothing in the given files can be changed. `notes` say what bounded the
    change.
    """

    remedy: str
    horizon: Horizon
    priority: Priority
    finding: str
    subject: str | None
    title: Message
    change: Message
    effect: Message
    risk: Message
    rollback: Message
    verification: Message
    effort: Effort
    changes: tuple[SettingChange, ...] = ()
    diff: str | None = None
    examples: tuple[Command, ...] = ()
    notes: tuple[Message, ...] = ()
    plan: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Futile:
    """A change that suggests itself and would not help, with the reason."""

    finding: str
    said: Message


@dataclass(frozen=True, slots=True)
class FilePatch:
    """All short-term changes of one file in one diff."""

    path: str
    diff: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Recommendations in the order of their horizon and priority; `errors` are faults of ours."""

    recommendations: tuple[Recommendation, ...] = ()
    futile: tuple[Futile, ...] = ()
    patches: tuple[FilePatch, ...] = ()
    errors: tuple[RuleError, ...] = ()
