"""The 5 Whys begin with what users feel, follow only what was seen, and never repeat."""

from __future__ import annotations

from dataclasses import replace

from perfreport.diagnosis.chain import five_whys
from perfreport.model.finding import Category, Finding, Role, Severity
from perfreport.model.message import message


def finding(rule: str, *causes: str, whys: int = 0) -> Finding:
    return Finding(
        rule,
        Category.BOTTLENECK,
        Severity.HIGH,
        message(f"said.{rule}"),
        message(f"title.{rule}"),
        role=Role.SYMPTOM if causes else None,
        caused_by=causes,
        whys=tuple(message(f"why.{rule}.{place}") for place in range(whys)),
    )


LOCK = "row-lock-contention"


def keys(cause: Finding, *symptoms: Finding) -> list[str]:
    return [answer.key for answer in five_whys(cause, symptoms)]


def test_a_chain_starts_with_what_users_feel_not_with_the_longest_walk() -> None:
    chain = keys(
        finding(LOCK, whys=3),
        finding("kafka-lag-surge", LOCK),
        finding("pool-exhausted", LOCK),
        finding("latency-degraded", LOCK),
    )
    assert chain == [
        "said.latency-degraded",
        "said.pool-exhausted",
        f"why.{LOCK}.0",
        f"why.{LOCK}.1",
        f"why.{LOCK}.2",
    ]


def test_a_step_that_was_not_seen_is_no_step() -> None:
    chain = keys(finding(LOCK, whys=1), finding("latency-degraded", LOCK))
    assert chain == ["said.latency-degraded", f"why.{LOCK}.0"]


def test_a_symptom_of_another_cause_is_no_step() -> None:
    chain = keys(
        finding(LOCK, whys=1),
        finding("latency-degraded", LOCK),
        finding("pool-exhausted", "connection-leak"),
    )
    assert chain == ["said.latency-degraded", f"why.{LOCK}.0"]


def test_without_anything_felt_it_starts_with_the_symptom_there_is() -> None:
    slow = "kafka-consumer-slow"
    assert keys(finding(slow, whys=1), finding("kafka-lag-surge", slow)) == [
        "said.kafka-lag-surge",
        f"why.{slow}.0",
    ]


def test_a_cause_without_answers_of_its_own_answers_with_its_summary() -> None:
    assert keys(finding(LOCK), finding("errors-surge", LOCK))[-1] == f"said.{LOCK}"


def test_no_answer_comes_twice_and_never_more_than_five() -> None:
    symptoms = ("latency-degraded", "pool-exhausted", "http-threads-busy")
    chain = keys(finding(LOCK, whys=4), *(finding(rule, LOCK) for rule in symptoms))
    assert len(chain) == len(set(chain)) == 5
    assert chain[0] == "said.latency-degraded"


def test_a_missing_step_on_the_way_does_not_hide_what_users_feel() -> None:
    chain = keys(
        finding("http-threads-exhausted", whys=1),
        finding("latency-degraded", "http-threads-exhausted"),
    )
    assert chain == ["said.latency-degraded", "why.http-threads-exhausted.0"]


def test_a_symptom_that_set_in_comes_before_one_that_was_always_there() -> None:
    slow = finding("latency-degraded", "downstream-timeout")
    failing = replace(finding("errors-surge", "downstream-timeout"), onset_ns=5)
    assert keys(finding("downstream-timeout", whys=1), slow, failing) == [
        "said.errors-surge", "why.downstream-timeout.0",
    ]  # fmt: skip
