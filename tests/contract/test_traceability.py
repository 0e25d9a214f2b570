"""Each figure of the report that people read is in `report.json`, unrounded."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from perfreport.model.grade import FailOn
from perfreport.model.report import Companion
from perfreport.pipeline import analyze
from perfreport.render import numbers
from perfreport.render.formats import comment, markdown
from perfreport.render.formats.json import render as as_json
from perfreport.render.i18n import Catalogue
from perfreport.report import build
from tests import story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.report import Report
    from perfreport.model.units import Quantity

ECOMMERCE = Path(__file__).parents[2] / "samples" / "ecommerce"


@pytest.fixture(scope="module", params=["ecommerce", "handmade"])
def report(request: pytest.FixtureRequest) -> Report:
    if request.param == "ecommerce":
        return analyze([str(ECOMMERCE)], companions=tuple(Companion))
    tests = story.everything()
    return build(tests, story.intake(*tests), FailOn.FAIL, companions=tuple(Companion))


@pytest.fixture
def spelled(monkeypatch: pytest.MonkeyPatch) -> dict[float, str]:
    """Every number that the number formatter spells, with what it made of it."""
    told: dict[float, str] = {}
    original = numbers.Numbers.quantity

    def quantity(
        self: numbers.Numbers, value: Quantity, limits: Sequence[float] = (), *, sign: bool = False
    ) -> str:
        text = original(self, value, limits, sign=sign)
        if math.isfinite(value.value):
            told[abs(float(value.value))] = text
        return text

    monkeypatch.setattr(numbers.Numbers, "quantity", quantity)
    return told


def figures(document: Any) -> Iterator[float]:
    """Yield every number of a JSON document, without its sign."""
    if isinstance(document, dict):
        for value in document.values():
            yield from figures(value)
    elif isinstance(document, list):
        for value in document:
            yield from figures(value)
    elif isinstance(document, int | float) and not isinstance(document, bool):
        yield abs(float(document))


@pytest.mark.parametrize("fmt", [markdown.PLUGIN, comment.PLUGIN], ids=lambda fmt: fmt.id)
def test_each_figure_of_the_report_is_in_the_json(
    report: Report, spelled: dict[float, str], fmt: Any
) -> None:
    for page in (report, *map(report.page, report.companions)):
        fmt.render(page, Catalogue("ko"))
    known = set(figures(json.loads(as_json(report, Catalogue("ko")))))
    assert len(spelled) > 20, "the formatter is the one the report uses"
    assert {text: value for value, text in spelled.items() if value not in known} == {}
