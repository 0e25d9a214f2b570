"""Pauses that take a large part of the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from perfreport.sources.gc_unified import PLUGIN
from tests.rules.served import BEGIN, SECOND, Stage, findings, missing, served
from tests.rules.test_heap_leak import made, run
from tests.unit.sources.jvm_files import read_text

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
