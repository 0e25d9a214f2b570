"""An expensive entry that has not expired under load yet."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.finding import Category, Role
from perfreport.model.redis import Keyspace, RedisInfo, RedisSnapshot
from perfreport.model.source import SourceRef
from tests.rules.digests import Ran, digests
from tests.rules.served import Stage, findings, missing, served

RULE = "cache-stampede-risk"
# Forty look-ups a second, of which one in a while misses: a load takes half a second.
QUIET = Stage(pool=20, active=1, borrowed=30, hold=0.01, misses=(0.6,) * 10, hits=40.0)
LOAD = Ran("select p.id, sum(o.n) from orders o join products p group by p.id limit ?", 12, 0.5)
INFO = RedisInfo(
    SourceRef("redis.txt", "redis-info"),
    (RedisSnapshot(None, "7.0", 60.0, "allkeys-lru", (), (), (Keyspace(0, 40, 40, 300.0),)),),
)


def found(stage: Stage, *statements: Ran, facts=(INFO,)):
    return findings(RULE, served(stage, stage, facts=(*digests(*statements), *facts)))


def test_fires_where_many_would_miss_together() -> None:
    (finding,) = found(QUIET, LOAD)
    assert (finding.category, finding.role) == (Category.RISK, None)
    assert finding.role is not Role.CAUSE
    assert dict(finding.summary.params)["together"] == 20


def test_fires_where_only_the_warm_up_missed() -> None:
    """Counters stand at a thousand misses when the load begins."""
    warm = replace(QUIET, misses=(0.0,) * 10)
    assert found(warm, replace(LOAD, times=500)) != ()


def test_silent_where_a_load_is_quick() -> None:
    assert found(QUIET, replace(LOAD, seconds=0.1)) == ()


def test_silent_where_entries_do_not_expire() -> None:
    assert found(QUIET, LOAD, facts=()) == ()


def test_silent_where_each_key_has_its_own_entry() -> None:
    own = replace(LOAD, text="select name from products where id = ?")
    assert found(QUIET, own) == ()


def test_silent_where_it_has_struck() -> None:
    burst = (30.0, 20.0, *((0.0,) * 8))
    loaded = (18.0, 18.0, *((1.0,) * 8))
    stage = replace(QUIET, misses=burst, actives=loaded)
    assert findings("cache-stampede", served(stage, stage)) != ()
    assert found(stage, LOAD) == ()


def test_not_evaluated_without_cache_and_statements() -> None:
    told = missing(RULE, served(replace(QUIET, misses=None)))
    assert told == ("need.cache-signals", "need.statement-digest")
