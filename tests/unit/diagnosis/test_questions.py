"""Where no cause stands, the data that would decide are named; where one stands, none are."""

from __future__ import annotations

from dataclasses import replace

from perfreport.diagnosis.questions import deciding, unexplained
from perfreport.model.analysis import Diagnosis
from perfreport.model.finding import NotEvaluated
from perfreport.model.message import message
from tests.unit.diagnosis.test_chain import finding

FULL = replace(finding("pool-exhausted", "x"), caused_by=())
LOCKS = NotEvaluated("row-lock-contention", (message("need.row-lock-signals"),))
CACHE = NotEvaluated("http-threads-busy", (message("need.tomcat-signals"),))


def test_an_unexplained_symptom_asks_for_what_its_possible_causes_lacked() -> None:
    assert deciding(Diagnosis((FULL,), (LOCKS,))) == LOCKS.needs


def test_an_explained_symptom_asks_for_nothing() -> None:
    known = replace(FULL, caused_by=("connection-leak",))
    assert deciding(Diagnosis((known,), (LOCKS,))) == ()
    assert unexplained(Diagnosis((known,))) == ()


def test_a_rule_that_could_not_explain_it_asks_for_nothing() -> None:
    assert deciding(Diagnosis((FULL,), (CACHE,))) == ()


def test_each_need_is_named_once() -> None:
    again = replace(LOCKS, rule="slow-query")
    assert deciding(Diagnosis((FULL,), (LOCKS, again))) == LOCKS.needs
