"""The report on the synthetic shop, made once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from perfreport.pipeline import analyze
from perfreport.render.formats import json as json_format
from perfreport.render.formats import markdown
from perfreport.render.i18n import Catalogue
from tests.reference import shop

if TYPE_CHECKING:
    from perfreport.model.report import Report


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("synthetic")
    shop.write(folder)
    return analyze([str(folder)])


@pytest.fixture(scope="session")
def written(report: Report) -> dict[str, Any]:
    """The report as JSON."""
    made: dict[str, Any] = json.loads(json_format.render(report, Catalogue("ko")))
    return made


@pytest.fixture(scope="session")
def tests(written: dict[str, Any]) -> dict[str, Any]:
    """The tests of the report by their ids."""
    return {test["id"]: test for test in written["tests"]}


@pytest.fixture(scope="session")
def text(report: Report) -> str:
    """The report as Markdown, in Korean."""
    return str(markdown.PLUGIN.render(report, Catalogue("ko")))
