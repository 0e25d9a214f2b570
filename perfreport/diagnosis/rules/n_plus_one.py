"""A lookup runs once for every row of a list instead of once for all of them.

Symptom: one short statement runs many times for each request, in step with the load.
Why it hurts: the request waits for every one of them in turn and holds its connection meanwhile;
more rows, or a longer way to the database, make it slower in proportion.
How detected: a lookup by key with about as many executions per list query as the list returns
rows, or at least four for every HTTP request. A cause only where these lookups, their round trips
included, take half of the time connections are held and that time is a quarter of the request
time; else a risk.
False positives: a job of its own that polls (it does not grow with the requests); a lookup that is
slow by itself is a slow query, whatever calls it; row locks or calls that take the held time.
Reference: Hibernate User Guide, fetching; N+1 selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import ALL_STATEMENTS
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.connection_time import SERVER_RATE
from perfreport.diagnosis.views.endpoints import endpoint_of
from perfreport.diagnosis.views.repetition import follows_load, per_request, repeated
from perfreport.model.finding import Category, Command, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.repetition import Repeated
    from perfreport.model.finding import KeyValues
    from perfreport.model.message import Message
    from perfreport.model.statement import StatementFigures
    from perfreport.rules import Case

_SHARE = 0.5
_OF_REQUESTS = 0.25
_LOCKED = 0.4
_WORTH_A_RISK = 5.0
_CHECKS = (
    Command(
        message("findings.n-plus-one.check"),
        "sql",
        "SELECT COUNT_STAR, SUM_ROWS_SENT, DIGEST_TEXT\n"
        "FROM performance_schema.events_statements_summary_by_digest\n"
        "ORDER BY COUNT_STAR DESC LIMIT 10;",
    ),
)
_SUMMARY = {
    "list": "findings.n-plus-one.summary",
    "request": "findings.n-plus-one.summary-request",
    "transaction": "findings.n-plus-one.summary-transaction",
}
_FETCHES = ("hibernate.entities.fetches", "hibernate.collections.fetches")


def detect(case: Case) -> Iterator[Finding]:
    """Report the lookups as the cause where their time matters, else as a risk."""
    scene = Scene.of(case)
    found = repeated(scene)
    if found is None or follows_load(scene) is False:
        return
    loop, one = found.loops[0]
    if loop.per_unit >= _WORTH_A_RISK:
        yield _risk(scene, found)
    if not _matters(found):
        return
    part = _part(found)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.n-plus-one.title"),
        summary=message(
            _SUMMARY[loop.unit],
            statement=loop.fingerprint,
            times=round(loop.per_unit),
            count=loop.count,
            share=share(part),
        ),
        evidence=(_figures(scene, found),),
        confidence=0.9 if loop.rows is not None else 0.75,
        impact=part,
        onset_ns=scene.windows[0].start_ns,
        subject=loop.fingerprint,
        whys=_whys(scene, found, one),
        remedies=(message("findings.n-plus-one.remedy"),),
        checks=_CHECKS,
    )


def _risk(scene: Scene, found: Repeated) -> Finding:
    loop, _ = found.loops[0]
    return Finding(
        rule=PLUGIN.id,
        category=Category.RISK,
        severity=Severity.LOW,
        title=message("findings.n-plus-one.title"),
        summary=message(
            "findings.n-plus-one.risk", statement=loop.fingerprint, times=round(loop.per_unit)
        ),
        evidence=(_figures(scene, found),),
        confidence=0.8 if loop.rows is not None else 0.6,
        impact=_part(found),
        subject=loop.fingerprint,
        remedies=(message("findings.n-plus-one.remedy"),),
        checks=_CHECKS,
    )


def _matters(found: Repeated) -> bool:
    if (found.spent.lock_share or 0.0) >= _LOCKED:
        return False
    of_requests = found.share_of_requests
    if found.share_of_held is None:
        return of_requests is not None and of_requests >= _SHARE
    return found.share_of_held >= _SHARE and (of_requests is None or of_requests >= _OF_REQUESTS)


def _part(found: Repeated) -> float:
    if found.share_of_held is not None:
        return found.share_of_held
    return found.share_of_requests or 0.0


def _figures(scene: Scene, found: Repeated) -> KeyValues:
    loop, one = found.loops[0]
    rows = loop.rows
    fetched = [rate for name in _FETCHES if (rate := scene.ask(name, "rate")) is not None]
    served = scene.value(SERVER_RATE, "mean")
    asked = per_request(scene)
    return figures(
        (message("diagnosis.label.statement"), loop.fingerprint, loop.provenance),
        (message("diagnosis.label.statement-count"), count(loop.count), loop.provenance),
        (message("diagnosis.label.statement-mean"), seconds(one.mean), loop.provenance),
        (
            message("diagnosis.label.list-statement"),
            None if rows is None else rows.fingerprint,
            None if rows is None else rows.provenance,
        ),
        (
            message("diagnosis.label.list-count"),
            None if rows is None else count(rows.count),
            None if rows is None else rows.provenance,
        ),
        (
            message("diagnosis.label.list-rows"),
            None if rows is None or rows.rows_sent is None else count(rows.rows_sent),
            None if rows is None else rows.provenance,
        ),
        (message("diagnosis.label.repeated-times"), count(loop.per_unit), loop.provenance),
        (
            message("diagnosis.label.statements-per-request"),
            count(asked[-1][1]) if asked else None,
            asked[-1][0].provenance if asked else None,
        ),
        (
            message("diagnosis.label.lazy-fetches"),
            count(sum(one.value for one in fetched) / served) if fetched and served else None,
            fetched[0].provenance if fetched else None,
        ),
        (
            message("diagnosis.label.round-trip"),
            None if found.round_trip is None else seconds(found.round_trip),
            None if found.spent.held is None else found.spent.held.provenance,
        ),
        (message("diagnosis.label.connections-in-use"), found.spent.held, None),
        (
            message("diagnosis.label.repeated-share"),
            None if found.share_of_held is None else share(found.share_of_held),
            loop.provenance,
        ),
    )


def _whys(scene: Scene, found: Repeated, one: StatementFigures) -> tuple[Message, ...]:
    loop, _ = found.loops[0]
    answers = []
    each = one.mean + (found.round_trip or 0.0)
    answers.append(
        message(
            "findings.n-plus-one.why-trips",
            each=seconds(each),
            times=round(loop.per_unit),
            total=seconds(each * loop.per_unit),
        )
    )
    if loop.rows is not None and loop.rows.rows_sent is not None:
        endpoint = endpoint_of(scene, loop.rows.count)
        rows = round(loop.rows.rows_sent)
        answers.append(
            message("findings.n-plus-one.why-list", statement=loop.rows.fingerprint, rows=rows)
            if endpoint is None
            else message(
                "findings.n-plus-one.why-endpoint",
                endpoint=endpoint,
                statement=loop.rows.fingerprint,
                rows=rows,
            )
        )
    return tuple(answers)


PLUGIN = Rule("n-plus-one", Category.BOTTLENECK, (ALL_STATEMENTS,), detect)
