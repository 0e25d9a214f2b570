"""Who uses the processors: the host as a whole, the application, the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.measure.signals import signal_lines

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window

HOST = "host.cpu.usage"
APPLICATION = "process.cpu.usage"
BY_PROCESS = "process.cpu.cores"
RUN_QUEUE = "system.run.queue"
_DATABASES = ("mariadbd", "mysqld", "postgres")
_JAVA = ("java",)


@dataclass(frozen=True, slots=True)
class Processors:
    """Shares of all cores in one window; None where nothing tells."""

    window: Window
    host: Figure | None
    application: float | None
    database: float | None
    run_queue: Figure | None

    @property
    def saturated(self) -> bool:
        """Next to no idle time left."""
        return self.host is not None and self.host.value >= 0.9


def processors(scene: Scene, window: Window) -> Processors:
    """The processors in one window."""
    host = scene.ask(HOST, "mean", window)
    cores = processor_count(scene, window)
    return Processors(
        window,
        host=host,
        application=scene.value(APPLICATION, "mean", window)
        or _process(scene, window, _JAVA, cores),
        database=_process(scene, window, _DATABASES, cores),
        run_queue=scene.ask(RUN_QUEUE, "mean", window),
    )


def processor_count(scene: Scene, window: Window) -> float | None:
    """How many cores the host has: as told, or as the processes' figures imply."""
    told = scene.value("system.cpu.count", "max") or scene.value("system.cpu.count", "max", window)
    if told:
        return told
    share = scene.value(APPLICATION, "mean", window)
    java = _cores_of(scene, window, _JAVA)
    return round(java / share) or None if share and java and share > 0.02 else None


def _process(
    scene: Scene, window: Window, names: tuple[str, ...], cores: float | None
) -> float | None:
    used = _cores_of(scene, window, names)
    return None if used is None or not cores else used / cores


def _cores_of(scene: Scene, window: Window, names: tuple[str, ...]) -> float | None:
    total, seen = 0.0, False
    for name in names:
        for line in signal_lines(scene.signals, BY_PROCESS, (("process", name),)):
            inside = (line.times_ns >= window.start_ns) & (line.times_ns < window.end_ns)
            if inside.any():
                total, seen = total + float(line.values[inside].mean()), True
    return total if seen else None
