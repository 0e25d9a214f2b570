"""A cut file can't pass, unless k6's own counts show that nothing is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfreport.model.message import message
from perfreport.model.source import Problem
from tests.rules.judged import findings, level, missing
from tests.rules.made import Made, nothing, played, ref, summary_of

RULE = "file-torn"
CUT = Problem("results.json", message("problem.archive-cut"))


def damaged(skipped: int, *problems: Problem) -> Made:
    sources = (ref(records=7860, skipped=skipped),)
    return replace(played(), sources=sources, problems=problems)


@pytest.mark.parametrize(
    ("skipped", "problems", "expected"),
    [(0, (CUT,), "invalid"), (1, (CUT,), "invalid"), (3, (), "questionable"), (90, (), "invalid")],
)
def test_fires_by_loss(skipped: int, problems: tuple[Problem, ...], expected: str) -> None:
    assert level(RULE, damaged(skipped, *problems)) == expected


def test_fires_as_a_note_where_nothing_is_missing() -> None:
    run = damaged(3)
    assert level(RULE, run.beside(summary_of(run))) == "valid"


def test_silent_for_whole_files() -> None:
    assert findings(RULE, damaged(0)) == ()


def test_silent_for_losses_of_other_files() -> None:
    other = (ref("gc.log", "gc-log", records=10, skipped=5), ref(records=7860))
    assert findings(RULE, replace(played(), sources=other)) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
