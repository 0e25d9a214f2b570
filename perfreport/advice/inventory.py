"""Which settings are in force, in which file each stands, and what the containers allow."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perfreport.model.campaign import PlannedTest
from perfreport.model.configuration import AppConfig, ComposeConfig, Setting, SettingOrigin
from perfreport.model.database import GlobalVariables
from perfreport.settings.catalogue import known_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.configuration import Service
    from perfreport.model.run import TestRun

_PROFILE_FILE = re.compile(r"(?:application|bootstrap)-([\w-]+)\.(?:ya?ml|properties)$")
_MYSQL_DEFAULT = 151.0
_APP_SETTINGS = ("jvm.", "hikaricp.", "tomcat.", "spring.", "kafka.consumer.", "kafka.listener.")


@dataclass(frozen=True, slots=True)
class Inventory:
    """The configuration of one run.

    `settings` are those in force by canonical name; `lines` the quotable lines of every file.
    """

    settings: tuple[tuple[str, Setting], ...]
    lines: tuple[tuple[str, tuple[str | None, ...]], ...]
    composed: tuple[tuple[str, Service], ...]  # each service with its file
    server_connections: float | None  # what the database itself said
    planned_replicas: int | None = None

    @classmethod
    def of(cls, run: TestRun) -> Inventory:
        """Read the configuration facts of a run."""
        composes = run.of(ComposeConfig)
        composed = tuple(
            (compose.source.path, service) for compose in composes for service in compose.services
        )
        services = tuple(service for _, service in composed)
        ranked: dict[str, tuple[int, Setting]] = {}
        for rank, setting in _ranked(run, services):
            known = ranked.get(setting.name)
            if known is None or rank >= known[0]:
                ranked[setting.name] = (rank, setting)
        files: tuple[AppConfig | ComposeConfig, ...] = (*run.of(AppConfig), *composes)
        return cls(
            tuple((name, setting) for name, (_, setting) in sorted(ranked.items())),
            tuple((file.source.path, file.lines) for file in files if file.lines),
            composed,
            _server_connections(run),
            planned.replicas if (planned := run.one(PlannedTest)) else None,
        )

    @property
    def services(self) -> tuple[Service, ...]:
        """All services of all compose files."""
        return tuple(service for _, service in self.composed)

    def setting(self, name: str) -> Setting | None:
        """Return the setting in force."""
        return dict(self.settings).get(name)

    def value(self, name: str) -> float | None:
        """Return a number in base units: as set, else the framework's default, else None."""
        setting = self.setting(name)
        found = setting.value if setting is not None else _default(name)
        if isinstance(found, bool) or not isinstance(found, int | float):
            return None
        return float(found)

    def written(self, name: str) -> float | None:
        """Return a number in base units where a given file sets it."""
        return self.value(name) if self.setting(name) is not None else None

    @property
    def replicas(self) -> int:
        """How many application containers there are; the campaign knows best."""
        if self.planned_replicas is not None:
            return self.planned_replicas
        counts = [one.replicas for one in self.services if _is_application(one)]
        return max(1, sum(counts))

    @property
    def connections_max(self) -> tuple[float, bool]:
        """What the database accepts, and whether that is known or MySQL's default."""
        written = self.written("mysql.connections.max")
        known = [one for one in (written, self.server_connections) if one is not None]
        return (min(known), True) if known else (_MYSQL_DEFAULT, False)

    @property
    def application_limits(self) -> tuple[Setting, ...]:
        """Limits of the containers the application runs in."""
        return tuple(
            setting
            for service in self.services
            if _is_application(service)
            for setting in service.settings
            if setting.name.startswith("container.")
        )

    @property
    def jvm_options(self) -> tuple[tuple[str, str, int], ...]:
        """Path, variable and line of what gives the application's JVM its options."""
        return tuple(
            (path, variable, line)
            for path, service in self.composed
            if _is_application(service)
            for variable, line in service.jvm_options[:1]
        )

    def siblings(self, prefix: str) -> Iterator[Setting]:
        """Settings of application files that stand in the same block, the last one first."""
        for _, setting in reversed(self.settings):
            if setting.origin is SettingOrigin.APPLICATION and setting.name.startswith(prefix):
                yield setting


def _ranked(run: TestRun, services: tuple[Service, ...]) -> Iterator[tuple[int, Setting]]:
    """Settings with what wins over what: containers, active profiles, the rest."""
    variables = [
        (name, written, line, service)
        for service in services
        for name, written, line in service.variables
    ]
    composed = {setting.path for service in services for setting in service.settings}
    active = {name for config in run.of(AppConfig) for name in config.active_profiles}
    for config in run.of(AppConfig):
        for setting in config.settings:
            match = _PROFILE_FILE.search(setting.path)
            profile = setting.profile or (match[1] if match else None)
            rank = 1 if profile is None else 2 if profile in active else 0
            yield rank, _from_variable(setting, variables, composed)
    for service in services:
        for setting in service.settings:
            yield 3, setting


def _from_variable(
    setting: Setting,
    variables: list[tuple[str, str, int, Service]],
    composed: set[str],
) -> Setting:
    """The container's variable where a placeholder takes its value from one."""
    known = next((one for one in known_settings() if one.name == setting.name), None)
    for name, written, line, service in variables:
        if setting.variable != name or known is None:
            continue
        value = known.read(written)
        path = next((one.path for one in service.settings), min(composed, default=None))
        if value is not None and path is not None:
            return replace(
                setting,
                value=value,
                key=name,
                path=path,
                line=line,
                written=written,
                origin=SettingOrigin.COMPOSE,
                service=service.name,
            )
    return setting


def _is_application(service: Service) -> bool:
    known = any(setting.name.startswith(_APP_SETTINGS) for setting in service.settings)
    return known or bool(service.jvm_options)


def _server_connections(run: TestRun) -> float | None:
    for variables in run.of(GlobalVariables):
        written = dict(variables.settings).get("max_connections", "")
        if written.isdigit():
            return float(written)
    return None


def _default(name: str) -> float | str | bool | None:
    return next((one.default for one in known_settings() if one.name == name), None)
