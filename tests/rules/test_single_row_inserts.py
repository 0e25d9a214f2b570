"""A transaction that writes its rows one INSERT at a time."""

from __future__ import annotations

from dataclasses import replace

from tests.rules.digests import Ran, digests
from tests.rules.served import Stage, findings, missing, served

RULE = "single-row-inserts"
ITEM = Ran("insert into order_items (order_id, sku) values (?)", 1500, 0.0002, sent=0, changed=1)
COMMIT = Ran("commit", 100, 0.0002, sent=0)
ORDER = Ran("insert into orders (user_id) values (?)", 100, 0.0003, sent=0, changed=1)
# Five transactions a second hold a connection for 0.2 s each: sixteen round trips and the commit.
BUSY = Stage(throughput=10, served=0.12, pool=10, active=1, borrowed=5, hold=0.2, lock=0.0)


def fires(stage: Stage, *statements: Ran) -> bool:
    return bool(findings(RULE, served(stage, stage, facts=digests(*statements))))


def test_fires_where_the_inserts_take_the_held_time() -> None:
    (finding,) = findings(RULE, served(BUSY, BUSY, facts=digests(ITEM, COMMIT, ORDER)))
    assert finding.subject == ITEM.text
    assert finding.impact > 0.8


def test_silent_where_rows_go_in_batches() -> None:
    assert not fires(BUSY, replace(ITEM, changed=15), COMMIT, ORDER)


def test_silent_where_a_transaction_inserts_few_rows() -> None:
    assert not fires(BUSY, replace(ITEM, times=300), COMMIT, ORDER)


def test_silent_where_each_row_has_a_connection_of_its_own() -> None:
    """Workers that store a row each are many, but none of them waits for another's row."""
    workers = replace(BUSY, borrowed=80, hold=0.0125)
    assert not fires(workers, ITEM, COMMIT, ORDER)


def test_silent_where_row_locks_take_the_time() -> None:
    assert not fires(replace(BUSY, lock=0.6), ITEM, COMMIT, ORDER)


def test_silent_where_connections_are_a_small_part_of_the_request() -> None:
    assert not fires(replace(BUSY, served=0.9), ITEM, COMMIT, ORDER)


def test_a_small_pool_is_not_blamed_for_them() -> None:
    full = replace(BUSY, pool=1, active=1, pending=5, acquire=0.5, served=1.0)
    case = served(full, full, facts=digests(ITEM, COMMIT, ORDER))
    assert findings(RULE, case)
    assert findings("pool-undersized", case) == ()
    assert findings("pool-undersized", served(full, full, facts=digests(COMMIT, ORDER)))


def test_not_evaluated_without_statements() -> None:
    assert missing(RULE, served(BUSY)) == ("need.all-statements",)
