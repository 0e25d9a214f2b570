"""The pictures and the excerpt of the README show what the program makes today.

Where words stand on a picture depends on the fonts of the machine that drew it: what is compared
are its words and its curves.
"""

from __future__ import annotations

import os
import re
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from perfreport.model.figure import Charts
from perfreport.pipeline import analyze
from perfreport.render.formats import markdown
from perfreport.render.i18n import Catalogue
from perfreport.render.pictures import pictures

if TYPE_CHECKING:
    from perfreport.model.report import Report

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDER = Path(__file__).parent / "pictures"
SHOWN = re.findall(r"\(tests/golden/pictures/([\w-]+\.svg)\)", README)
BEGIN, END = "<!-- excerpt: `make golden` writes it -->", "<!-- end of excerpt -->"
REWRITE = os.environ.get("PERFREPORT_GOLDEN") == "rewrite"


@pytest.fixture(scope="module")
def report() -> Report:
    with chdir(ROOT):
        return analyze(["samples/ecommerce"], charts=Charts.SVG)


def test_the_pictures_of_the_readme_are_those_of_the_report(report: Report) -> None:
    pytest.importorskip("vl_convert")
    drawn = {Path(path).name: content for path, content in pictures(report, Catalogue("ko"))}
    assert SHOWN
    if REWRITE:
        FOLDER.mkdir(exist_ok=True)
        for name in SHOWN:
            (FOLDER / name).write_bytes(drawn[name])
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(SHOWN)
    for name in SHOWN:
        kept = (FOLDER / name).read_text(encoding="utf-8")
        assert essence(kept) == essence(drawn[name].decode()), f"make golden draws {name} anew"


def essence(svg: str) -> tuple[list[str], list[str]]:
    """Return the words and the curves of a picture."""
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg), re.findall(r' d="(M[^"]{80,})"', svg)


def test_the_excerpt_of_the_readme_is_from_the_report(report: Report) -> None:
    text = markdown.PLUGIN.render(report, Catalogue("ko"))
    assert isinstance(text, str)
    section = report.find("summary-findings")
    following = report.find("summary-impact")
    assert section is not None
    assert following is not None
    begin, end = (f"**{Catalogue('ko').text(one.title)}**:" for one in (section, following))
    told = text[text.index(begin) : text.index(end)].strip()
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in told.splitlines())
    head, _, rest = README.partition(f"{BEGIN}\n")
    kept, _, tail = rest.partition(END)
    if REWRITE:
        whole = f"{head}{BEGIN}\n{quoted}{END}{tail}"
        (ROOT / "README.md").write_text(whole, encoding="utf-8")
        return
    assert kept == quoted, "make golden writes it anew"
