"""Pauses that take a large part of the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport.sources.gc_unified import PLUGIN
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served
from tests.rules.test_heap_leak import made, run
from tests.unit.sources.jvm_files import read_text

if TYPE_CHECKING:
    from perfreport.model.jvm import GcLog

RULE = "gc-pressure"


def test_fires_from_a_tenth_of_the_time() -> None:
    (finding,) = findings(RULE, served(Stage(collecting=0.02), Stage(collecting=0.2)))
    assert finding.summary.key.endswith("young")


def test_fires_with_the_stretch_it_set_in_not_the_start_of_its_phase() -> None:
    log = made(*[500] * 30)
    hard = np.where(log.pauses.start_ns >= BEGIN + 15 * SECOND, 0.5, 0.0)
    case = run(replace(log, pauses=replace(log.pauses, seconds=hard)))
    (finding,) = findings(RULE, case)
    assert finding.onset_ns == BEGIN + 15 * SECOND


def stalled(*lengths: float) -> GcLog:
    """A log without long pauses in which threads wait for memory, a stall each second."""
    log = made(*[500] * 30)
    count = len(lengths)
    stalls = replace(
        log.stalls,
        start_ns=BEGIN + np.arange(count, dtype=np.int64) * SECOND,
        seconds=np.array(lengths),
        thread=np.zeros(count, dtype=np.int64),
        relocation=np.zeros(count, dtype=bool),
        line=np.arange(count) + 1,
        threads=("http-nio-8080-exec-1",),
    )
    return replace(log, stalls=stalls)


def test_fires_where_a_concurrent_collector_makes_threads_wait() -> None:
    (finding,) = findings(RULE, run(stalled(*[0.0] * 15, *[0.5] * 15)))
    assert finding.summary.key.endswith("stalls")
    assert dict(finding.summary.params)["share"].value == pytest.approx(0.5)
    assert finding.onset_ns == BEGIN + 15 * SECOND


def test_silent_on_stalls_that_overlap_to_less_than_a_tenth() -> None:
    """Ten threads that wait at the same moment stop the service once, not ten times."""
    log = stalled(*[0.4] * 20)
    together = replace(log.stalls, start_ns=np.full(20, BEGIN, dtype=np.int64))
    assert findings(RULE, run(replace(log, stalls=together))) == ()


def test_silent_just_below() -> None:
    assert findings(RULE, served(Stage(collecting=0.02), Stage(collecting=0.09))) == ()


def test_not_evaluated_without_pauses() -> None:
    assert missing(RULE, served(Stage())) == ("need.gc-signals",)


def gc_log(start_ns: int):
    """A minute of pauses of 200 ms, one a second, as the JVM would have written it."""
    lines = []
    for place in range(60):
        at = datetime.fromtimestamp((start_ns // SECOND) + place, UTC)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        lines.append(
            f"[{stamp}][{place}.000s][info][gc] GC({place}) "
            "Pause Young (Normal) (G1 Evacuation Pause) 50M->20M(96M) 200.000ms"
        )
    return read_text(PLUGIN, "\n".join(lines) + "\n").facts


def test_not_evaluated_where_the_log_lies_minutes_away_from_the_load() -> None:
    stages = (Stage(collecting=0.2), Stage(collecting=0.2))
    assert findings(RULE, served(*stages, facts=gc_log(BEGIN - 10 * SECOND)))
    away = served(*stages, facts=gc_log(BEGIN + 600 * SECOND))
    assert missing(RULE, away) == (
        "need.gc-signals",
        "need.gc-log-of-the-load",
    )


def test_silent_where_the_log_tells_of_a_few_seconds_of_the_load() -> None:
    stages = tuple(Stage(collecting=0.01) for _ in range(20))
    assert findings(RULE, served(*stages, facts=gc_log(BEGIN))) == ()
    assert findings(RULE, served(*stages[:8], facts=gc_log(BEGIN)))
