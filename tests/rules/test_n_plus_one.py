"""A lookup for every row of a list."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.finding import Category
from tests.rules.digests import Ran, digests
from tests.rules.served import Stage, findings, missing, served

RULE = "n-plus-one"
LIST = Ran("select id, product_id from orders where user_id = ?", 50, 0.0005, sent=20)
LOOKUP = Ran("select name from products where id = ?", 1000, 0.0002)
OTHER = Ran("select value from settings where name = ?", 100, 0.0003)
# 20 connections-seconds in 20 s: what the lookups and their way to the database take.
BUSY = Stage(throughput=30, served=0.04, pool=10, active=1, borrowed=30, hold=1 / 30, lock=0.0)


def causes(*stages: Stage, statements: tuple[Ran, ...]):
    case = served(*stages, facts=digests(*statements))
    return [one for one in findings(RULE, case) if one.category is Category.BOTTLENECK]


def test_fires_where_lookups_take_the_held_time() -> None:
    (finding,) = causes(BUSY, BUSY, statements=(LIST, LOOKUP, OTHER))
    assert finding.subject == LOOKUP.text
    assert finding.impact > 0.8


def test_silent_where_a_call_takes_the_held_time() -> None:
    """The time that is left for the way to the database is what the calls leave."""
    calling = replace(BUSY, call=0.038, calls=25, served=0.035)
    assert causes(calling, calling, statements=(LIST, LOOKUP, OTHER)) == []


def test_silent_where_other_statements_are_as_many() -> None:
    many = Ran("insert into visits (at) values (?)", 1500, 0.0003)
    assert causes(BUSY, BUSY, statements=(LIST, LOOKUP, many)) == []


def test_silent_where_lists_are_shorter_than_the_lookups_would_need() -> None:
    """A thousand lookups beside fifty lists of two rows belong to something else."""
    short = replace(LIST, sent=2)
    assert findings(RULE, served(BUSY, BUSY, facts=digests(short, LOOKUP, OTHER))) == ()


def test_silent_where_the_lookup_locks_its_row() -> None:
    locking = replace(LOOKUP, text=f"{LOOKUP.text} for update")
    assert findings(RULE, served(BUSY, BUSY, facts=digests(LIST, locking, OTHER))) == ()


def test_silent_where_each_lookup_scans() -> None:
    scanning = replace(LOOKUP, examined=5000)
    assert findings(RULE, served(BUSY, BUSY, facts=digests(LIST, scanning, OTHER))) == ()


def test_a_loop_that_takes_little_time_is_a_risk() -> None:
    idle = replace(BUSY, hold=0.0001, served=0.02)
    quiet = served(idle, idle, facts=digests(LIST, replace(LOOKUP, seconds=1e-6), OTHER))
    (finding,) = findings(RULE, quiet)
    assert (finding.category, finding.role) == (Category.RISK, None)


def test_not_evaluated_without_statements() -> None:
    assert missing(RULE, served(BUSY)) == ("need.all-statements",)
