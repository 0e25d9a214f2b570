"""What a file sets and the running system denies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfreport.model.configuration import (
    AppConfig,
    ComposeConfig,
    Service,
    Setting,
    SettingOrigin,
)
from perfreport.model.jvm import Collector, GcLog
from perfreport.model.units import Unit
from perfreport.sources import gc_jdk8
from perfreport.sources._input import Input
from tests.rules.judged import findings, level, missing
from tests.rules.made import ref
from tests.rules.served import Stage, served

RULE = "settings-differ"
LOG = Path(__file__).parents[2] / "samples/gc-jdk8/parallel-details.log"
GC = gc_jdk8.PLUGIN.read(Input("gc.log", LOG))
RUNNING = Stage(pool=10, active=2, borrowed=50, hold=0.02)


def pool(size: float, profile: str | None = None) -> Setting:
    return Setting(
        "hikaricp.connections.max",
        size,
        Unit.COUNT,
        "spring.datasource.hikari.maximum-pool-size",
        "application.yml",
        4,
        SettingOrigin.APPLICATION,
        str(size),
        profile=profile,
    )


def composed(flag: str) -> ComposeConfig:
    key = f"-XX:+Use{flag}GC"
    setting = replace(pool(0), name="jvm.collector", value=flag, unit=Unit.NONE, key=key)
    return ComposeConfig(
        ref("docker-compose.yml", "compose-config"), (Service("app", "shop:1", 1, (setting,)),)
    )


def logged(collector: Collector) -> GcLog:
    (fact,) = (one for one in GC.facts(ref("gc.log", "gc-log")) if isinstance(one, GcLog))
    return replace(fact, vm=replace(fact.vm, collector=collector, heap_max=None))


def config(*settings: Setting) -> AppConfig:
    return AppConfig(ref("application.yml", "app-config"), settings)


def test_fires_as_a_note_where_the_pool_is_another_one() -> None:
    case = served(RUNNING, facts=(config(pool(20)),))
    assert level(RULE, case) == "valid"
    (finding,) = findings(RULE, case)
    assert finding.summary.key == "findings.settings-differ.summary"


def test_fires_once_for_all_that_differs() -> None:
    case = served(RUNNING, facts=(config(pool(20), pool(30, "load")),))
    (finding,) = findings(RULE, case)
    assert dict(finding.summary.params)["more"] == 1


def test_silent_where_a_profile_says_what_runs() -> None:
    assert findings(RULE, served(RUNNING, facts=(config(pool(20), pool(10, "load")),))) == ()


def test_silent_on_containers_of_brokers() -> None:
    """The heap of Kafka is not the application's."""
    setting = replace(pool(20), origin=SettingOrigin.COMPOSE, service="kafka")
    broker = ComposeConfig(
        ref("docker-compose.yml", "compose-config"),
        (Service("kafka", "kafka:3.7", 1, (setting,)),),
    )
    assert findings(RULE, served(RUNNING, facts=(broker,))) == ()


@pytest.mark.parametrize(
    ("flag", "collector"),
    [
        ("G1", Collector.G1),
        ("Z", Collector.ZGC),
        ("Z", Collector.GENERATIONAL_ZGC),
        ("ConcMarkSweep", Collector.CMS),
        ("Shenandoah", Collector.GENERATIONAL_SHENANDOAH),
    ],
)
def test_silent_on_other_names_of_a_collector(flag: str, collector: Collector) -> None:
    facts = (composed(flag), logged(collector))
    assert findings(RULE, served(Stage(), facts=facts)) == ()


def test_fires_on_another_collector() -> None:
    case = served(Stage(), facts=(composed("G1"), logged(Collector.PARALLEL)))
    assert level(RULE, case) == "valid"


def test_silent_where_nothing_tells_what_runs() -> None:
    assert findings(RULE, served(Stage(), facts=(config(pool(20)),))) == ()


def test_not_evaluated_without_configuration() -> None:
    assert missing(RULE, served(RUNNING)) == ("validity.need.configuration",)
