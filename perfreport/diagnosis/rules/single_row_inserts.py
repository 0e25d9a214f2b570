"""A transaction writes its rows one INSERT at a time.

Symptom: one short INSERT runs many times in each transaction; connections are held many times
longer than the statements run.
Why it hurts: every row costs a round trip to the database, in turn, with the connection held.
How detected: an INSERT that changes one row per execution runs at least four times for each
COMMIT and more often than connections are taken, and with its round trips takes half of the held
time and, waiting for connections included, a quarter of the request time.
False positives: inserts that wait for row locks; a batch, which changes many rows per execution;
a writer that takes a connection for each row.
Reference: JDBC, Statement.addBatch; Hibernate User Guide, batching.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.diagnosis.evidence import figures
from perfreport.diagnosis.needs import ALL_STATEMENTS, POOL
from perfreport.diagnosis.scene import Scene
from perfreport.diagnosis.views.inserts import inserts
from perfreport.model.finding import Category, Command, Finding, Severity
from perfreport.model.message import message
from perfreport.model.units import count, seconds, share
from perfreport.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.diagnosis.views.inserts import Inserts
    from perfreport.rules import Case

_SHARE = 0.5
_OF_REQUESTS = 0.25
_LOCKED = 0.4


def detect(case: Case) -> Iterator[Finding]:
    """Report the INSERT whose round trips fill the time connections are held."""
    scene = Scene.of(case)
    found = inserts(scene)
    if found is None or not _matters(found):
        return
    one, total = found.statement, found.each * found.per_transaction
    yield Finding(
        rule=PLUGIN.id,
        category=Category.BOTTLENECK,
        severity=Severity.HIGH,
        title=message("findings.single-row-inserts.title"),
        summary=message(
            "findings.single-row-inserts.summary",
            statement=one.fingerprint,
            times=round(found.per_transaction),
            count=one.count,
            share=share(found.share_of_held),
        ),
        evidence=(
            figures(
                (message("diagnosis.label.statement"), one.fingerprint, one.provenance),
                (message("diagnosis.label.statement-count"), count(one.count), one.provenance),
                (message("diagnosis.label.statement-mean"), seconds(one.mean), one.provenance),
                (
                    message("diagnosis.label.inserts-per-transaction"),
                    count(found.per_transaction),
                    one.provenance,
                ),
                (
                    message("diagnosis.label.round-trip"),
                    seconds(found.round_trip),
                    None if found.spent.held is None else found.spent.held.provenance,
                ),
                (message("diagnosis.label.connections-in-use"), found.spent.held, None),
                (
                    message("diagnosis.label.insert-share"),
                    share(found.share_of_held),
                    one.provenance,
                ),
            ),
        ),
        confidence=0.85,
        impact=found.share_of_held,
        onset_ns=scene.windows[0].start_ns,
        subject=one.fingerprint,
        whys=(
            message(
                "findings.single-row-inserts.why-trips",
                each=seconds(found.each),
                times=round(found.per_transaction),
                total=seconds(total),
            ),
            message("findings.single-row-inserts.why-rows"),
        ),
        remedies=(message("findings.single-row-inserts.remedy"),),
        checks=(
            Command(
                message("findings.single-row-inserts.check"),
                "sql",
                "SELECT COUNT_STAR, SUM_ROWS_AFFECTED, DIGEST_TEXT\n"
                "FROM performance_schema.events_statements_summary_by_digest\n"
                "WHERE DIGEST_TEXT LIKE 'INSERT%' OR DIGEST_TEXT LIKE 'COMMIT%'\n"
                "ORDER BY COUNT_STAR DESC LIMIT 10;",
            ),
        ),
    )


def _matters(found: Inserts) -> bool:
    spent = found.spent
    if (spent.lock_share or 0.0) >= _LOCKED or found.share_of_held < _SHARE:
        return False
    if not spent.request or spent.held is None:
        return True
    return (spent.held.value + (spent.waited or 0.0)) / spent.request >= _OF_REQUESTS


PLUGIN = Rule("single-row-inserts", Category.BOTTLENECK, (POOL, ALL_STATEMENTS), detect)
