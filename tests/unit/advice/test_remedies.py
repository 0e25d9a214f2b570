"""Advice addresses the cause it was given, within what is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from perfreport.model.advice import Horizon
from perfreport.model.finding import Category, Role
from perfreport.model.grade import ValidityLevel
from perfreport.model.message import message
from tests.advised import FIGURES, advised, cause

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
spring:
  datasource:
    hikari:
      maximum-pool-size: 20
      minimum-idle: 20
  kafka:
    listener:
      concurrency: 3
server:
  tomcat:
    threads:
      max: 8
      min-spare: 4
"""
COMPOSE = """\
services:
  app:
    image: shop
    environment:
      JAVA_OPTS: "-Xmx512m"
  kafka:
    image: kafka
    environment:
      KAFKA_NUM_PARTITIONS: 3
"""
POOL = "hikaricp.connections.max"
# cause: what must be among the remedies, and settings that must not be touched
TABLE = {
    "pool-undersized": ({"pool-size"}, {"tomcat.threads.max"}),
    "remote-call-in-transaction": ({"transaction-scope"}, {"tomcat.threads.max"}),
    # A bigger pool would only hold more transactions that wait for the same row.
    "row-lock-contention": ({"hot-path-limit", "atomic-update", "lock-scope"}, {POOL}),
    "connection-leak": ({"leak-fix"}, {POOL}),  # it would only run dry later
    "slow-query": ({"read-model"}, {POOL}),  # more of it at once loads the database
    "gc-pressure": ({"heap-size"}, {POOL, "tomcat.threads.max"}),  # more would live at once
    "http-threads-exhausted": ({"http-threads"}, {POOL}),  # the pool has room
    "cpu-saturated": ({"cpu-profile", "hot-code"}, {POOL, "tomcat.threads.max"}),
    "kafka-consumer-slow": ({"kafka-parallelism", "batch-listener"}, {POOL}),
    "cache-stampede": ({"single-flight", "refresh-ahead"}, {POOL}),
}


def test_every_cause_has_a_row() -> None:
    assert TABLE.keys() == FIGURES.keys()


@pytest.mark.parametrize("rule", TABLE)
def test_a_cause_gets_its_remedies(rule: str, tmp_path: Path) -> None:
    app = APP.replace("max: 8", "max: 200") if rule != "http-threads-exhausted" else APP
    advice = advised(tmp_path, {"application.yml": app, "compose.yml": COMPOSE}, cause(rule))
    wanted, untouched = TABLE[rule]
    assert wanted <= {one.remedy for one in advice.recommendations}
    assert {one.finding for one in advice.recommendations} == {rule}
    changed = {change.name for one in advice.recommendations for change in one.changes}
    assert not changed & untouched
    assert advice.errors == ()


def test_symptoms_get_nothing(tmp_path: Path) -> None:
    symptom = replace(cause("pool-undersized"), role=Role.SYMPTOM)
    assert advised(tmp_path, {"application.yml": APP}, symptom).recommendations == ()


def test_findings_about_the_test_only_ask_for_a_better_test(tmp_path: Path) -> None:
    finding = replace(
        cause("pool-undersized"),
        rule="iterations-dropped",
        category=Category.VALIDITY,
        role=None,
        validity=ValidityLevel.QUESTIONABLE,
        remedies=(message("findings.iterations-dropped.remedy"),),
    )
    advice = advised(tmp_path, {"application.yml": APP}, finding)
    assert [one.remedy for one in advice.recommendations] == ["fix-test"]
    assert advice.patches == ()


def test_consumers_and_partitions_rise_together(tmp_path: Path) -> None:
    files = {"application.yml": APP, "compose.yml": COMPOSE}
    advice = advised(tmp_path, files, cause("kafka-consumer-slow"))
    changes = {c.name: c.value for one in advice.recommendations for c in one.changes}
    assert changes == {"kafka.partitions": 10, "kafka.consumer.concurrency": 10}


def test_idle_partitions_only_need_consumers(tmp_path: Path) -> None:
    files = {
        "application.yml": APP,
        "compose.yml": COMPOSE.replace("PARTITIONS: 3", "PARTITIONS: 12"),
    }
    advice = advised(tmp_path, files, cause("kafka-consumer-slow"))
    changes = {c.name: c.value for one in advice.recommendations for c in one.changes}
    assert changes == {"kafka.consumer.concurrency": 10}


@pytest.mark.parametrize(
    ("threads", "said"), [("20", "pool-at-threads"), ("200", "pool-at-connections")]
)
def test_a_pool_at_its_bound_is_told_so(threads: str, said: str, tmp_path: Path) -> None:
    files = {
        "application.yml": APP.replace("max: 8", f"max: {threads}"),
        "compose.yml": COMPOSE + "  db:\n    image: mysql\n    command: --max-connections=25\n",
    }
    if said == "pool-at-threads":
        del files["compose.yml"]
    advice = advised(tmp_path, files, cause("pool-undersized"))
    assert not any(one.changes for one in advice.recommendations)
    assert f"advice.futile.{said}" in {one.said.key for one in advice.futile}


def test_a_pool_of_fixed_size_stays_one(tmp_path: Path) -> None:
    files = {"application.yml": APP.replace("max: 8", "max: 200")}
    advice = advised(tmp_path, files, cause("pool-undersized"))
    changes = {c.name: c.value for one in advice.recommendations for c in one.changes}
    assert changes[POOL] == changes["hikaricp.connections.min"] == 55


def test_advice_needs_no_configuration(tmp_path: Path) -> None:
    advice = advised(tmp_path, {}, *(cause(rule) for rule in TABLE))
    assert {one.horizon for one in advice.recommendations} == set(Horizon)
    assert not any(one.diff for one in advice.recommendations)
    assert advice.errors == ()


def test_every_horizon_is_sorted_by_priority(tmp_path: Path) -> None:
    found = advised(tmp_path, {}, *(cause(rule) for rule in TABLE)).recommendations
    order = [(list(Horizon).index(one.horizon), one.priority.value) for one in found]
    assert order == sorted(order)


def test_an_index_is_a_hypothesis_for_the_statement_of_the_finding(tmp_path: Path) -> None:
    """Without measured statements there is nothing to propose an index from."""
    found = advised(
        tmp_path, {}, replace(cause("slow-query"), subject="select a from t where b = ?")
    )
    assert "index" not in {one.remedy for one in found.recommendations}
    assert "read-replica" in {one.remedy for one in found.recommendations}


@pytest.mark.parametrize(
    "statement", ["update t set a = ?", "select a from t where b = ? for update"]
)
def test_a_replica_serves_plain_reads_only(statement: str, tmp_path: Path) -> None:
    found = advised(tmp_path, {}, replace(cause("slow-query"), subject=statement))
    assert "read-replica" not in {one.remedy for one in found.recommendations}


def test_a_remedy_that_fails_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfreport import advice as package
    from perfreport.advice._spec import Remedy
    from perfreport.model.advice import Effort

    def fail(_: object) -> tuple[()]:
        raise ValueError

    known = package.registry.discover(package.remedies_package, Remedy)
    broken = Remedy("broken", frozenset({"pool-undersized"}), Horizon.MID, Effort.DAYS, fail)
    monkeypatch.setattr(package.registry, "discover", lambda *_: (broken, *known))
    found = advised(tmp_path, {"application.yml": APP}, cause("pool-undersized"))
    assert [error.rule for error in found.errors] == ["broken"]
    assert found.recommendations


def test_a_hot_row_is_fenced_off_only_where_it_crowds_the_pool(tmp_path: Path) -> None:
    def remedies(waiting: float) -> set[str]:
        crowd = cause("row-lock-contention", **{"lock-waiting": waiting})
        advice = advised(tmp_path, {"application.yml": APP}, crowd)
        return {one.remedy for one in advice.recommendations}

    assert "hot-path-limit" in remedies(10)  # half of the pool
    assert "hot-path-limit" not in remedies(9)


def test_nothing_is_said_of_other_services_where_nothing_shows_a_call(tmp_path: Path) -> None:
    files = {"application.yml": APP}
    busy = advised(tmp_path, files, cause("http-threads-exhausted")).recommendations
    assert not {"call-timeout", "event-outbox"} & {one.remedy for one in busy}
    held = advised(tmp_path, files, cause("remote-call-in-transaction")).recommendations
    assert {"call-timeout", "event-outbox"} <= {one.remedy for one in held}


def test_consumers_that_fill_their_share_of_the_pool_are_told_so(tmp_path: Path) -> None:
    files = {"application.yml": APP.replace("concurrency: 3", "concurrency: 10")}
    advice = advised(tmp_path, files, cause("kafka-consumer-slow"))
    assert "kafka-parallelism" not in {one.remedy for one in advice.recommendations}
    assert "advice.futile.consumers-at-pool" in {one.said.key for one in advice.futile}
