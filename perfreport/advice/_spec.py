"""What a remedy is: one module of `perfreport.advice.remedies`, its words in the catalogues.

A remedy names the findings whose cause it addresses and proposes a change for one of them. Its
title, risk, rollback and verification stand under `remedies.<id>`; only the change and its effect
carry figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perfreport.advice.situation import Situation
    from perfreport.model.advice import Effort, Horizon
    from perfreport.model.configuration import Setting
    from perfreport.model.finding import Command
    from perfreport.model.forecast import Change
    from perfreport.model.message import Message
    from perfreport.model.units import Unit


@dataclass(frozen=True, slots=True)
class Replace:
    """Give a setting that stands in a file another value, in base units."""

    setting: Setting
    value: float


@dataclass(frozen=True, slots=True)
class Insert:
    """Put a setting that no file has behind one of its block."""

    sibling: Setting
    name: str
    key: str  # its last part, in kebab case
    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class AddOption:
    """Give a JVM an option that the variable with its options does not hold yet."""

    path: str
    line: int
    variable: str
    name: str
    flag: str  # "-Xmx"
    value: float
    unit: Unit


Edit: TypeAlias = Replace | Insert | AddOption


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change for one finding, with what it would bring.

    `effect` is what the finding's own figures say; a forecast for `plan` says it better.
    """

    change: Message
    effect: Message
    edits: tuple[Edit, ...] = ()
    examples: tuple[Command, ...] = ()
    notes: tuple[Message, ...] = ()
    plan: tuple[Change, ...] = ()
    urgent: bool = True  # False: one priority below the finding's


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to address the causes it names."""

    id: str
    addresses: frozenset[str]
    horizon: Horizon
    effort: Effort
    propose: Callable[[Situation], Iterable[Proposal]]
