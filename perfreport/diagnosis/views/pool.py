"""A connection pool by window: how full it was, who waited, how long connections were held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from perfreport.diagnosis.scene import Figure, Scene, Window

ACTIVE = "hikaricp.connections.active"
PENDING = "hikaricp.connections.pending"
MAXIMUM = "hikaricp.connections.max"
TIMEOUTS = "hikaricp.connections.timeout"
HOLD = "hikaricp.connections.usage"
ACQUIRE = "hikaricp.connections.acquire"

# A pool that has a free connection in one sample of five is not what requests wait for.
_FULL_SHARE = 0.2
_FULL = 0.95
# Waiting for a connection matters once it takes as long as a tenth of using it.
_WAIT_TO_HOLD = 0.1


@dataclass(frozen=True, slots=True)
class PoolWindow:
    """The pool in one window; None where no source tells."""

    window: Window
    size: Figure | None
    active_mean: Figure | None
    active_peak: Figure | None
    pending_peak: Figure | None
    timeouts: Figure | None
    hold: Figure | None  # mean time a connection was held
    acquire: Figure | None  # mean time until a connection was got
    rate: Figure | None  # connections returned per second
    full_share: float | None  # share of the samples in which all connections were in use

    @property
    def exhausted(self) -> bool:
        """All connections in use while somebody waits, for long enough to matter."""
        if self.timeouts is not None and self.timeouts.value >= 1:
            return True
        full = self.full_share is not None and self.full_share >= _FULL_SHARE
        waiting = self.pending_peak is not None and self.pending_peak.value >= 1
        if not (full and waiting):
            return False
        if self.acquire is None or self.hold is None:
            return True
        return self.acquire.value >= _WAIT_TO_HOLD * self.hold.value

    @property
    def limit(self) -> float | None:
        """Little's law: connections a second the pool can give, size / hold time."""
        if self.size is None or self.hold is None or self.hold.value <= 0:
            return None
        return self.size.value / self.hold.value


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool over the run, by window and in finer slots."""

    windows: tuple[PoolWindow, ...]
    slots: tuple[PoolWindow, ...]
    whole: PoolWindow

    @property
    def exhausted(self) -> tuple[PoolWindow, ...]:
        """Windows (slots where no whole window was) in which the pool was exhausted."""
        found = tuple(one for one in self.windows if one.exhausted)
        return found or tuple(one for one in self.slots if one.exhausted)

    def seen_in(self, windows: Sequence[Window]) -> bool:
        """Whether the pool was sampled in all of some windows: else a wait may have gone unseen."""
        told = {one.window for one in self.windows if one.active_peak is not None}
        return told.issuperset(windows)

    @property
    def worst(self) -> PoolWindow | None:
        """The exhausted window with most waiting."""
        return max(
            self.exhausted,
            key=lambda one: one.pending_peak.value if one.pending_peak else 0.0,
            default=None,
        )

    @property
    def easy(self) -> PoolWindow | None:
        """The first window in which nobody waited: how the pool works when it suffices."""
        return next((one for one in (*self.windows, *self.slots) if _free(one)), None)


def pool(scene: Scene) -> Pool | None:
    """The pool of a run; None where nothing tells how full it was."""
    return _kept(scene, "pool", lambda: _pool(scene))


def _pool(scene: Scene) -> Pool | None:
    if not scene.known(ACTIVE):
        return None
    return Pool(
        tuple(_window(scene, one) for one in scene.windows),
        tuple(_window(scene, one) for one in scene.slots),
        _window(scene, scene.whole),
    )


def _window(scene: Scene, window: Window) -> PoolWindow:
    return PoolWindow(
        window,
        size=scene.ask(MAXIMUM, "max", window) or scene.ask(MAXIMUM, "max"),
        active_mean=scene.ask(ACTIVE, "mean", window),
        active_peak=scene.ask(ACTIVE, "peak", window),
        pending_peak=scene.ask(PENDING, "peak", window),
        timeouts=scene.ask(TIMEOUTS, "count", window),
        hold=scene.ask(HOLD, "mean", window),
        acquire=scene.ask(ACQUIRE, "mean", window),
        rate=scene.ask(HOLD, "rate", window),
        full_share=_full_share(scene, window),
    )


def _full_share(scene: Scene, window: Window) -> float | None:
    active = scene.series(ACTIVE)
    size = scene.value(MAXIMUM, "max", window) or scene.value(MAXIMUM, "max")
    if active is None or not size:
        return None
    inside = active.within(window.start_ns, window.end_ns)
    return float(np.mean(inside >= _FULL * size)) if len(inside) else None


def _free(one: PoolWindow) -> bool:
    if one.hold is None or one.exhausted:
        return False
    return one.acquire is None or one.acquire.value < _WAIT_TO_HOLD * one.hold.value


def _kept(scene: Scene, name: str, make: Callable[[], Pool | None]) -> Pool | None:
    cache = scene.case.cache
    if name not in cache:
        cache[name] = make()
    found = cache[name]
    return found if isinstance(found, Pool) else None
