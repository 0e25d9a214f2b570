"""Today's configuration: the settings that bear on performance, and where each one stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.source import Fact

if TYPE_CHECKING:
    from perfreport.model.units import Unit

SettingValue: TypeAlias = float | str | bool


class SettingOrigin(StrEnum):
    """What kind of file holds a setting."""

    APPLICATION = "application"
    COMPOSE = "compose"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting with a canonical name ("hikaricp.connections.max"), in base units.

    `key` is what the file calls it, `line` where it stands. `service` is the compose service,
    `profile` the Spring profile the value belongs to. `variable` is the environment variable a
    placeholder took or would take the value from. Secrets never become settings.
    """

    name: str
    value: SettingValue
    unit: Unit
    key: str
    path: str
    line: int
    origin: SettingOrigin
    written: str  # the value as the file writes it
    profile: str | None = None
    service: str | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class AppConfig(Fact):
    """`application.yml` or `.properties` of a Spring Boot application.

    `lines` are the lines of the file with their ends, to be quoted in a diff; None stands for a
    line that holds a secret or can't be quoted. Empty where the file is not plain text.
    """

    settings: tuple[Setting, ...]
    active_profiles: tuple[str, ...] = ()
    lines: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a compose file.

    `jvm_options` are the variables that hold options of a JVM, each with its line; what they hold
    beyond known settings may be a secret and is not kept.
    """

    name: str
    image: str
    replicas: int
    settings: tuple[Setting, ...]
    variables: tuple[tuple[str, str, int], ...] = ()
    jvm_options: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ComposeConfig(Fact):
    """A compose file: containers, their limits, JVM options and server flags.

    `lines` are as in `AppConfig`.
    """

    services: tuple[Service, ...]
    lines: tuple[str | None, ...] = ()

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Settings of all services."""
        return tuple(setting for service in self.services for setting in service.settings)


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure a person measured (message loss, duplicates), with its source."""

    name: str
    value: float
    unit: Unit
    said_by: str
    line: int


@dataclass(frozen=True, slots=True)
class Observations(Fact):
    """A small YAML of facts that no dump holds."""

    observations: tuple[Observation, ...]
