"""Files are joined into runs by what they say, whatever they are called and in any order."""

from __future__ import annotations

import gzip
import itertools
import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from perfreport.model.load import ConsoleLog, ExitStatus, LoadPlan, LoadSamples, LoadSummary
from perfreport.sources import ingest
from perfreport.sources._recognise import all_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.run import Intake, TestRun

RUNS = Path(__file__).parents[2] / "runs"
SAMPLES = Path(__file__).parents[3] / "samples"
DIALECTS = {source.id for source in all_sources()}


@pytest.fixture
def aborted(tmp_path: Path) -> Path:
    """Return four runs of one script in one folder."""
    folder = tmp_path / "05-AB-001"
    shutil.copytree(RUNS / "aborted", folder)
    plain = folder / "killed.plain.json.gz"
    (folder / "killed.json").write_bytes(gzip.decompress(plain.read_bytes()))
    plain.unlink()
    return folder


@contextmanager
def taken(*paths: Path | str) -> Iterator[Intake]:
    with ingest([str(path) for path in paths]) as intake:
        yield intake


def keys(intake: Intake) -> list[tuple[str, str]]:
    return [(problem.path, problem.message.key) for problem in intake.problems]


def names(run: TestRun) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for fact in run.facts:
        told.setdefault(type(fact).__name__, []).append(Path(fact.source.path).name)
    return told


def test_unrelated_results_in_one_folder_keep_their_own_companions(aborted: Path) -> None:
    with taken(aborted) as intake:
        told = {run.label: names(run) for run in intake.runs}
        ends = {run.label: run.of(ConsoleLog)[0].aborted_by for run in intake.runs}
        codes = {run.label: run.of(ExitStatus)[0].code for run in intake.runs}
    plan = {"LoadPlan": ["inspect.json"]}
    assert told == {
        "05-AB-001/killed.json": plan
        | {
            "LoadSamples": ["killed.json"],
            "ConsoleLog": ["killed.console.log"],
            "ExitStatus": ["killed.exit_code"],
        },
        "05-AB-001/killed.json.gz": plan
        | {
            "LoadSamples": ["killed.json.gz"],
            "ConsoleLog": ["killedgz.console.log"],
            "ExitStatus": ["killedgz.exit_code"],
        },
        "05-AB-001/results": plan
        | {
            "LoadSamples": ["results.json.gz"],
            "LoadSummary": ["summary.json"],
            "ConsoleLog": ["console.log"],
            "ExitStatus": ["exit_code"],
        },
        "05-AB-001/term": plan
        | {
            "LoadSamples": ["term.json.gz"],
            "ConsoleLog": ["term.console.log"],
            "ExitStatus": ["term.exit_code"],
        },
    }
    assert list(ends.values()) == [None, None, "interrupt", "terminated"]
    assert list(codes.values()) == [137, 137, 105, 105]


def test_names_are_the_last_hint(aborted: Path) -> None:
    """Console logs find their run by iterations and by the file k6 says it writes."""
    (aborted / "console.log").rename(aborted / "a.txt")
    (aborted / "term.console.log").rename(aborted / "b.txt")
    (aborted / "summary.json").rename(aborted / "c.txt")
    with taken(aborted) as intake:
        told = {run.label.split("/")[1]: names(run) for run in intake.runs}
    assert told["results"]["ConsoleLog"] == ["a.txt"]
    assert told["results"]["LoadSummary"] == ["c.txt"]
    assert told["term"]["ConsoleLog"] == ["b.txt"]


def test_parts_of_a_distributed_run_merge_exactly() -> None:
    """The p95 of all samples is 35.136736 ms; those of the parts are 10.4 and 36.1 ms."""
    with taken(RUNS / "segments") as intake:
        (run,) = intake.runs
        (samples,) = run.of(LoadSamples)
        durations = samples.store.samples("http_req_duration").values
        summary = run.one(LoadSummary)
    assert run.label == "segments"
    assert len(durations) == 121
    assert np.quantile(durations, 0.95) == pytest.approx(35.136736e-3, rel=1e-9)
    assert len(samples.paths) == 2
    assert summary is not None
    assert summary.seconds == pytest.approx(4.02228594, rel=1e-12)  # of the longer part
    assert summary.metrics == ()  # statistics of a part are none of the run


def test_a_missing_part_leaves_its_summary_unjoined(tmp_path: Path) -> None:
    for name in ("seg_a.json.gz", "seg_a.summary.json", "seg_b.summary.json"):
        shutil.copy(RUNS / "segments" / name, tmp_path)
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        assert names(run)["LoadSummary"] == ["seg_a.summary.json"]
        assert ("seg_b.summary.json", "problem.contradicts-run") in keys(intake)


def test_the_order_of_arguments_changes_nothing() -> None:
    files = sorted((RUNS / "segments").iterdir())
    outcomes = set()
    for order in itertools.islice(itertools.permutations(files), 0, 24, 7):
        with taken(*order) as intake:
            (run,) = intake.runs
            samples = run.of(LoadSamples)[0]
            outcomes.add((
                run.label,
                tuple(ref.path for ref in run.sources),
                float(samples.store.samples("iteration_duration").values.sum()),
            ))
    assert len(outcomes) == 1


def test_the_same_results_twice_count_once(tmp_path: Path) -> None:
    """A copy, and the same file unpacked: one run, and it is said."""
    results = RUNS / "untagged" / "results.json.gz"
    shutil.copy(results, tmp_path / "results.json.gz")
    shutil.copy(results, tmp_path / "copy.json.gz")
    (tmp_path / "results.json").write_bytes(gzip.decompress(results.read_bytes()))
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        assert run.of(LoadSamples)[0].store.count("http_reqs") == 30
        noted = [ref.path for ref in intake.sources if ref.notes]
    assert len(noted) == 2


@pytest.mark.skipif("k6-csv" not in DIALECTS, reason="needs the CSV dialect")
def test_csv_of_the_same_run_is_a_copy() -> None:
    with taken(RUNS / "untagged") as intake:
        (run,) = intake.runs
        assert names(run)["LoadSamples"] == ["results.json.gz"]
        assert [note.key for ref in intake.sources for note in ref.notes] == ["note.same-samples"]
        assert not [key for _, key in keys(intake) if key == "problem.same-samples-differ"]


def test_a_cut_copy_is_outdone_by_the_whole_file(tmp_path: Path) -> None:
    """The whole file is used, and the difference in samples is said."""
    whole = gzip.decompress((RUNS / "untagged" / "results.json.gz").read_bytes())
    (tmp_path / "a-cut.json").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.json").write_bytes(whole)
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        assert names(run)["LoadSamples"] == ["whole.json"]
        assert ("a-cut.json", "problem.same-samples-differ") in keys(intake)


def test_files_of_another_run_are_left_out_and_named(tmp_path: Path) -> None:
    for name in ("results.json.gz", "inspect.json"):
        shutil.copy(RUNS / "untagged" / name, tmp_path)
    shutil.copy(RUNS / "aborted" / "summary.json", tmp_path)
    shutil.copy(RUNS / "aborted" / "console.log", tmp_path)
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        assert names(run) == {"LoadSamples": ["results.json.gz"], "LoadPlan": ["inspect.json"]}
        told = keys(intake)
    assert ("summary.json", "problem.contradicts-run") in told
    assert ("console.log", "problem.contradicts-run") in told


def test_a_plan_of_other_scenarios_is_not_of_this_run(tmp_path: Path) -> None:
    shutil.copy(RUNS / "aborted" / "results.json.gz", tmp_path)
    shutil.copy(SAMPLES / "k6-inspect" / "order-load-1.1.json", tmp_path / "inspect.json")
    with taken(tmp_path) as intake:
        assert intake.runs[0].one(LoadPlan) is None
        assert ("inspect.json", "problem.contradicts-run") in keys(intake)


def test_results_with_less_than_their_summary_counts_say_so(tmp_path: Path) -> None:
    """Half of the lines are gone without a trace in the file itself."""
    lines = gzip.decompress((RUNS / "aborted" / "results.json.gz").read_bytes()).splitlines(True)
    (tmp_path / "results.json").write_bytes(b"".join(lines[: len(lines) // 2]))
    shutil.copy(RUNS / "aborted" / "summary.json", tmp_path)
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        assert run.one(LoadSummary) is not None
        assert ("summary.json", "problem.fewer-than-summary") in keys(intake)


def test_a_summary_alone_is_a_run(tmp_path: Path) -> None:
    """Two forms of one summary are one run; that of another test is a second one."""
    shutil.copy(SAMPLES / "k6-summary" / "order-load-1.1.json", tmp_path / "summary.json")
    shutil.copy(SAMPLES / "k6-summary-export" / "order-load-1.1.json", tmp_path / "export.json")
    shutil.copy(SAMPLES / "k6-summary" / "thresholds-2.2.json", tmp_path / "other.json")
    with taken(tmp_path) as intake:
        told = sorted(names(run)["LoadSummary"] for run in intake.runs)
    assert told == [["other.json"], ["summary.json", "export.json"]]


@pytest.mark.parametrize(
    "sample", ["k6-inspect/order-load-1.1.json", "gc-unified/jdk17-g1-full.log", "vmstat"]
)
def test_anything_alone_is_a_run(sample: str) -> None:
    with taken(SAMPLES / sample) as intake:
        assert len(intake.runs) == 1
        assert intake.runs[0].facts


def test_a_folder_per_test_is_a_run_per_folder(tmp_path: Path) -> None:
    """Exit codes and plans may be equal in all folders; dumps beside go by time."""
    shutil.copytree(RUNS / "untagged", tmp_path / "LT-001")
    shutil.copytree(RUNS / "segments", tmp_path / "PT-001" / "in")
    shutil.copy(RUNS / "untagged" / "exit_code", tmp_path / "PT-001" / "in" / "exit_code")
    gauge = "# TYPE jvm_threads_live_threads gauge\njvm_threads_live_threads 7 {}\n"
    inside = int(1795350611.0 * 1000)
    (tmp_path / "threads.prom").write_text(gauge.format(inside), encoding="utf-8")
    with taken(tmp_path) as intake:
        told = {run.label: {ref.path for ref in run.sources} for run in intake.runs}
    assert sorted(told) == ["LT-001", "PT-001"]
    assert "PT-001/in/exit_code" in told["PT-001"]
    assert "LT-001/exit_code" in told["LT-001"]
    assert [label for label, paths in told.items() if "threads.prom" in paths] == ["PT-001"]


def test_instances_of_two_pods_lie_in_their_own_folders(tmp_path: Path) -> None:
    for pod in ("a", "b"):
        (tmp_path / f"pod-{pod}").mkdir()
        shutil.copy(RUNS / "segments" / f"seg_{pod}.json.gz", tmp_path / f"pod-{pod}" / "r.json.gz")
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        assert run.of(LoadSamples)[0].store.count("http_reqs") == 121


@pytest.mark.parametrize("how", ["in the middle", "line by line", "in many", "unevenly"])
def test_a_results_file_that_was_split_is_one_run(how: str, tmp_path: Path) -> None:
    """Only the first piece holds the declarations of the metrics."""
    lines = gzip.decompress((RUNS / "aborted" / "results.json.gz").read_bytes()).splitlines(True)
    pieces = {
        "in the middle": [lines[:1500], lines[1500:]],
        "line by line": [lines[::2], lines[1::2]],
        "unevenly": [lines[:400], lines[400:500], lines[500:1500], lines[1500:1501], lines[1501:]],
        "in many": [lines[start : start + 400] for start in range(0, len(lines), 400)],
    }[how]
    for number, piece in enumerate(pieces):
        (tmp_path / f"results.json.{number:02d}").write_bytes(b"".join(piece))
    with taken(RUNS / "aborted" / "results.json.gz") as intake:
        whole = intake.runs[0].of(LoadSamples)[0]
        counts = {name: whole.store.count(name) for name in whole.store.metrics}
    with taken(tmp_path) as intake:
        (run,) = intake.runs
        (samples,) = run.of(LoadSamples)
        assert {name: samples.store.count(name) for name in samples.store.metrics} == counts
        assert (samples.start_ns, samples.end_ns) == (whole.start_ns, whole.end_ns)


def test_two_scripts_at_the_same_time_are_two_runs(tmp_path: Path) -> None:
    shutil.copy(RUNS / "segments" / "seg_a.json.gz", tmp_path)
    other = gzip.decompress((RUNS / "segments" / "seg_b.json.gz").read_bytes())
    (tmp_path / "other.json").write_bytes(other.replace(b'"scenario":"s"', b'"scenario":"z"'))
    with taken(tmp_path) as intake:
        assert len(intake.runs) == 2


def test_export_takes_units_from_the_results(tmp_path: Path) -> None:
    """`--summary-export` does not say that a metric of the script holds milliseconds."""
    point = {
        "metric": "waiting_room",
        "type": "Point",
        "data": {"time": "2026-11-22T12:00:00Z", "value": 250, "tags": {}},
    }
    declared = {
        "metric": "waiting_room",
        "type": "Metric",
        "data": {"name": "waiting_room", "type": "trend", "contains": "time", "thresholds": []},
    }
    lines = [json.dumps(declared), json.dumps(point), ""]
    (tmp_path / "results.json").write_text("\n".join(lines), encoding="utf-8")
    trend = {"avg": 250, "min": 250, "med": 250, "max": 250}
    export = {"root_group": {}, "metrics": {"waiting_room": trend, "vus": {"value": 1}}}
    (tmp_path / "summary.json").write_text(json.dumps(export), encoding="utf-8")
    with taken(tmp_path) as intake:
        summary = intake.runs[0].one(LoadSummary)
    assert summary is not None
    values = next(dict(m.values) for m in summary.metrics if m.name == "waiting_room")
    assert values["avg"] == pytest.approx(0.25)
