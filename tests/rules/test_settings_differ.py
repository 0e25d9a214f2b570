"""What a file sets and the running system denies."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.configuration import (
    AppConfig,
    ComposeConfig,
    Service,
    Setting,
    SettingOrigin,
)
from perfreport.model.units import Unit
from tests.rules.judged import findings, level, missing
from tests.rules.made import ref
from tests.rules.served import Stage, served

RULE = "settings-differ"
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


def test_silent_where_nothing_tells_what_runs() -> None:
    assert findings(RULE, served(Stage(), facts=(config(pool(20)),))) == ()


def test_not_evaluated_without_configuration() -> None:
    assert missing(RULE, served(RUNNING)) == ("validity.need.configuration",)
