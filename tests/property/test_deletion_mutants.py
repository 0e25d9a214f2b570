"""Deleting data never improves a verdict.

Real runs lose a metric, a scenario, a stretch of time or a whole file. Every target is graded on
its own before and after: what did not pass may not pass afterwards, a warning may not turn into
a pass, whether grading notices that figures are missing or validity that the run is not whole.
"""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perfreport.grading import grade, load_thresholds, questions, specify
from perfreport.measure import measure
from perfreport.model.grade import Verdict
from perfreport.phases import cut
from perfreport.sources import ingest
from perfreport.validity import assess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RUNS = Path(__file__).parents[1] / "runs"
FILES = ("results.json.gz", "summary.json", "inspect.json", "console.log", "exit_code")
NAMES = ("order-load", "thresholds", "untagged", "aborted")
# Targets around what the runs did: some met, some missed a little, some missed by far.
TARGETS = """\
test: X-1
kind: load
objectives:
  - {metric: http_req_failed, pass: "< 0.1%", warning: "< 30%"}
  - {metric: http_req_failed, phase: all, pass: "< 0.1%"}
  - {metric: success_rate, phase: all, pass: "> 90%"}
  - {metric: throughput, pass: "> 1000/s"}
  - {metric: http_req_duration, stat: p(95), pass: "< 1ms"}
  - {metric: http_req_duration, stat: p(95), phase: all, pass: "< 1ms", warning: "< 1m"}
  - {metric: http_req_duration, stat: max, phase: all, pass: "< 1s"}
  - {metric: iteration_duration, stat: avg, phase: all, pass: "< 1ms"}
  - {metric: iterations, stat: count, phase: all, pass: "> 100000"}
  - {metric: checks, phase: all, pass: "> 99%"}
"""
PASSING = frozenset({Verdict.PASS, Verdict.WARNING})


@dataclass(frozen=True)
class Line:
    text: str
    metric: str
    time: str  # "" for a declaration
    scenario: str | None


def lines_of(content: bytes) -> list[Line]:
    found = []
    for text in gzip.decompress(content).decode().splitlines():
        try:
            row = json.loads(text)
        except json.JSONDecodeError:
            continue
        told = row["data"]
        scenario = (told.get("tags") or {}).get("scenario")
        found.append(Line(text, row["metric"], told.get("time", ""), scenario))
    return found


def without(lines: list[Line], gone: Callable[[Line], bool]) -> bytes:
    return gzip.compress("".join(f"{one.text}\n" for one in lines if not gone(one)).encode(), 1)


def mutants(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every mutant of a run: its name and its files."""
    for name in files:
        yield f"file {name}", {other: files[other] for other in files if other != name}
    results = next(name for name in files if name.startswith("results"))
    lines = lines_of(files[results])

    def mutant(gone: Callable[[Line], bool]) -> dict[str, bytes]:
        return {**files, results: without(lines, gone)}

    for metric in sorted({one.metric for one in lines}):
        yield f"metric {metric}", mutant(lambda one, metric=metric: one.metric == metric)
    for scenario in sorted({one.scenario for one in lines if one.scenario}):
        yield f"scenario {scenario}", mutant(lambda one, s=scenario: one.scenario == s)
    times = sorted(one.time for one in lines if one.time)
    for parts in (5, 2):
        for part in range(parts):
            first = times[len(times) * part // parts]
            end = times[len(times) * (part + 1) // parts] if part + 1 < parts else "~"
            gone = lambda one, first=first, end=end: first <= one.time < end  # noqa: E731
            yield f"time {part + 1}/{parts}", mutant(gone)


def verdicts(folder: Path, targets: Path) -> dict[str, Verdict]:
    """The verdict of the run by every target on its own; the worst over the runs found."""
    worst: dict[str, Verdict] = {}
    with ingest([str(folder)], None) as intake:
        for run in intake.runs:
            spec = specify(run, load_thresholds([targets]), "X-1")
            phases = cut(run, spec)
            found = measure(run, phases, questions(spec, phases))
            validity = assess(run, phases, found)
            groups = {one.id: (one,) for one in spec.objectives}
            groups["script"] = tuple(one for one in spec.objectives if one.origin == "script")
            groups["all"] = spec.objectives
            for name, objectives in groups.items():
                alone = replace(spec, objectives=objectives)
                verdict = grade(alone, phases, found, validity).verdict
                known = worst.get(name, verdict)
                worst[name] = max(known, verdict, key=lambda one: one.badness)
    return worst


def write(folder: Path, files: dict[str, bytes]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("run", NAMES)
def test_no_deletion_improves_a_verdict(run: str, tmp_path: Path) -> None:
    targets = tmp_path / "targets.yaml"
    targets.write_text(TARGETS, encoding="utf-8")
    files = {name: (RUNS / run / name).read_bytes() for name in FILES}
    whole = verdicts(write(tmp_path / "whole", files), targets)
    assert any(verdict not in PASSING for verdict in whole.values())
    improved = []
    for name, left in mutants(files):
        after = verdicts(write(tmp_path / "mutant", left), targets)
        improved += [
            f"{name}: {objective} {before} -> {after[objective]}"
            for objective, before in whole.items()
            if objective in after and is_better(after[objective], before)
        ]
    assert "\n".join(improved) == ""


def is_better(after: Verdict, before: Verdict) -> bool:
    if before is Verdict.WARNING:
        return after is Verdict.PASS
    return before not in PASSING and after in PASSING
