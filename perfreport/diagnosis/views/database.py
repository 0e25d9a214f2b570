"""The database server by window: statements it runs at once, how long each takes, its processor.

Statements running at once over statements per second is the mean time of one (Little's law), which
tells every window's statement time from two counters of the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.connection_time import ConnectionTime, connection_time
from perfreport.diagnosis.views.processors import Processors, processors

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window

RUNNING = "mysql.threads.running"
QUESTIONS = "mysql.questions"
IO_WAIT = "system.cpu.iowait"
_MAJORITY = 0.5
_WATCHER = 1.0  # the session that asks for the status is running too


@dataclass(frozen=True, slots=True)
class DatabaseWindow:
    """The database in one window; None where nothing tells."""

    window: Window
    running: Figure | None
    questions: Figure | None
    io_wait: Figure | None
    cores: float | None
    processors: Processors
    spent: ConnectionTime

    @property
    def busy(self) -> float | None:
        """Statements running at once, without the one that asks."""
        return None if self.running is None else max(0.0, self.running.value - _WATCHER)

    @property
    def statement_time(self) -> float | None:
        """Mean time of a statement, by Little's law."""
        if self.busy is None or self.questions is None or self.questions.value <= 0:
            return None
        return self.busy / self.questions.value

    @property
    def owns_the_processor(self) -> bool:
        """No idle time is left on the host, and the database took most of it."""
        host, own = self.processors.host, self.processors.database
        if not self.processors.saturated or host is None or own is None:
            return False
        return own >= _MAJORITY * host.value and own > (self.processors.application or 0.0)

    @property
    def queues(self) -> bool:
        """More statements at once than cores that could run them, and they hold the connections."""
        if self.busy is None or not self.cores or self.busy < self.cores:
            return False
        held = self.spent.held
        return held is None or self.busy >= _MAJORITY * held.value


def database(scene: Scene, window: Window) -> DatabaseWindow:
    """The database in one window."""
    return DatabaseWindow(
        window,
        running=scene.ask(RUNNING, "mean", window),
        questions=scene.ask(QUESTIONS, "rate", window),
        io_wait=scene.ask(IO_WAIT, "mean", window),
        cores=scene.value("system.cpu.count", "max"),
        processors=processors(scene, window),
        spent=connection_time(scene, window),
    )
