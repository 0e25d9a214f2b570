"""Runs with a known cause: it comes first, nothing else is blamed, healthy runs stay silent.

The runs are large and not part of the repository: PERFREPORT_SHOP_RUNS names the folder that has
them, one folder per run with `truth.yaml` and `in/`.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from perfreport import pipeline
from perfreport.diagnosis.questions import deciding
from perfreport.grading import load_thresholds
from perfreport.model.finding import Category, Role

if TYPE_CHECKING:
    from perfreport.model.analysis import Diagnosis

FOLDER = os.environ.get("PERFREPORT_SHOP_RUNS")
RUNS = sorted(Path(FOLDER).glob("R*/truth.yaml")) if FOLDER else []
NAMES = [path.parent.name for path in RUNS]
pytestmark = pytest.mark.skipif(not RUNS, reason="PERFREPORT_SHOP_RUNS names no labelled runs")
# One kind of source at a time, as a user may not have it.
WITHOUT = {
    "metrics": ("scrapes*", "prometheus"),
    "gc-log": ("gc.log*",),
    "digest": ("ps_digest*",),
    "slow-log": ("slow.log*",),
    "status": ("global_status*",),
    "locks": ("innodb*",),
    "host": ("vmstat*", "pidstat*"),
    "threads": ("jstack*",),
    "kafka": ("consumer-groups*",),
    "app-log": ("app.log*",),
    "redis": ("redis*",),
    "config": ("*.yml",),
    "plan": ("inspect.json",),
    "summary": ("summary.json", "console.log", "exit_code"),
}


def diagnosed(folder: Path) -> Diagnosis:
    with pipeline.read([str(folder)]) as intake:
        (run,) = intake.runs
        return pipeline.analyze_run(run, load_thresholds(()), None).diagnosis


def causes(diagnosis: Diagnosis) -> list[str]:
    return [one.rule for one in diagnosis.findings if one.role is Role.CAUSE]


@pytest.mark.parametrize("truth", RUNS, ids=NAMES)
def test_the_cause_comes_first(truth: Path) -> None:
    known = yaml.safe_load(truth.read_text(encoding="utf-8"))
    found = diagnosed(truth.parent / "in")
    valid = [one.rule for one in found.findings if one.category is Category.VALIDITY]
    first = (*causes(found), "none")[0]
    assert found.errors == ()
    assert first == known["cause"] or (known["cause"] in valid and not causes(found))
    assert not set(causes(found)) & set(known["must_not_be_cause"])
    symptoms = {one.rule for one in found.findings if one.role is Role.SYMPTOM} | set(valid)
    assert not known["symptoms"] or set(known["symptoms"]) & symptoms


@pytest.mark.parametrize("source", WITHOUT)
@pytest.mark.parametrize("truth", RUNS, ids=NAMES)
def test_without_one_source_the_cause_is_found_or_none_is_named(
    truth: Path, source: str, tmp_path: Path
) -> None:
    known = yaml.safe_load(truth.read_text(encoding="utf-8"))
    folder = tmp_path / "in"
    left_out = shutil.ignore_patterns(*WITHOUT[source])
    shutil.copytree(truth.parent / "in", folder, ignore=left_out)
    found = diagnosed(folder)
    assert not causes(found) or causes(found)[0] == known["cause"]
    assert not set(causes(found)) & set(known["must_not_be_cause"])
    if not causes(found) and any(one.role is Role.SYMPTOM for one in found.findings):
        voided = any(one.category is Category.VALIDITY for one in found.findings)
        assert deciding(found) or voided


def test_with_k6_alone_symptoms_ask_for_the_dumps(tmp_path: Path) -> None:
    """Slow requests without any dump name no cause, and metrics of the server are asked for."""
    truth = next(path for path in RUNS if "latency-degraded" in path.read_text(encoding="utf-8"))
    folder = tmp_path / "in"
    folder.mkdir()
    for file in (truth.parent / "in").glob("*.json*"):
        shutil.copy(file, folder)
    found = diagnosed(folder)
    assert causes(found) == []
    keys = [need.key for need in deciding(found)]
    assert {"need.pool-signals", "need.statements", "need.gc-signals"} <= set(keys)


@pytest.mark.parametrize("truth", RUNS, ids=NAMES)
def test_scrapes_far_apart_name_no_wrong_cause(truth: Path, tmp_path: Path) -> None:
    known = yaml.safe_load(truth.read_text(encoding="utf-8"))
    folder = tmp_path / "in"
    shutil.copytree(truth.parent / "in", folder)
    scrapes = folder / "scrapes.prom.gz"
    if not scrapes.exists():
        pytest.skip("this run has no scrapes")
    every = gzip.decompress(scrapes.read_bytes()).decode().split("# scrape ")[1:]
    scrapes.chmod(0o644)
    scrapes.write_bytes(gzip.compress("".join(f"# scrape {one}" for one in every[::10]).encode()))
    found = diagnosed(folder)
    assert not causes(found) or causes(found)[0] == known["cause"]
    assert not set(causes(found)) & set(known["must_not_be_cause"])


@pytest.mark.parametrize("truth", RUNS, ids=NAMES)
def test_a_gc_log_minutes_away_is_held_against_nothing(truth: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(truth.parent / "in", folder)
    (log,) = folder.glob("gc.log*")
    content = log.read_bytes()
    text = (gzip.decompress(content) if log.suffix == ".gz" else content).decode()
    log.unlink()
    (folder / "gc.log").write_text(
        re.sub(
            r"(?m)^\[([0-9T:.-]+)\+0000\]",
            lambda stamp: f"[{_later(stamp[1])}+0000]",
            text,
        ),
        encoding="utf-8",
    )
    found = diagnosed(folder)
    assert "gc-pressure" not in causes(found)
    assert "clock-mismatch" in [one.rule for one in found.findings]


def _later(stamp: str) -> str:
    moved = datetime.fromisoformat(stamp) + timedelta(minutes=7)
    return moved.isoformat(timespec="milliseconds")
