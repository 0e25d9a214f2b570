"""Strict thresholds files: every mistake is found, with its place and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perfreport.errors import ExitCode, InputError, ThresholdsError
from perfreport.grading import check_thresholds, load_thresholds
from perfreport.model.grade import OnMissing, TestKind
from perfreport.render.i18n import Catalogue
from perfreport.resources import THRESHOLDS

if TYPE_CHECKING:
    from pathlib import Path

KEY = "test: X-1\nobjectives:\n"
P95 = "  - metric: http_req_duration\n    stat: p(95)\n"


def found(tmp_path: Path, text: str | bytes) -> list[tuple[int, int, str]]:
    path = tmp_path / "t.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    places = check_thresholds([path])
    for language in ("ko", "en"):
        for place in places:
            assert str(path) in Catalogue(language).text(place.text)
    return [(one.line, one.column, one.what.key.removeprefix("thresholds.")) for one in places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (1, 1, "file-empty")),
        ("# nothing\n", (1, 1, "file-empty")),
        ("- 1\n", (1, 1, "not-a-mapping")),
        ("a: [1\n", (2, 1, "yaml-broken")),
        ("test: X\nobjectives: []\n", (2, 13, "not-a-list")),
        ("test: X\n", (1, 1, "key-missing")),
        (KEY.replace("test: X-1", "title: x") + P95 + "    pass: < 1s\n", (1, 1, "no-test")),
        ("tset: X\n" + KEY + P95 + "    pass: < 1s\n", (1, 1, "key-unknown")),
        ("kind: lod\n" + KEY + P95 + "    pass: < 1s\n", (1, 7, "word-unknown")),
        (KEY + P95, (3, 5, "key-missing")),
        (KEY + P95 + "    pass: < 500\n", (5, 11, "unit-missing")),
        (KEY + P95 + "    pass: < 500ms\n    warning: < 400ms\n", (6, 14, "warning-wrong-side")),
        (KEY + P95 + "    pass: < 500ms\n    warning: < 500ms\n", (6, 14, "warning-wrong-side")),
        (KEY + P95 + "    pass: < 500ms\n    warning: '> 600ms'\n", (6, 14, "warning-wrong-side")),
        (KEY + P95 + "    pass: < 5ms\n    pass: < 6ms\n", (6, 5, "key-duplicate")),
        (KEY + P95 + "    pass: < 5ms\n    warning_margin: 5\n", (6, 21, "margin-malformed")),
        (
            KEY + P95 + "    pass: < 5ms\n    warning: < 6ms\n    warning_margin: 5%\n",
            (7, 21, "warning-twice"),
        ),
        (KEY + P95 + "    pass: < 5ms\n    on_missing: ignore\n", (6, 17, "word-unknown")),
        (KEY + P95 + "    pass: < 5ms\n    where: {name: '[a'}\n", (6, 19, "glob-broken")),
        (KEY + P95 + "    pass: < 5ms\n    collapse: '> 5s'\n", (6, 15, "collapse-without-stage")),
        (KEY + P95 + "    pass: < 5ms\n    only_successful: yes\n", (6, 22, "word-unknown")),
        (KEY + "  - {metric: http_reqs, pass: '> 5'}\n", (3, 5, "stat-missing")),
        (KEY + "  - {metric: checks, stat: p(95), pass: '> 5%'}\n", (3, 28, "stat-unknown")),
        (KEY + "  - {metric: http_req_duratoin, pass: < 5ms}\n", (3, 14, "metric-unknown")),
        (KEY + "  - {metric: jvm.made.up, pass: < 5ms}\n", (3, 14, "metric-unknown")),
        (KEY + "  - {metric: checks, pass: '> 150%'}\n", (3, 28, "ratio-above-one")),
        (KEY + 2 * "  - {metric: checks, pass: '> 5%'}\n", (4, 5, "objective-twice")),
        ("kind: stress\nstages:\n  - {vus: 5}\n", (3, 5, "key-missing")),
        ("kind: stress\nstages:\n  - {name: a, duration: 5}\n", (3, 25, "duration-malformed")),
        ("kind: stress\nstages:\n  - {name: a, vus: many}\n", (3, 20, "not-a-number")),
        ("thresholds:\n  http_reqs: ['avg<5']\n", (2, 15, "stat-unknown")),
        ("thresholds:\n  http_reqs: ['count lower 5']\n", (2, 15, "expression-malformed")),
        (
            "objectives:\n  - sli: foo.bar\n    pass: [{criteria: ['<5']}]\n",
            (2, 10, "metric-unknown"),
        ),
    ],
)
def test_a_mistake_has_its_place(tmp_path: Path, text: str, expected: tuple[int, int, str]) -> None:
    assert expected in found(tmp_path, text)


def test_all_mistakes_are_reported_in_order(tmp_path: Path) -> None:
    text = (
        "kind: lod\n" + KEY + P95 + "    pass: 500ms\n"
        "  - {metric: checks, stat: avg, pass: '0.5'}\n  - {metric: nope.nope, pass: '5'}\n"
    )
    assert found(tmp_path, text) == [
        (1, 7, "word-unknown"),
        (6, 11, "operator-missing"),
        (7, 28, "stat-unknown"),
        (7, 39, "operator-missing"),
        (8, 14, "metric-unknown"),
        (8, 31, "operator-missing"),
    ]


def test_an_unquoted_greater_than_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("test: X\nobjectives:\n  - metric: success_rate\n    pass: > 97%\n", "utf-8")
    (only,) = check_thresholds([path])
    assert (only.line, only.mend.key) == (4, "thresholds.mend-quotes")
    assert '`pass: "> 97%"`' in Catalogue("en").text(only.text)


def test_bytes_that_are_not_utf8_are_placed(tmp_path: Path) -> None:
    assert found(tmp_path, "test: X\ntitle: 테스트\n".encode("cp949")) == [(2, 8, "not-utf8")]


def test_recursive_yaml_ends(tmp_path: Path) -> None:
    assert found(tmp_path, "test: X\nobjectives: &a\n  - *a\n")


def test_broken_files_end_with_a_usage_error(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("test: X\nobjectives: []\nkind: lod\n", encoding="utf-8")
    with pytest.raises(ThresholdsError) as raised:
        load_thresholds([path])
    assert raised.value.exit_code is ExitCode.USAGE
    assert len(raised.value.details) == 2


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        load_thresholds([tmp_path / "absent.yaml"])
    with pytest.raises(InputError):
        load_thresholds([tmp_path])


def test_the_same_test_in_two_files_is_a_mistake(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(KEY + P95 + "    pass: < 5ms\n", encoding="utf-8")
    assert [one.what.key for one in check_thresholds([tmp_path])] == ["thresholds.test-twice"]


def test_everything_that_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        """\
test: X-1
kind: stress
title: {ko: 테스트, en: Test}
script: exclude
objectives:
  - metric: http_req_duration
    stat: p( 99 )
    where: {scenario: buy*, status: "200"}
    phase: plateau
    only_successful: true
    pass: "< 500ms"
    warning_margin: 5%
    on_missing: warn
    title: Slow
  - {metric: error_rate, pass: "< 1%", collapse: ">= 10%"}
  - {metric: my_trend, stat: avg, pass: "< 3 s"}
  - {metric: hikaricp.connections.active, where: {pool: "*"}, pass: "<= 20"}
stages:
  - {name: first, vus: 100, duration: 5m, throughput: 25..30/s, title: {en: First}}
---
test: X-2
objectives: [{metric: checks, pass: "> 99%"}]
""",
        encoding="utf-8",
    )
    one, two = load_thresholds([path]).given
    slow, errors, custom, pool = one.objectives
    assert (one.test, one.kind, one.script, two.test) == ("X-1", TestKind.STRESS, "exclude", "X-2")
    assert slow.selector.where == (("scenario", "buy*"), ("status", "200"))
    assert (slow.selector.stat, slow.selector.phase) == ("p(99)", "plateau")
    assert slow.selector.only_successful
    assert [bound.limit for bound in slow.warning] == [0.525]
    assert slow.on_missing is OnMissing.WARN
    assert slow.place == f"{path}:6"
    assert (errors.selector.metric, errors.selector.phase) == ("http_req_failed", "stage")
    assert [bound.limit for bound in errors.collapse] == [0.1]
    assert custom.target[0].limit == 3
    assert pool.selector.stat == "peak"
    (stage,) = one.stages
    assert (stage.name, stage.vus, stage.seconds, stage.throughput) == ("first", 100, 300, (25, 30))


def test_titles_are_said_in_the_readers_language(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "test: X\ntitle: {ko: 테스트}\nobjectives: [{metric: checks, pass: '> 9%'}]\n", "utf-8"
    )
    (only,) = load_thresholds([path]).given
    assert only.title is not None
    assert Catalogue("ko").text(only.title) == "테스트"
    assert Catalogue("en").text(only.title) == "테스트"


def test_shipped_thresholds_are_sound_and_have_titles() -> None:
    assert check_thresholds([THRESHOLDS]) == ()
    shipped = load_thresholds([]).shipped
    assert {targets.kind for targets in shipped if targets.test is None} == set(TestKind)
    assert {targets.test for targets in shipped} >= {"LT-001", "ST-001", "PT-001"}
    for language in ("ko", "en"):
        words = Catalogue(language)
        for targets in shipped:
            assert targets.title is not None
            assert words.text(targets.title)
            for objective in targets.objectives:
                assert objective.title is not None
                assert words.text(objective.title)
