"""Whatever the configuration: git takes every diff, the outcome parses, no guard is broken."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from perfreport.advice.inventory import Inventory
from perfreport.model.run import TestRun
from perfreport.report.plain import without_secrets
from tests.advised import FIGURES, MIB, advised, apply, cause, gc_log, read

COUNT = st.integers(1, 400)
RULES = st.lists(st.sampled_from(sorted(FIGURES)), min_size=1, max_size=4, unique=True)


COMMENTS = st.sampled_from(["", "  # \uc6b4\uc601\uac12", "\t#\tmeasured in May ", " #x"])
ENDS = st.sampled_from(["\n", "\r\n"])


def written(draw: st.DrawFn, text: str) -> str:
    """The text as different editors leave it."""
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return text.replace("\n", draw(ENDS))


def spelled(draw: st.DrawFn, name: str, value: int) -> str:
    return draw(st.sampled_from([f"{value}", f'"{value}"', f"${{{name}:{value}}}"]))


@st.composite
def application(draw: st.DrawFn) -> str:
    hikari = {"maximum-pool-size": draw(COUNT)}
    if draw(st.booleans()):
        hikari["minimum-idle"] = min(draw(COUNT), hikari["maximum-pool-size"])
    if draw(st.booleans()):
        hikari["connection-timeout"] = 3000
    style = draw(st.sampled_from(["yaml", "flow", "profiles", "properties"]))
    threads, concurrency = draw(COUNT), draw(st.integers(1, 20))
    if style == "properties":
        rows = [f"spring.datasource.hikari.{key}={value}" for key, value in hikari.items()]
        rows += [f"server.tomcat.threads.max={threads}", "spring.datasource.password=hunter2"]
        rows += [f"spring.kafka.listener.concurrency={concurrency}", "# end"]
        return written(draw, "\n".join(draw(st.permutations(rows))) + "\n")
    if style == "flow":
        pool = " {" + ", ".join(f"{key}: {value}" for key, value in hikari.items()) + "}\n"
    else:
        pool = "\n" + "".join(
            f"      {key}: {spelled(draw, key.upper().replace('-', '_'), value)}{draw(COMMENTS)}\n"
            for key, value in hikari.items()
        )
    text = (
        f"spring:\n  datasource:\n    hikari:{pool}"
        f"  kafka:\n    listener:\n      concurrency: {concurrency}{draw(COMMENTS)}\n"
        f"server:\n  tomcat:\n    threads:\n      max: {threads}\n"
    )
    if style == "profiles":
        text += "---\nspring:\n  config:\n    activate:\n      on-profile: local\n"
        text += f"  datasource:\n    hikari:\n      maximum-pool-size: {draw(COUNT)}\n"
    return written(draw, text)


@st.composite
def compose(draw: st.DrawFn) -> str:
    limit = draw(st.none() | st.integers(256, 8192))
    heap = draw(st.integers(64, max(65, round((limit or 8192) * 0.75))))
    options = draw(
        st.sampled_from([
            f"-Xms64m -Xmx{heap}m", "-XX:+UseG1GC", "", "-XX:MaxRAMPercentage=50",
        ])
    )  # fmt: skip
    environment = draw(
        st.sampled_from([
            f'      JAVA_OPTS: "{options}"\n      TZ: Asia/Seoul\n',
            f'      - "JAVA_OPTS={options}"\n      - TZ=Asia/Seoul\n',
            f"      - TZ=Asia/Seoul\n      - JAVA_OPTS={options}\n",
        ])
    )  # fmt: skip
    limits = f"    mem_limit: {limit}m\n" if limit else ""
    return written(
        draw,
        f"services:\n  app:\n    image: shop{draw(COMMENTS)}\n    environment:\n"
        f"{environment}{limits}"
        f"    deploy:\n      replicas: {draw(st.integers(1, 8))}\n"
        f"  db:\n    image: mysql\n    command: --max-connections={draw(st.integers(20, 2000))}\n"
        f"  kafka:\n    image: kafka\n    environment:\n"
        f"      KAFKA_NUM_PARTITIONS: {draw(st.integers(1, 40))}\n",
    )


@settings(max_examples=200, deadline=None)
@given(application(), compose(), RULES, st.floats(1, 5000), st.floats(0.01, 1))
def test_guards_hold_after_every_diff(
    app: str, containers: str, rules: list[str], produced: float, heap_left: float
) -> None:
    known = {
        "kafka-consumer-slow": {"produce-rate": produced},
        "gc-pressure": {"heap-after-gc": heap_left},
    }
    findings = [cause(rule, **known.get(rule, {})) for rule in rules]
    name = (
        "application.properties"
        if app.startswith(("spring.", "server.", "#"))
        else "application.yml"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = {name: app, "docker-compose.yml": containers}
        advice = advised(folder, files, *findings, beside=(gc_log(folder, 64 * MIB),))
        assert advice.errors == ()
        assert "hunter2" not in repr(advice)
        before = _inventory(folder, files)
        for one in advice.recommendations:
            if one.diff:
                apply(folder, one.diff, "--check")
        for patch in advice.patches:
            assert without_secrets({"diff": patch.diff}) == {"diff": patch.diff}
            apply(folder, patch.diff)
        after = _inventory(folder, files)
    _guarded(before, after)


def _inventory(folder: Path, files: dict[str, str]) -> Inventory:
    facts = tuple(read(folder / name, name) for name in files)
    return Inventory.of(TestRun("run", facts, ()))


def _guarded(before: Inventory, after: Inventory) -> None:
    """What was changed holds its guard; what a user's file breaks itself is not ours to judge."""

    def now(name: str) -> float:
        return after.value(name) or 0.0

    def raised(name: str) -> bool:
        assert now(name) >= (before.value(name) or 0.0)
        return now(name) > (before.value(name) or 0.0)

    pool, threads = now("hikaricp.connections.max"), now("tomcat.threads.max")
    most, _ = after.connections_max
    if raised("hikaricp.connections.max"):
        assert pool * after.replicas <= most - 5
        assert pool <= threads
        assert now("hikaricp.connections.min") <= pool
    if raised("tomcat.threads.max"):
        assert threads >= pool
    if raised("kafka.consumer.concurrency"):
        assert now("kafka.consumer.concurrency") * after.replicas <= now("kafka.partitions")
        assert now("kafka.consumer.concurrency") <= pool
    limits = [one.value for one in after.application_limits if one.name == "container.memory.max"]
    if raised("jvm.heap.max") and limits:
        assert now("jvm.heap.max") <= 0.75 * min(float(limit) for limit in limits)
    assert now("jvm.heap.min") <= now("jvm.heap.max")
