"""What ran into a time limit: calls to other services by timers and log, waits for the pool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.views.connection_time import CLIENT
from perfreport.diagnosis.views.pool import TIMEOUTS
from perfreport.measure.limits import time_limits
from perfreport.model.applog import AppLog
from perfreport.model.source import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Figure, Scene
    from perfreport.model.load import Tags
    from perfreport.model.measurement import TimeLimit
    from perfreport.model.signal import SignalSeries

_OF_THE_PILE = 0.5
_TOLD_BY = ("exception", "error", "error_type", "outcome", "status")
_TIMEOUT = re.compile(r"time[d_]?-?out", re.IGNORECASE)
# Refused or unknown: the call ended at once.
_AT_ONCE = re.compile(r"Connect(?:ion)?(?:Refused)?Exception$|UnknownHost|NoRoute|Unresolved")
_UNANSWERED = {"outcome": {"UNKNOWN"}, "status": {"IO_ERROR", "CLIENT_ERROR"}}
# Time limits of the database, of its pool, of messaging and of the server's own requests.
_NOT_CALLS = (
    "java.sql.", "com.zaxxer.", "com.mysql.", "org.mariadb.", "org.postgresql.", "org.hibernate.",
    "jakarta.persistence.", "javax.persistence.", "org.springframework.dao.",
    "org.springframework.jdbc.", "org.springframework.transaction.", "org.apache.kafka.",
    "org.springframework.kafka.", "org.springframework.web.context.request.async.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Calls that ended without an answer, and the others; seconds, over the whole load."""

    figure: Figure
    count: float
    total: float
    named: str | None  # the exception, where the client tells it
    answered: float | None  # mean of the calls that were answered

    @property
    def mean(self) -> float:
        """Mean time until a call was given up."""
        return self.total / self.count


@dataclass(frozen=True, slots=True)
class LoggedTimeouts:
    """Records of calls that ran into a time limit."""

    exception: str
    count: int
    first_ns: int
    place: Provenance
    frame: str | None


def piles(scene: Scene) -> tuple[TimeLimit, ...]:
    """Round times that requests pile up behind; looked for once, for it reads every request."""
    cache = scene.case.cache
    if "piles" not in cache:
        cache["piles"] = time_limits(scene.case.run)
    found = cache["piles"]
    return found if isinstance(found, tuple) else ()


def of_the_pool(scene: Scene, pile: TimeLimit) -> bool:
    """Whether the connection pool counted, or logged, about as many time-outs of its own."""
    logged = sum(len(log.timeouts) for log in scene.case.run.of(AppLog))
    own = scene.value(TIMEOUTS, "count") or float(logged)
    return own >= _OF_THE_PILE * pile.requests


def unanswered(scene: Scene) -> Unanswered | None:
    """Calls without an answer by the client's timers; None where there were none."""
    kinds = {
        told
        for series in scene.signals.by_signal.get(CLIENT, ())
        if _is_unanswered(told := _told(series))
    }
    asked = [
        (kind, number, mean)
        for kind in sorted(kinds)
        if (number := scene.ask(CLIENT, "count", where=kind)) is not None
        and number.value > 0
        and (mean := scene.ask(CLIENT, "mean", where=kind)) is not None
    ]
    if not asked:
        return None
    kind, figure, _ = max(asked, key=lambda entry: entry[1].value)
    count = sum(number.value for _, number, _ in asked)
    total = sum(number.value * mean.value for _, number, mean in asked)
    return Unanswered(figure, count, total, _name(kind), _answered(scene, count, total))


def logged_timeouts(scene: Scene) -> LoggedTimeouts | None:
    """What the application logged most often of calls that timed out during the load."""
    found = sorted(_logged(scene), key=lambda one: (-one.count, one.exception))
    return found[0] if found else None


def _told(series: SignalSeries) -> Tags:
    return tuple((name, value) for name, value in series.labels if name in _TOLD_BY)


def _is_unanswered(told: Tags) -> bool:
    known = dict(told)
    name = _name(told) or ""
    if _AT_ONCE.search(name):
        return False
    return bool(_TIMEOUT.search(name)) or any(
        known.get(label) in values for label, values in _UNANSWERED.items()
    )


def _name(told: Tags) -> str | None:
    names = [value for label, value in told if label in {"exception", "error", "error_type"}]
    return next((name for name in names if name.lower() not in {"none", ""}), None)


def _answered(scene: Scene, count: float, total: float) -> float | None:
    number, mean = scene.value(CLIENT, "count"), scene.value(CLIENT, "mean")
    if number is None or mean is None or number - count < 1:
        return None
    return max(0.0, number * mean - total) / (number - count)


def _logged(scene: Scene) -> Iterator[LoggedTimeouts]:
    start, end = scene.whole.start_ns, scene.whole.end_ns
    for log in scene.case.run.of(AppLog):
        if not log.source.clock.correlated:
            continue
        for group in log.groups:
            names = [name for name in (group.root_cause, group.exception) if name is not None]
            if not names or any(name.startswith(_NOT_CALLS) for name in names):
                continue
            said = (*(name.rpartition(".")[2] for name in names), group.root_template or "")
            inside = (group.times_ns >= start) & (group.times_ns < end)
            if not inside.any() or not any(_TIMEOUT.search(one) for one in said):
                continue
            first = int(inside.argmax())
            yield LoggedTimeouts(
                names[0],
                int(inside.sum()),
                int(group.times_ns[first]),
                Provenance(log.source.path, line=int(group.lines[first])),
                group.frame,
            )
