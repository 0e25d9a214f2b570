"""What CI systems read: their limits are kept, their figures are k6's own."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from perfreport.model.grade import FailOn
from perfreport.model.measurement import Measurement, Selector
from perfreport.model.report import Companion
from perfreport.model.units import Unit
from perfreport.pipeline import analyze
from perfreport.render.formats import comment, github, github_annotations, gitlab, markdown
from perfreport.render.i18n import Catalogue, languages
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from perfreport.model.analysis import TestAnalysis

SAMPLES = Path(__file__).parents[2] / "samples"
TESTS = story.everything()
REPORT = build(TESTS, story.intake(*TESTS), FailOn.FAIL)
COMMAND = re.compile(r"^::(error|warning|notice) title=([^\n,:]+)::([^\n]+)$")


def renamed(test: TestAnalysis, name: str) -> TestAnalysis:
    return replace(test, grade=replace(test.grade, test_id=name))


@pytest.mark.parametrize("name", ["order-load-1.1", "thresholds-2.2"])
def test_gitlab_gets_what_k6_would_have_exported(name: str) -> None:
    """From handleSummary's data, of the same run as k6's own `--summary-export`."""
    report = analyze([str(SAMPLES / "k6-summary" / f"{name}.json")])
    ours = json.loads(gitlab.render(report, Catalogue("en")))
    theirs = json.loads((SAMPLES / "k6-summary-export" / f"{name}.json").read_bytes())
    assert ours["root_group"] == theirs["root_group"]
    compared = 0
    for metric in ("http_req_waiting", "http_reqs", "http_req_duration", "checks", "iterations"):
        for stat, value in theirs["metrics"][metric].items():
            if stat == "p(50)":
                continue  # the same as `med`
            compared += 1
            assert _told(ours["metrics"][metric][stat]) == pytest.approx(_told(value))
    assert compared > 20


def _told(value: Any) -> Any:
    """Thresholds by their text without blanks, true where crossed."""
    if isinstance(value, dict):
        return {text.replace(" ", ""): crossed for text, crossed in value.items()}
    return value


def test_gitlab_tells_several_tests_apart() -> None:
    measured = analyze([str(SAMPLES / "k6-summary" / "order-load-1.1.json")]).tests[0]
    twins = (renamed(measured, "LT-001"), renamed(measured, "LT-002"))
    report = build(twins, story.intake(), FailOn.FAIL)
    ours = json.loads(gitlab.render(report, Catalogue("en")))["metrics"]
    first = {name for name in ours if "{" not in name}
    assert "http_req_waiting" in first
    for test in ("LT-001", "LT-002"):
        for name in first:
            assert ours[f"{name}{{testid:{test}}}"] == ours[name]


@pytest.mark.parametrize("language", languages())
def test_annotations_are_commands_of_at_most_ten_per_level(language: str) -> None:
    tests = tuple(renamed(test, f"T-{place}") for place in range(9) for test in TESTS)
    report = build(tests, story.intake(), FailOn.FAIL)
    lines = github_annotations.render(report, Catalogue(language)).splitlines()
    found = [COMMAND.match(line) for line in lines]
    assert all(found), lines
    levels = Counter(match[1] for match in found if match)
    assert levels["error"] == github_annotations.MOST
    assert max(levels.values()) <= github_annotations.MOST


def test_annotations_tell_the_verdict_first() -> None:
    lines = github_annotations.render(REPORT, Catalogue("en")).splitlines()
    assert lines[0].startswith("::error title=Performance test::Overall verdict: ")
    assert REPORT.verdict.value in lines[0]


def test_percent_signs_reach_github_as_percent_signs() -> None:
    for line in github_annotations.render(REPORT, Catalogue("ko")).splitlines():
        assert re.fullmatch(r"(?:[^%]|%(?:25|0A|0D|3A|2C))*", line)


def test_a_summary_that_fits_is_the_report() -> None:
    words = Catalogue("ko")
    assert github.render(REPORT, words) == markdown.PLUGIN.render(REPORT, words)


@pytest.mark.parametrize("room", [2_000, 5_000, 9_000])
def test_a_summary_that_is_too_long_loses_its_end(room: int) -> None:
    words = Catalogue("ko")
    text = github.fitted(REPORT, words, room)
    whole = markdown.PLUGIN.render(REPORT, words)
    assert len(text.encode()) <= room
    assert len(text.encode()) > room // 4, "it keeps what it can"
    assert "report.md" in text
    assert isinstance(whole, str)
    assert text.splitlines()[:6] == whole.splitlines()[:6], "the conclusion comes first"


def test_github_takes_the_summary() -> None:
    """GitHub's limit is 1 MiB per step."""
    assert github.MOST_BYTES < 1024 * 1024


@pytest.mark.parametrize("language", languages())
def test_a_comment_fits_and_can_be_found_again(language: str) -> None:
    text = comment.render(REPORT, Catalogue(language))
    assert text.startswith(comment.MARKER)
    assert len(text) <= comment.MOST_CHARACTERS
    assert REPORT.verdict.value in text[:1_000]


def test_a_comment_on_many_tests_still_fits() -> None:
    tests = tuple(renamed(test, f"T-{place}") for place in range(150) for test in TESTS)
    text = comment.render(build(tests, story.intake(), FailOn.FAIL), Catalogue("ko"))
    assert len(text) <= comment.MOST_CHARACTERS
    assert text.startswith(comment.MARKER)


def test_gitlab_keeps_submetrics_apart_that_differ_in_a_secret_alone() -> None:
    test = story.load_test()
    measured = tuple(
        Measurement(
            Selector("http_reqs", "count", (("name", f"/pay?token={secret}"),)),
            value,
            Unit.COUNT,
            1,
        )
        for secret, value in (("abcdef123456", 3.0), ("fedcba654321", 5.0))
    )
    test = replace(test, measurements=replace(test.measurements, metrics=measured))
    exported = gitlab.render(build((test,), story.intake(), FailOn.FAIL), Catalogue("en"))
    counts = [entry["count"] for entry in json.loads(exported)["metrics"].values()]
    assert counts == [3, 5]
    assert "abcdef123456" not in exported


@pytest.mark.parametrize("fmt", [comment.PLUGIN, github.PLUGIN], ids=lambda fmt: fmt.id)
def test_what_stands_alone_links_to_no_file_beside_it(fmt: Any) -> None:
    tests = story.everything()
    report = build(tests, story.intake(*tests), FailOn.FAIL, companions=tuple(Companion))
    assert "incident.md" not in fmt.render(report, Catalogue("ko"))
