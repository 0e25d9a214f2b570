"""Spring Boot 1.x `/metrics`: one flat JSON object of numbers, sizes in KiB, times in ms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from perfreport.model.message import message
from perfreport.model.source import Problem
from perfreport.sources._exposition import Exposition
from perfreport.sources._json_documents import json_documents
from perfreport.sources._metric_series import KIND, SeriesTable
from perfreport.sources._metric_times import separating_instant
from perfreport.sources._scrapes import placed
from perfreport.sources._spec import Reading, Source

if TYPE_CHECKING:
    from perfreport.sources._input import Head, Input

_SIGNS = (r'"heap\.used"\s*:\s*\d', r'"(?:mem|uptime|processors)"\s*:\s*\d', r'"gc\.\w+\.count"')


def sniff(head: Head) -> float:
    """An object with the numbers every Spring Boot 1.x application has."""
    text = head.text
    if not text.lstrip("\ufeff \r\n").startswith(("{", "[")):
        text = text[text.find("{") :]
    signs = sum(bool(re.search(sign, text)) for sign in _SIGNS)
    return 0.9 if signs == len(_SIGNS) else 0.6 if signs == 2 else 0.0


def read(source: Input) -> Reading:
    """Read all objects, each one a scrape."""
    documents = json_documents(source)
    found = Exposition(SeriesTable("boot1"))
    names: set[str] = set()
    for (_, document), before in zip(documents.documents, documents.before, strict=True):
        if not isinstance(document, dict):
            continue
        times = [time for line in before.splitlines() if (time := separating_instant(line))]
        if times:
            found.separators[len(found.sizes)] = times[-1]
        figures = {
            str(name): float(value)
            for name, value in document.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }
        for name, value in figures.items():
            track = found.table.track(name, {})
            if track is not None:
                track.ticks.append(len(found.sizes))
                track.values.append(value)
        names.update(figures)
        found.sizes.append(len(figures))
    found.table.samples = sum(found.sizes)
    found.table.series = len(names)
    problems = [
        Problem(source.name, message("problem.json-cut", recovered=0), line)
        for line, _ in documents.torn
    ]
    return placed(source, found, "actuator-spring-boot-1", problems)


PLUGIN = Source(id="actuator-boot1", kind=KIND, sniff=sniff, read=read)
