"""A summary without its samples may be all that is left of an instance."""

from __future__ import annotations

from dataclasses import replace

from perfreport.model.message import message
from perfreport.model.source import Problem
from tests.rules.judged import findings, level, missing
from tests.rules.made import nothing, played

RULE = "foreign-files"


def strange(kind: str) -> Problem:
    return Problem("b.summary.json", message("problem.contradicts-run", kind=kind))


def test_fires_for_a_summary_that_fits_no_samples() -> None:
    assert level(RULE, replace(played(), problems=(strange("k6-summary"),))) == "invalid"


def test_silent_for_other_files() -> None:
    assert findings(RULE, replace(played(), problems=(strange("k6-inspect"),))) == ()


def test_not_evaluated_without_samples() -> None:
    assert missing(RULE, nothing()) == ("validity.need.samples",)
