"""`application.yml` of Spring Boot: profiles, placeholders, relaxed binding.

Only settings of the catalogue leave this module; passwords and URLs never do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.configuration import AppConfig
from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.settings.catalogue import relaxed
from perfreport.sources._quoting import quotable_lines
from perfreport.sources._settings import from_key, summary_of
from perfreport.sources._spec import Reading, Source
from perfreport.sources._yaml_lines import documents

if TYPE_CHECKING:
    from perfreport.model.configuration import Setting
    from perfreport.model.source import Fact, SourceRef
    from perfreport.sources._input import Head, Input
    from perfreport.sources._yaml_lines import Document

_ASSIGNMENT = re.compile(r"^[\w.\[\]-]+[ \t]*=", re.MULTILINE)
_MAPPING = re.compile(r"^\s*(?:- )?[\w.\"'-]+:(?:\s|$)", re.MULTILINE)
_ROOTS = re.compile(r"^(spring|server|management|logging)(\.[\w.-]+)?:(\s|$)", re.MULTILINE)
_ON_PROFILE = {relaxed("spring.config.activate.on-profile"), relaxed("spring.profiles")}
_ACTIVE = relaxed("spring.profiles.active")


def sniff(head: Head) -> float:
    """Sure with Spring's root keys in YAML form."""
    text = head.text
    if text.lstrip().startswith(("{", "[", "<")) or re.search(
        r"^services:\s*$", text, re.MULTILINE
    ):
        return 0.0
    if len(_ASSIGNMENT.findall(text)) > len(_MAPPING.findall(text)):
        return 0.0  # a .properties file may use colons now and then
    roots = {match[1] for match in _ROOTS.finditer(text)}
    return 0.95 if "spring" in roots else 0.6 if roots else 0.0


def read(source_input: Input) -> Reading:
    """Read all documents of the file."""
    text = "\n".join(line for _, line in source_input.lines())
    settings: list[Setting] = []
    active: list[str] = []
    problems: list[Problem] = []
    scalars = 0
    for document in documents(text):
        if document.broken_line is not None:
            broken = message("problem.yaml-broken")
            problems.append(Problem(source_input.name, broken, document.broken_line))
        profile = _profile(document)
        for scalar in document.scalars:
            scalars += 1
            if relaxed(scalar.key) == _ACTIVE:
                active += [name.strip() for name in scalar.text.split(",")]
            setting = from_key(
                scalar.key, scalar.text, source_input.name, scalar.line, profile=profile
            )
            if setting is not None:
                settings.append(setting)
    quoted = quotable_lines(source_input)

    def facts(ref: SourceRef) -> tuple[Fact, ...]:
        return (AppConfig(ref, tuple(settings), tuple(active), quoted),)

    return Reading(
        facts=facts,
        records=scalars,
        skipped=len(problems),
        dialect="yaml",
        problems=tuple(problems),
        summary=summary_of(settings),
    )


def _profile(document: Document) -> str | None:
    return next(
        (scalar.text for scalar in document.scalars if relaxed(scalar.key) in _ON_PROFILE), None
    )


PLUGIN = Source(id="app-config-yaml", kind="app-config", sniff=sniff, read=read)
