"""Where the time of held connections goes: statements, row locks, calls to other services.

Everything is in seconds per second of load, so the parts can be held against the connections in
use (Little's law: connections in use = connections returned per second × time each was held).
Row-lock waits are part of the statement that waits and are taken off before a statement is called
slow. A downstream call counts as inside the transaction only where requests leave it no other
room: what is left of the server's request time outside held connections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.pool import HOLD
from perfreport.measure.sql import is_complete, statements
from perfreport.model.measurement import WHOLE_RUN
from perfreport.model.sql import SlowLog
from perfreport.model.statement import StatementFigures, StatementOrigin

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window

LOCK_TIME = "mysql.innodb.row.lock.time"
CLIENT = "http.client.requests"
SERVER_MEAN = "http.server.mean"
SERVER_RATE = "http.server.rate"
ACQUIRE = "hikaricp.connections.acquire"
DEMAND = "hikaricp.connections.demand"

_WAIT_TO_REQUEST = 0.2
_FEWEST_HELD = 0.2


@dataclass(frozen=True, slots=True)
class ConnectionTime:
    """Connection-seconds per second in one window, and what they were spent on."""

    window: Window
    held: Figure | None
    lock: Figure | None
    calls: float | None  # downstream calls, wherever they are made
    request: float | None  # request time on the server
    waited: float | None  # time requests waited for a connection

    @property
    def lock_share(self) -> float | None:
        """Part of the held time that was spent waiting for row locks."""
        if self.held is None or self.lock is None or self.held.value <= 0:
            return None
        return min(1.0, self.lock.value / self.held.value)

    @property
    def calls_inside(self) -> float | None:
        """Downstream seconds that can only have been spent while a connection was held.

        Requests take `request` seconds; what they spend holding or waiting for connections is
        taken off, and calls that fit into the rest are taken for calls outside.
        """
        if self.calls is None or self.request is None or self.held is None:
            return None
        room = max(0.0, self.request - self.held.value - (self.waited or 0.0))
        return max(0.0, self.calls - room)

    @property
    def calls_share(self) -> float | None:
        """Part of the held time that went into downstream calls."""
        if self.held is None or self.calls_inside is None or self.held.value <= 0:
            return None
        return min(1.0, self.calls_inside / self.held.value)


def connection_time(scene: Scene, window: Window) -> ConnectionTime:
    """Account for the connection-seconds of a window."""
    return ConnectionTime(
        window,
        held=scene.ask(DEMAND, "mean", window),
        lock=scene.ask(LOCK_TIME, "rate", window),
        calls=_product(scene, CLIENT, "rate", CLIENT, "mean", window),
        request=_product(scene, SERVER_RATE, "mean", SERVER_MEAN, "mean", window),
        waited=_product(scene, ACQUIRE, "rate", ACQUIRE, "mean", window),
    )


def sharpest(scene: Scene) -> ConnectionTime | None:
    """The window in which requests waited least for connections; None where they always did.

    Workers beside the requests hold and await connections too: where these queue, what is left of
    the request time cannot be told.
    """
    usable = [
        spent
        for window in (*scene.windows, *scene.slots)
        if (spent := connection_time(scene, window)).calls_share is not None
        and spent.held is not None
        and spent.held.value >= _FEWEST_HELD
        and spent.request
        and (spent.waited or 0.0) <= _WAIT_TO_REQUEST * spent.request
    ]
    phases = [spent for spent in usable if spent.window in scene.windows]
    return max(phases or usable, key=lambda one: one.window.seconds, default=None)


def statement_figures(scene: Scene) -> tuple[StatementFigures, ...]:
    """Statements of the load itself: what only tells of the server's lifetime is left out."""
    cache = scene.case.cache
    if "statements" not in cache:
        cache["statements"] = statements(scene.case.run, scene.case.phases)
    found = cache["statements"]
    if not isinstance(found, tuple):
        return ()
    return tuple(one for one in found if one.origin is not StatementOrigin.DIGEST_LIFETIME)


def busiest(scene: Scene) -> tuple[StatementFigures, ...]:
    """Statements of the whole load from the most complete origin, the heaviest first.

    Time spent waiting for row locks is not work: it is taken off where it is known.
    """
    figures = [one for one in statement_figures(scene) if one.phase == WHOLE_RUN]
    for origin in (StatementOrigin.DIGEST, StatementOrigin.SLOW_LOG):
        found = [one for one in figures if one.origin is origin]
        if found:
            return tuple(sorted(found, key=lambda one: (-worked(one), one.fingerprint)))
    return ()


def counts_all(scene: Scene) -> bool:
    """Whether `busiest` knows every statement, not only those past a log's threshold."""
    logs = scene.case.run.of(SlowLog)
    return any(one.origin is StatementOrigin.DIGEST for one in busiest(scene)) or any(
        len(log.query_time) > 0 and is_complete(log) for log in logs
    )


def worked(one: StatementFigures) -> float:
    """Seconds a statement ran without its row-lock waits."""
    return max(0.0, one.total - (one.row_lock_wait or 0.0))


def _product(
    scene: Scene, first: str, how: str, second: str, second_how: str, window: Window
) -> float | None:
    left, right = scene.value(first, how, window), scene.value(second, second_how, window)
    return None if left is None or right is None else left * right


__all__ = [
    "HOLD",
    "ConnectionTime",
    "busiest",
    "connection_time",
    "counts_all",
    "sharpest",
    "statement_figures",
    "worked",
]
