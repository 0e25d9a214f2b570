"""A compose file: images, replicas, limits, JVM options and server flags.

Environment values are read only where they are settings of the catalogue or JVM options;
everything else in `environment` may be a secret and stays unread.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from perfreport.model.configuration import ComposeConfig, Service
from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._quoting import quotable_lines
from perfreport.sources._settings import from_flags, from_key, from_variable, summary_of
from perfreport.sources._spec import Reading, Source
from perfreport.sources._yaml_lines import documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.configuration import Setting
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input
    from perfreport.sources._yaml_lines import Scalar

_SERVICES = re.compile(r"^services:\s*(#.*)?$", re.MULTILINE)
_CONTAINER = re.compile(
    r"^\s+(image|build|container_name|ports|environment|command):", re.MULTILINE
)
_JVM_OPTIONS = {"JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CATALINA_OPTS", "JVM_OPTS"}
_AMOUNT = re.compile(r"^\d[\d.]*\s?[A-Za-z]{0,3}$")
_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|pin\b", re.IGNORECASE)
_LIMITS = {
    ("deploy", "resources", "limits", "memory"),
    ("deploy", "resources", "limits", "cpus"),
    ("mem_limit",),
    ("cpus",),
}


def sniff(head: Head) -> float:
    """Sure with `services:` at the root and containers below it."""
    return 0.97 if _SERVICES.search(head.text) and _CONTAINER.search(head.text) else 0.0


def read(source_input: Input) -> Reading:
    """Read the services of the file."""
    text = "\n".join(line for _, line in source_input.lines())
    services: dict[str, list[Scalar]] = defaultdict(list)
    problems: list[Problem] = []
    scalars = 0
    for document in documents(text):
        if document.broken_line is not None:
            broken = message("problem.yaml-broken")
            problems.append(Problem(source_input.name, broken, document.broken_line))
        for scalar in document.scalars:
            scalars += 1
            if len(scalar.path) > 2 and scalar.path[0] == "services":
                services[scalar.path[1]].append(scalar)
    found = tuple(_service(name, leaves, source_input.name) for name, leaves in services.items())
    quoted = quotable_lines(source_input)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (ComposeConfig(ref, found, quoted),)

    return Reading(
        facts=facts,
        records=scalars,
        skipped=len(problems),
        dialect="compose",
        problems=tuple(problems),
        summary=(
            ("services", tuple(service.name for service in found)),
            *summary_of(setting for service in found for setting in service.settings),
        ),
    )


def _service(name: str, leaves: list[Scalar], path: str) -> Service:
    image, replicas, command = "", 1, []
    settings: list[Setting] = []
    variables: list[tuple[str, str, int]] = []
    options: list[tuple[str, int]] = []
    for leaf in leaves:
        where = leaf.path[2:]
        if where == ("image",):
            image = leaf.text
        elif where == ("deploy", "replicas") and leaf.text.isdigit():
            replicas = int(leaf.text)
        elif where[0] in {"command", "entrypoint"}:
            command.append(leaf)
        elif where[0] == "environment" and len(where) > 1:
            variable, value = _variable(leaf, where)
            settings += _environment(variable, value, path, leaf.line, name)
            if variable in _JVM_OPTIONS:
                options.append((variable, leaf.line))
            if _AMOUNT.match(value) and not _SECRET.search(variable):
                variables.append((variable, value, leaf.line))
        elif where in _LIMITS:
            limit = from_key(".".join(where), leaf.text, path, leaf.line, service=name)
            settings += [limit] if limit else []
    if command:
        words = " ".join(leaf.text for leaf in command)
        settings += from_flags(words, path, command[0].line, name)
    return Service(name, image, replicas, tuple(settings), tuple(variables), tuple(options))


def _variable(leaf: Scalar, where: tuple[str, ...]) -> tuple[str, str]:
    """Name and value of `NAME: value` or `- NAME=value`."""
    if where[1].startswith("["):
        name, _, value = leaf.text.partition("=")
        return name, value
    return where[1], leaf.text


def _environment(
    variable: str, value: str, path: str, line: int, service: str
) -> Iterator[Setting]:
    if variable in _JVM_OPTIONS:
        yield from from_flags(value, path, line, service)
        return
    setting = from_variable(variable, value, path, line, service)
    if setting is not None:
        yield setting


PLUGIN = Source(id="compose-config", kind="compose-config", sniff=sniff, read=read)
