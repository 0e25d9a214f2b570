"""A call to another service is made while a database connection is held.

Symptom: connections are held many times longer than their statements run.
Why it hurts: the pool's capacity is size / hold time; a slow neighbour eats the pool.
How detected: seconds of downstream calls per second against connections in use, after taking off
what fits into request time outside held connections. Looked at where requests wait least for a
connection, for there the account is sharpest. Thread dumps that show the call under a
transaction confirm it; that they don't refutes nothing, for code may handle connections itself.
False positives: other work inside the transaction of the same length as the call.
Reference: Little's law; Spring, declarative transaction management.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import POOL, sampled_need, signal_need
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.calls import TransactionCalls, transaction_calls
from perfreport.diagnosis.views.connection_time import CLIENT, HOLD, sharpest
from perfreport.model.finding import Category, Excerpt, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.connection_time import ConnectionTime
    from perfreport.model.message import Message
    from perfreport.rules import Case

_SHARE = 0.5
_SHARE_SEEN = 0.3  # enough where a thread dump shows it


def detect(case: Case) -> Iterator[Finding]:
    """Report the share of the held time that goes into calls."""
    scene = Scene.of(case)
    spent = sharpest(scene)
    if spent is None or spent.calls_share is None or spent.held is None:
        return
    seen = transaction_calls(case)
    enough = _SHARE_SEEN if seen.inside else _SHARE
    if spent.calls_share < enough:
        return
    call = scene.ask(CLIENT, "mean", spent.window)
    hold = scene.ask(HOLD, "mean", spent.window)
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.remote-call-in-transaction.title"),
        summary=message(
            "findings.remote-call-in-transaction.summary",
            share=share(spent.calls_share),
            call=call.quantity if call is not None else share(spent.calls_share),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.connections-in-use"), spent.held, None),
                (message("diagnosis.label.call-mean"), call, None),
                (
                    message("diagnosis.label.call-rate"),
                    scene.ask(CLIENT, "rate", spent.window),
                    None,
                ),
                (message("diagnosis.label.pool-hold"), hold, None),
                (
                    message("diagnosis.label.call-share"),
                    share(spent.calls_share),
                    spent.held.provenance,
                ),
            ),
            *_excerpts(seen),
        ),
        confidence=0.95 if seen.inside else 0.75,
        impact=spent.calls_share,
        onset_ns=scene.windows[0].start_ns,
        whys=_whys(spent, seen),
        remedies=(message("findings.remote-call-in-transaction.remedy"),),
    )


def _excerpts(seen: TransactionCalls) -> tuple[Excerpt, ...]:
    return tuple(
        Excerpt(message("diagnosis.label.thread-stack"), "log", frames, place)
        for frames, place in seen.inside[:1]
    )


def _whys(spent: ConnectionTime, seen: TransactionCalls) -> tuple[Message, ...]:
    answers = [
        message(
            "findings.remote-call-in-transaction.why-share", share=share(spent.calls_share or 0.0)
        )
    ]
    if seen.inside:
        answers.append(
            message(
                "findings.remote-call-in-transaction.why-stack",
                threads=len(seen.inside),
                frame=seen.frame or "",
            )
        )
    return tuple(answers)


PLUGIN = Rule(
    "remote-call-in-transaction",
    Category.BOTTLENECK,
    (POOL, signal_need("need.http-client-signals", CLIENT), sampled_need(detect)),
    detect,
)
