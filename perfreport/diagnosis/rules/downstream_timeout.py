"""Calls to another service end at a time limit instead of with an answer.

Symptom: requests fail, or are slow, by the same round time: 1, 2, 3, 5, 10 seconds.
Why it hurts: each of them keeps a request thread for the whole limit, and a connection where the
call stands in a transaction; then it fails or falls back.
How detected: calls without an answer by the client's own timers whose mean is a round time or
whose exception is a time-out, or time-outs in the application's log beside requests that pile up
at a round time; they must take a quarter of the request time or make half of the failures.
False positives: the connection pool's time limit looks the same from outside (it is counted by the
pool, and refutes this where it accounts for the pile); a slow call that is answered ends nowhere
in particular; k6's own time limit.
Reference: Micrometer, http.client.requests; Nygard, Release It!, Timeouts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.calls import transaction_calls
from perfreport.diagnosis.views.connection_time import CLIENT, SERVER_MEAN, SERVER_RATE
from perfreport.diagnosis.views.pool import TIMEOUTS
from perfreport.diagnosis.views.timeouts import logged_timeouts, of_the_pool, piles, unanswered
from perfreport.measure.limits import round_limit
from perfreport.model.applog import AppLog
from perfreport.model.finding import Category, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Need, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.scene import Figure
    from perfreport.diagnosis.views.timeouts import LoggedTimeouts, Unanswered
    from perfreport.model.finding import Cell
    from perfreport.model.measurement import TimeLimit
    from perfreport.model.message import Message
    from perfreport.model.source import Provenance
    from perfreport.rules import Case

_FEWEST = 5
_OF_REQUEST_TIME = 0.25
_OF_FAILURES = 0.5


@dataclass(frozen=True, slots=True)
class _TimedOut:
    """Calls cut off at a limit: by the client's timers, the log, and k6."""

    calls: Unanswered | None
    logged: LoggedTimeouts | None
    pile: TimeLimit | None
    limit: float | None  # the round value, where there is one
    count: float
    each: float  # seconds
    of_time: float | None
    of_failures: float | None

    @property
    def share(self) -> float:
        """What they explain: of the request time, or of the failures."""
        return min(1.0, max(self.of_time or 0.0, self.of_failures or 0.0))


def detect(case: Case) -> Iterator[Finding]:
    """Report the calls that were cut off, if they matter."""
    scene = Scene.of(case)
    found = _timed_out(scene)
    if found is None or not _matters(found):
        return
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.downstream-timeout.title"),
        summary=message(
            "findings.downstream-timeout.summary",
            count=round(found.count),
            limit=seconds(found.limit or found.each),
        ),
        evidence=(figures(*_rows(scene, found)),),
        confidence=_confidence(found),
        impact=found.share,
        onset_ns=_onset(scene, found),
        subject=found.pile.endpoint if found.pile is not None else None,
        whys=_whys(found),
        remedies=(message("findings.downstream-timeout.remedy"),),
    )


def _timed_out(scene: Scene) -> _TimedOut | None:
    calls, logged = unanswered(scene), logged_timeouts(scene)
    ended = piles(scene)
    if calls is not None and calls.count >= _FEWEST:
        limit = round_limit(calls.mean)
        if limit is None and (calls.named is None or "Timeout" not in calls.named):
            return None
        pile = next((one for one in ended if one.seconds == limit), None)
        return _weighed(scene, calls, logged, pile, limit, calls.count, calls.mean)
    if logged is None or logged.count < _FEWEST:
        return None
    pile = next((one for one in ended if not of_the_pool(scene, one)), None)
    if pile is None:
        return None
    number = float(min(logged.count, pile.requests))
    return _weighed(scene, None, logged, pile, pile.seconds, number, pile.seconds)


def _weighed(
    scene: Scene,
    calls: Unanswered | None,
    logged: LoggedTimeouts | None,
    pile: TimeLimit | None,
    limit: float | None,
    number: float,
    each: float,
) -> _TimedOut:
    whole = scene.case.measurements.slice_of()
    spent = _request_seconds(scene)
    failed = whole.failed if whole is not None else 0
    ended = number if pile is None else min(number, pile.failed)
    return _TimedOut(
        calls,
        logged,
        pile,
        limit,
        number,
        each,
        of_time=number * each / spent if spent else None,
        of_failures=min(1.0, ended / failed) if failed and pile is not None else None,
    )


def _request_seconds(scene: Scene) -> float | None:
    rate, mean = scene.value(SERVER_RATE, "mean"), scene.value(SERVER_MEAN, "mean")
    if rate is not None and mean is not None:
        return rate * mean * scene.whole.seconds
    whole = scene.case.measurements.slice_of()
    if whole is None or whole.latency.avg is None:
        return None
    return whole.requests * whole.latency.avg


def _matters(found: _TimedOut) -> bool:
    return (found.of_time or 0.0) >= _OF_REQUEST_TIME or (found.of_failures or 0.0) >= _OF_FAILURES


def _confidence(found: _TimedOut) -> float:
    if found.calls is None:
        return 0.75
    return 0.95 if found.pile is not None or found.logged is not None else 0.85


def _onset(scene: Scene, found: _TimedOut) -> int:
    known = [
        *([found.pile.first_ns] if found.pile is not None else []),
        *([found.logged.first_ns] if found.logged is not None else []),
    ]
    return max(scene.whole.start_ns, min(known)) if known else scene.windows[0].start_ns


def _rows(
    scene: Scene, found: _TimedOut
) -> Iterator[tuple[Message, Cell | Figure, Provenance | None]]:
    calls, logged, pile = found.calls, found.logged, found.pile
    place = None if calls is None else calls.figure.provenance
    dumped = transaction_calls(scene.case)
    calling = len(dumped.inside) + dumped.outside
    yield (
        message("diagnosis.label.time-limit"),
        None if found.limit is None else seconds(found.limit),
        place,
    )
    yield (
        message("diagnosis.label.unanswered-calls"),
        None if calls is None else count(calls.count),
        place,
    )
    yield (
        message("diagnosis.label.unanswered-mean"),
        None if calls is None else seconds(calls.mean),
        place,
    )
    yield (
        message("diagnosis.label.answered-mean"),
        None if calls is None or calls.answered is None else seconds(calls.answered),
        place,
    )
    yield (
        message("diagnosis.label.piled-requests"),
        None if pile is None else count(pile.requests),
        None,
    )
    yield (
        message("diagnosis.label.piled-failed"),
        None if pile is None else count(pile.failed),
        None,
    )
    yield (
        message("diagnosis.label.timeout-exception"),
        None if logged is None else logged.exception,
        None if logged is None else logged.place,
    )
    yield (
        message("diagnosis.label.timeout-records"),
        None if logged is None else count(logged.count),
        None if logged is None else logged.place,
    )
    yield (
        message("diagnosis.label.calling-threads"),
        count(calling) if calling else None,
        dumped.inside[0][1] if dumped.inside else None,
    )
    yield message("diagnosis.label.pool-timeouts"), scene.ask(TIMEOUTS, "count"), None
    yield (
        message("diagnosis.label.timeout-of-time"),
        None if found.of_time is None else share(min(1.0, found.of_time)),
        place,
    )
    yield (
        message("diagnosis.label.timeout-of-failures"),
        None if found.of_failures is None else share(found.of_failures),
        None,
    )


def _whys(found: _TimedOut) -> tuple[Message, ...]:
    answers = []
    calls = found.calls
    if calls is not None:
        answers.append(
            message(
                "findings.downstream-timeout.why-calls",
                count=round(calls.count),
                mean=seconds(calls.mean),
            )
            if calls.answered is None
            else message(
                "findings.downstream-timeout.why-answered",
                count=round(calls.count),
                mean=seconds(calls.mean),
                answered=seconds(calls.answered),
            )
        )
    elif found.logged is not None:
        answers.append(
            message(
                "findings.downstream-timeout.why-logged",
                exception=found.logged.exception,
                times=found.logged.count,
            )
        )
    return (*answers, message("findings.downstream-timeout.why-outside"))


def _has_calls(case: Case) -> bool:
    scene = Scene.of(case)
    return scene.known(CLIENT) or any(log.source.clock.correlated for log in case.run.of(AppLog))


PLUGIN = Rule(
    "downstream-timeout",
    Category.BOTTLENECK,
    (Need(message("need.downstream-calls"), _has_calls),),
    detect,
)
