"""The settings in force: as the run itself shows them, else as its configuration says.

A gauge tells what the process really used and goes before every file; of files, the environment
of a compose service overrides the application's own file, as Spring Boot resolves them. What is
nowhere set has the framework's default, if a configuration was given at all. Consumers that own
partitions count even where no file asks for so many.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from perfreport.measure.signals import signal_lines
from perfreport.model.configuration import AppConfig, ComposeConfig
from perfreport.model.jvm import GcLog
from perfreport.model.kafka import ConsumerGroups
from perfreport.settings.catalogue import known_settings

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Scene
    from perfreport.model.configuration import SettingValue

_GAUGES = {
    "hikaricp.connections.max": ("hikaricp.connections.max", "jdbc.connections.max"),
    "tomcat.threads.max": ("tomcat.threads.config.max", "jetty.threads.config.max"),
    "mysql.connections.max": ("mysql.max.connections",),
}
_OF_APPLICATIONS = ("jvm.", "hikaricp.", "tomcat.", "spring.", "kafka.consumer.")
_PARTITIONED = ("kafka.topic.partition.offset", "kafka.consumer.group.offset")


def setting_today(scene: Scene, name: str) -> SettingValue | None:
    """The value in force; None where nothing tells."""
    for gauge in _GAUGES.get(name, ()):
        seen = scene.value(gauge, "max")
        if seen is not None:
            return seen
    if name == "kafka.partitions" and (seen := partitions_seen(scene)):
        return float(seen)
    if name == "jvm.heap.max" and (heap := _heap_logged(scene)):
        return heap
    run = scene.case.run
    written = [one for config in run.of(ComposeConfig) for one in config.settings]
    written += [one for config in run.of(AppConfig) for one in config.settings]
    found = next((one for one in written if one.name == name), None)
    if name == "kafka.consumer.concurrency" and (owners := _owners_each(scene)):
        known = 0.0 if found is None or not isinstance(found.value, float) else found.value
        return max(known, owners)
    if found is not None:
        return found.value
    if not run.of(AppConfig):
        return None
    return next((one.default for one in known_settings() if one.name == name), None)


def count_today(scene: Scene, name: str) -> int | None:
    """A setting that is a whole number."""
    value = setting_today(scene, name)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def replicas_today(scene: Scene) -> int:
    """How many containers run the application; 1 where no compose file tells."""
    services = [one for config in scene.case.run.of(ComposeConfig) for one in config.services]
    return max(
        1,
        sum(
            service.replicas
            for service in services
            if any(setting.name.startswith(_OF_APPLICATIONS) for setting in service.settings)
        ),
    )


def _owners_each(scene: Scene) -> float:
    """Consumers per instance that were seen to own partitions; 0 where the broker names none."""
    seen = max((groups.owners for groups in scene.case.run.of(ConsumerGroups)), default=0)
    return float(math.ceil(seen / replicas_today(scene)))


def _heap_logged(scene: Scene) -> float | None:
    """The heap limit the collector's own log states."""
    limits = [log.vm.heap_max for log in scene.case.run.of(GcLog) if log.vm.heap_max]
    return float(limits[0]) if limits else None


def partitions_seen(scene: Scene) -> int:
    """How many partitions the busiest topic of the consumers has."""
    for signal in _PARTITIONED:
        topics: dict[str, set[str]] = {}
        for line in signal_lines(scene.signals, signal):
            labels = dict(line.labels)
            if "partition" in labels:
                topics.setdefault(labels.get("topic", ""), set()).add(labels["partition"])
        if topics:
            return max(len(found) for found in topics.values())
    return 0
