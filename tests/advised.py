"""Findings and configuration files as advice meets them, without a run around them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from perfreport.advice import advise
from perfreport.model.analysis import Diagnosis
from perfreport.model.finding import (
    Category,
    Finding,
    KeyValues,
    Priority,
    Role,
    Severity,
)
from perfreport.model.message import message
from perfreport.model.phase import Phases
from perfreport.model.run import TestRun
from perfreport.model.source import SourceRef
from perfreport.model.units import Quantity, Unit
from perfreport.sources import (
    app_config_properties,
    app_config_yaml,
    compose_config,
    gc_unified,
)
from perfreport.sources._input import Input

if TYPE_CHECKING:
    from pathlib import Path

    from perfreport.model.advice import Advice
    from perfreport.model.configuration import Setting
    from perfreport.model.source import Fact

MIB = 1024**2
FIGURES: dict[str, dict[str, float]] = {
    "pool-undersized": {"pool-max": 20, "pool-hold": 0.05, "pool-pending": 35},
    "remote-call-in-transaction": {"pool-hold": 0.5, "call-share": 0.9, "call-mean": 0.45},
    "row-lock-contention": {"lock-share": 0.8, "lock-waiting": 12},
    "connection-leak": {"connections-missing": 8},
    "slow-query": {"statement-total": 80},
    "gc-pressure": {"gc-share": 0.3, "gc-full": 5, "heap-after-gc": 0.9},
    "http-threads-exhausted": {"threads-max": 8, "client-mean": 2.0, "server-mean": 0.15},
    "cpu-saturated": {"host-cpu": 0.98},
    "kafka-consumer-slow": {"produce-rate": 400, "consume-rate": 60, "lag-peak": 9000},
    "cache-stampede": {"cache-misses": 80},
}


def cause(rule: str, **figures: float) -> Finding:
    rows = tuple(
        (message(f"diagnosis.label.{name}"), Quantity(value, Unit.NONE), None)
        for name, value in (FIGURES[rule] | figures).items()
    )
    return Finding(
        rule, Category.BOTTLENECK, Severity.HIGH, message("report.as-code", text=rule),
        message("report.as-code", text=rule),
        (KeyValues(message("diagnosis.figures"), rows),), Role.CAUSE, Priority.P0, rank=1,
    )  # fmt: skip


def read(path: Path, name: str) -> Fact:
    text = path.read_text(encoding="utf-8", errors="replace")
    if name.endswith(".properties"):
        source = app_config_properties.PLUGIN
    else:
        source = compose_config.PLUGIN if "services:" in text else app_config_yaml.PLUGIN
    reading = source.read(Input(name, path))
    (fact,) = reading.facts(SourceRef(name, source.kind))
    return fact


def gc_log(folder: Path, heap: float = 512 * MIB) -> Fact:
    """The log of a JVM that names its heap."""
    path = folder / "gc.log"
    stamp = "[2026-11-22T13:41:07.004+0000]"
    path.write_text(
        f"{stamp}[0.004s][info][gc,init] Version: 17.0.19+10 (release)\n"
        f"{stamp}[0.004s][info][gc,init] Heap Max Capacity: {round(heap / MIB)}M\n"
        f"{stamp}[0.004s][info][gc] Using G1\n"
        f"{stamp}[1.004s][info][gc] GC(0) Pause Young (Normal) 24M->4M(256M) 3.456ms\n",
        encoding="utf-8",
    )
    (fact,) = gc_unified.PLUGIN.read(Input("gc.log", path)).facts(SourceRef("gc.log", "gc-log"))
    return fact


def settings(*facts: Fact) -> dict[str, Setting]:
    return {one.name: one for fact in facts for one in fact.settings}  # type: ignore[attr-defined]


def advised(
    folder: Path, files: dict[str, str], *findings: Finding, beside: tuple[Fact, ...] = ()
) -> Advice:
    facts = [*beside]
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        facts.append(read(path, name))
    refs = tuple(fact.source for fact in facts)
    run = TestRun("run", tuple(facts), refs)
    return advise(run, Phases((), 0, 1), Diagnosis(findings))


def apply(folder: Path, diff: str, *options: str) -> None:
    """Let git take a diff, or fail with what it says."""
    done = subprocess.run(
        ["git", "apply", *options, "-"],
        input=diff.encode(),
        cwd=folder,
        capture_output=True,
        check=False,
        env={"GIT_CEILING_DIRECTORIES": str(folder.parent), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, f"{done.stderr.decode()}\n{diff}"
