"""Kafka producers by window: how full their buffer was, who waited for it, what was not sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.model.applog import AppLog
from perfreport.model.source import Provenance

if TYPE_CHECKING:
    from perfreport.diagnosis.scene import Figure, Scene, Window
    from perfreport.model.applog import EventGroup
    from perfreport.rules import Case

USED = "kafka.producer.buffer.utilization"
LEFT = "kafka.producer.buffer.available.bytes"
TOTAL = "kafka.producer.buffer.total.bytes"
EXHAUSTED = "kafka.producer.buffer.exhausted.total"
WAITING = "kafka.producer.waiting.threads"
WAITED = "kafka.producer.bufferpool.wait.ratio"
UNSENT = "kafka.producer.record.error.total"
LATENCY = "kafka.producer.request.latency.avg"
SENT = "kafka.producer.rate"
SIGNALS = (USED, EXHAUSTED, WAITING, WAITED)

# The client's own words when it gives up: delivery.timeout.ms, then max.block.ms twice.
_GIVEN_UP = re.compile(
    r"Expiring <n> record\(s\) for |Failed to allocate .* within the configured max blocking time"
    r"|Topic \S+ not present in metadata after "
)
_FULL = 0.9
_WAITED = 0.1  # share of the time that an appender waits for room
_FEWEST_LINES = 5


@dataclass(frozen=True, slots=True)
class Refusals:
    """Records of the log that say a message was given up, in time, with their lines."""

    entries: tuple[tuple[int, Provenance], ...]

    def within(self, window: Window) -> Refusals:
        """Those inside a window."""
        return Refusals(
            tuple(one for one in self.entries if window.start_ns <= one[0] < window.end_ns)
        )

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class ProducerWindow:
    """The producers in one window; None where no source tells."""

    window: Window
    used: Figure | None
    left: Figure | None
    waiting: Figure | None
    waited: Figure | None
    exhausted: Figure | None
    unsent: Figure | None
    refused: Refusals

    @property
    def full(self) -> bool:
        """The buffer has next to no room left, or somebody waited for it."""
        return _reaches(self.used, _FULL) or self.waits

    @property
    def waits(self) -> bool:
        """Threads were held up in send() for want of room."""
        return (
            _reaches(self.waiting, 1) or _reaches(self.waited, _WAITED)
            or _reaches(self.exhausted, 1)
        )  # fmt: skip

    @property
    def blocked(self) -> bool:
        """A full buffer with its consequences, or the client's own word that it gave up."""
        told = len(self.refused) >= _FEWEST_LINES
        return told or (self.full and (self.waits or self.fails))

    @property
    def fails(self) -> bool:
        """Messages were given up."""
        return _reaches(self.unsent, 1) or bool(len(self.refused))


def producer_windows(scene: Scene) -> tuple[ProducerWindow, ...]:
    """The producers in every window of steady load."""
    refused = refusals(scene.case)
    return tuple(
        ProducerWindow(
            one,
            used=scene.ask(USED, "peak", one),
            left=scene.ask(LEFT, "min", one),
            waiting=scene.ask(WAITING, "peak", one),
            waited=scene.ask(WAITED, "mean", one),
            exhausted=scene.ask(EXHAUSTED, "count", one),
            unsent=scene.ask(UNSENT, "count", one),
            refused=refused.within(one),
        )
        for one in scene.windows
    )


def refusals(case: Case) -> Refusals:
    """All records of a placed log with which the client gave a message up."""
    found = sorted(
        (int(time), log.source.path, int(line))
        for log in case.run.of(AppLog)
        if log.source.clock.correlated
        for group in log.groups
        if _gives_up(group)
        for time, line in zip(group.times_ns, group.lines, strict=True)
    )
    return Refusals(tuple((time, Provenance(path, line=line)) for time, path, line in found))


def _gives_up(group: EventGroup) -> bool:
    return any(
        _GIVEN_UP.search(said) for said in (group.template, group.root_template) if said is not None
    )


def _reaches(figure: Figure | None, least: float) -> bool:
    return figure is not None and figure.value >= least
