"""The page is one file: nothing is fetched, nothing from a dump is run."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from perfreport.model.figure import Charts
from perfreport.model.grade import FailOn
from perfreport.render.formats import html
from perfreport.render.i18n import Catalogue, languages
from perfreport.report import build
from tests import story
from tests.unit.test_pictures import timed

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Page(HTMLParser):
    """The tags of a page, checked for nesting, and every address in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.anchors: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on")]
        self.addresses += [given[name] or "" for name in ("src", "href", "action") if name in given]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def page(charts: Charts = Charts.NONE, language: str = "ko") -> str:
    tests = tuple(timed(test) for test in story.everything())
    text = html.PLUGIN.render(
        build(tests, story.intake(*tests), FailOn.FAIL, charts), Catalogue(language)
    )
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("language", languages())
def test_a_page_is_well_formed_and_holds_nothing_of_a_dump_as_markup(language: str) -> None:
    found = Page(page(language=language))
    assert "script" not in found.tags
    assert found.tags.count("h1") == 1
    assert len(found.ids) == len(set(found.ids))
    assert {address[1:] for address in found.addresses} <= set(found.ids)


def test_a_page_with_charts_runs_one_script_and_asks_nobody() -> None:
    pytest.importorskip("vl_convert")
    text = page(Charts.SVG)
    found = Page(text)
    assert all(one.startswith(("#", "data:image/svg+xml;base64,")) for one in found.addresses)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert policy is not None
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert "default-src 'none'" in policy[1]
    assert digest in policy[1].replace("&#43;", "+")
    assert len(text) < 2_000_000
