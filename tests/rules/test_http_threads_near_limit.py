"""Threads that sufficed but have no room for the next step are a risk."""

from __future__ import annotations

import pytest

from perfreport.model.finding import Category
from tests.rules.served import Stage, findings, missing, served

RULE = "http-threads-near-limit"


def busy(threads: float, vus: float = 100, **more: float) -> Stage:
    return Stage(vus=vus, throughput=vus, threads=threads, served=0.05, **more)


def test_fires_when_the_next_step_would_use_all() -> None:
    (finding,) = findings(RULE, served(busy(0.6, 200), busy(0.8, 300)))
    assert finding.category is Category.RISK
    assert dict(finding.summary.params)["factor"] == pytest.approx(1.25)


def test_silent_just_below() -> None:
    assert findings(RULE, served(busy(0.6, 200), busy(0.74, 300))) == ()
    assert findings(RULE, served(busy(0.79))) == ()


def test_silent_where_all_threads_were_busy() -> None:
    assert findings(RULE, served(busy(0.8, 200), busy(1.0, 300))) == ()


def test_silent_where_the_pool_keeps_them_busy() -> None:
    waiting = busy(
        0.9, 300, pool=2, active=2, pending=40, borrowed=70, hold=0.03, acquire=0.5
    )  # fmt: skip
    easy = busy(0.5, 200, pool=2, active=1, borrowed=40, hold=0.02)
    assert findings(RULE, served(easy, waiting)) == ()


def test_not_evaluated_without_threads() -> None:
    assert missing(RULE, served(Stage())) == ("need.tomcat-signals",)
