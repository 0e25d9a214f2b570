"""Request threads of the web server by window, and the wait in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window

UTILIZATION = "tomcat.threads.utilization"
BUSY = 0.95
_BUSY_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class RequestThreads:
    """Request threads in one window.

    `outside` is the part of the response time that the server's own timer does not see: waiting
    for a thread (or on the way), as a mean over all requests.
    """

    window: Window
    peak: Figure | None
    mean: Figure | None
    busy_share: float | None  # share of the samples with all threads busy
    server: Figure | None
    client_mean: float | None

    @property
    def exhausted(self) -> bool:
        """All threads busy for long enough to matter."""
        return self.busy_share is not None and self.busy_share >= _BUSY_SHARE

    @property
    def outside(self) -> float | None:
        """Mean response time outside the server's own timer, in seconds."""
        if self.server is None or self.client_mean is None:
            return None
        return max(0.0, self.client_mean - self.server.value)


def request_threads(scene: Scene, window: Window) -> RequestThreads:
    """The request threads in one window."""
    series = scene.series(UTILIZATION, across="max")
    inside = None if series is None else series.within(window.start_ns, window.end_ns)
    part = scene.load(window)
    return RequestThreads(
        window,
        peak=scene.ask(UTILIZATION, "peak", window),
        mean=scene.ask(UTILIZATION, "mean", window),
        busy_share=None if inside is None or not len(inside) else float(np.mean(inside >= BUSY)),
        server=scene.ask("http.server.mean", "mean", window),
        client_mean=part.latency.avg if part is not None else None,
    )
