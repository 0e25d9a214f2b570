"""A heap with little room after a collection is a risk while pauses are short."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfreport.model.finding import Category
from tests.rules.served import Stage, findings, missing, served
from tests.rules.test_heap_leak import climbing, made, run

RULE = "heap-near-limit"


def test_fires_when_a_fifth_is_left() -> None:
    (finding,) = findings(RULE, run(made(*[801] * 30)))
    assert finding.category is Category.RISK
    assert dict(finding.summary.params)["level"].value == 0.801


def test_silent_just_below() -> None:
    assert findings(RULE, run(made(*[799] * 30))) == ()


def test_silent_where_the_collector_hurts_already() -> None:
    assert findings(RULE, run(made(*[850] * 30, share=0.2))) == ()


def test_silent_on_a_leak_which_tells_itself() -> None:
    assert findings(RULE, run(made(*climbing(700, 190)))) == ()


def test_silent_on_an_old_generation_that_nobody_had_to_collect() -> None:
    log = made(*[900] * 30)
    young = replace(log.pauses, full=np.zeros(len(log.pauses), dtype=bool))
    assert findings(RULE, run(replace(log, pauses=young))) == ()


def test_not_evaluated_without_a_heap() -> None:
    assert missing(RULE, served(Stage())) == ("need.gc-signals",)
