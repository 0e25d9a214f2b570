"""The configuration given is not the one that ran.

Symptom: a setting in `application.yml` or `docker-compose.yml` says one thing, the running system
itself says another (pool of 20 in the file, 10 in the metrics; G1 in the file, Parallel in the
log).
Why it hurts: changes are proposed against the files given. Where the system runs with other
values, they start from the wrong place, and a setting that is not in force can't help at all.
How detected: the largest pool and thread limits of the metrics, and the collector and the largest
heap of the GC log, against every place that sets them. Only where none of these places agrees,
there is a finding. Heaps may differ by 2 %, for a JVM rounds them.
False positives: two applications in one run, of which one brought its files and the other its
dumps. Containers of databases and brokers have a heap of their own and are left out.
Reference: Spring Boot documentation, "Externalized Configuration".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from perfreport.model.configuration import AppConfig, ComposeConfig
from perfreport.model.finding import Category, Table
from perfreport.model.grade import ValidityLevel
from perfreport.model.jvm import GcLog
from perfreport.model.message import message
from perfreport.model.signal import Signals
from perfreport.model.source import Provenance
from perfreport.model.units import Quantity, Unit
from perfreport.rules import Case, Need, Rule
from perfreport.validity._evidence import doubt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.configuration import Setting
    from perfreport.model.finding import Finding
    from perfreport.model.message import Message, Param

_LIMITS = {
    "hikaricp.connections.max": "hikaricp.connections.max",
    "tomcat.threads.max": "tomcat.threads.config.max",
}
_HEAP, _COLLECTOR = "jvm.heap.max", "jvm.collector"
_COLLECTORS = {"Z": "ZGC", "ConcMarkSweep": "CMS"}  # flag → name, where they differ
_ROUNDED = 0.02
_SERVERS = re.compile(
    r"kafka|zookeeper|elastic|opensearch|logstash|cassandra|connect", re.IGNORECASE
)


def _configured(case: Case) -> bool:
    return bool(case.run.of(AppConfig) or case.run.of(ComposeConfig))


def detect(case: Case) -> Iterator[Finding]:
    """Report the settings that no place says as the system does."""
    written = tuple(_written(case))
    differing = [
        (setting, seen)
        for name, seen in _running(case)
        for setting in _contradicted([one for one in written if one.name == name], seen)
    ]
    if not differing:
        return
    yield doubt(
        PLUGIN.id,
        ValidityLevel.VALID,
        title=message("findings.settings-differ.title"),
        summary=_summary(*differing[0], more=len(differing) - 1),
        effect=message("findings.settings-differ.effect"),
        evidence=(
            Table(
                title=message("findings.settings-differ.table"),
                headings=(
                    message("column.setting"),
                    message("findings.settings-differ.written"),
                    message("findings.settings-differ.seen"),
                ),
                rows=tuple(
                    (one.key, _cell(one, one.value), _cell(one, value)) for one, value in differing
                ),
                provenance=tuple(Provenance(one.path, line=one.line) for one, _ in differing),
            ),
        ),
        remedies=(message("findings.settings-differ.remedy"),),
    )


def _summary(setting: Setting, seen: float | str, *, more: int) -> Message:
    said: dict[str, Param] = {
        "key": setting.key,
        "path": setting.path,
        "written": _value(setting, setting.value),
        "seen": _value(setting, seen),
    }
    if more:
        return message("findings.settings-differ.summary-more", more=more, **said)
    return message("findings.settings-differ.summary", **said)


def _value(setting: Setting, value: float | str | bool) -> Message:
    shown = _cell(setting, value)
    if isinstance(shown, str):
        return message("report.as-code", text=shown)
    return message("findings.settings-differ.value", value=shown)


def _written(case: Case) -> Iterator[Setting]:
    for config in case.run.of(AppConfig):
        yield from config.settings
    for compose in case.run.of(ComposeConfig):
        for service in compose.services:
            if not _SERVERS.search(f"{service.name} {service.image}"):
                yield from service.settings


def _running(case: Case) -> Iterator[tuple[str, float | str]]:
    """Yield what the system itself tells of its settings."""
    for name, signal in _LIMITS.items():
        levels = [
            float(np.nanmax(series.values))
            for fact in case.run.of(Signals)
            for series in fact.series
            if series.signal == signal and not np.isnan(series.values).all()
        ]
        if levels:
            yield name, max(levels)
    for log in case.run.of(GcLog):
        if log.vm.heap_max:
            yield _HEAP, float(log.vm.heap_max)
        if log.vm.collector is not None:
            yield _COLLECTOR, log.vm.collector.value


def _contradicted(places: list[Setting], seen: float | str) -> Iterator[Setting]:
    """Yield the places that set it, where not one of them agrees."""
    if not any(_agrees(place.value, seen) for place in places):
        yield from places


def _agrees(written: float | str | bool, seen: float | str) -> bool:
    if isinstance(written, str) or isinstance(seen, str):
        # The flag is the same for a collector and its generational self.
        return str(seen).endswith(_COLLECTORS.get(str(written), str(written)))
    return abs(written - seen) <= _ROUNDED * max(abs(seen), 1.0)


def _cell(setting: Setting, value: float | str | bool) -> Quantity | str:
    if isinstance(value, str):
        return value
    return Quantity(float(value), Unit.COUNT if setting.unit is Unit.NONE else setting.unit)


PLUGIN = Rule(
    "settings-differ",
    Category.VALIDITY,
    (Need(message("validity.need.configuration"), _configured),),
    detect,
)
