"""The report as one self-contained page: `report.html`, charts and all, without any request."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import TYPE_CHECKING, Any

from perfreport.model.document import Bullets, Grid, Paragraph, Section, Style
from perfreport.model.figure import BarChart, Figure, Picture
from perfreport.model.finding import Command, Excerpt
from perfreport.render._spec import Format
from perfreport.render.cells import is_numeric
from perfreport.render.excerpts import shortened
from perfreport.render.i18n import Words
from perfreport.render.layout import fill, layouts
from perfreport.render.medium import HTML, visible
from perfreport.render.pictures import converter, drawing, figures_of
from perfreport.render.vega import specification

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from perfreport.model.document import Block
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue

_LISTED = {Style.PART, Style.NUMBERED}
_DEEPEST = 6
_CHARTS = """
for (const holder of document.querySelectorAll("figure[data-chart]")) {
  const specification = JSON.parse(document.getElementById(holder.dataset.chart).textContent);
  if (holder.clientWidth < 640) {
    for (const panel of specification.vconcat) {
      panel.width = Math.min(panel.width, Math.max(200, holder.clientWidth - 90));
      panel.layer = panel.layer.filter(layer => layer.name !== "phases");
    }
    specification.config.legend.orient = "bottom";
  }
  const options = {renderer: "svg", actions: false, ast: true, tooltip: true};
  const stage = document.createElement("div");
  vegaEmbed(stage, specification, options).then(() => {
    holder.querySelector("img").replaceWith(stage);
  });
}
"""


def _render(report: Report, catalogue: Catalogue) -> str:
    return _Page(report, catalogue.within(HTML)).text()


class _Page:
    """One report in one language, as nested sections."""

    def __init__(self, report: Report, catalogue: Catalogue) -> None:
        self._report = report
        self._catalogue = catalogue
        self._layouts = layouts(catalogue, "html")

    def text(self) -> str:
        """Return the whole page."""
        drawn = any(figures_of(self._report))
        script = converter().javascript_bundle(_EXPOSED) + _CHARTS if drawn else ""
        script = script.replace("</script", "<\\/script")
        body = "\n".join(self._section(one, 2, f"s{at}") for at, one in _placed(self._report))
        contents = [
            (f"s{at}", one, [(f"s{at}-{n}", sub) for n, sub in enumerate(one.sections, 1)
                             if sub.style in _LISTED])
            for at, one in _placed(self._report)
        ]  # fmt: skip
        return (
            self._fill(
                "report",
                report=self._report,
                beside=[(one.title, PLUGIN.file_of(one)) for one in self._report.companions],
                language=self._catalogue.language,
                policy=Words(_policy(script)),
                script=Words(script),
                contents=contents,
                body=Words(body),
            )
            + "\n"
        )

    def _fill(self, template: str, **values: Any) -> str:
        return fill(self._catalogue, self._layouts, f"{template}.html.j2", values).strip("\n")

    def _section(self, section: Section, depth: int, anchor: str) -> str:
        blocks = [self._block(block) for block in section.blocks]
        below = [
            self._section(one, depth + 1, f"{anchor}-{place}")
            for place, one in enumerate(section.sections, 1)
        ]
        level = min(depth, _DEEPEST)
        inner = Words("\n".join([*blocks, *below]))
        return self._fill("section", section=section, anchor=anchor, level=level, inner=inner)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return self._fill("paragraph", sentences=block.sentences)
            case Bullets():
                return self._fill("bullets", items=block.items, numbered=block.numbered)
            case Grid():
                numeric = [is_numeric(column) for column in zip(*block.rows, strict=True)]
                return self._fill("grid", grid=block, numeric=numeric)
            case Excerpt():
                return self._code(shortened(block.lines))
            case Command():
                return self._code(block.text.splitlines())
            case Figure() | BarChart():
                return self._figure(block)

    def _code(self, lines: Sequence[str]) -> str:
        text = html.escape("\n".join(visible(line) for line in lines))
        return self._fill("code", text=Words(text))

    def _figure(self, figure: Picture) -> str:
        svg = base64.b64encode(drawing(figure, self._catalogue).encode()).decode()
        told = json.dumps(
            specification(figure, self._catalogue, interactive=True),
            ensure_ascii=False,
            separators=(",", ":"),
        )
        chart = Words(told.replace("<", "\\u003c"))  # no closing tag inside the data
        return self._fill("figure", figure=figure, picture=Words(svg), chart=chart)


_EXPOSED = "window.vegaEmbed = vegaEmbed;"


def _placed(report: Report) -> Iterator[tuple[int, Section]]:
    return enumerate(report.sections, 1)


def _policy(script: str) -> str:
    """Return the content security policy: this one script, own styles, pictures inside the page."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f"'sha256-{digest}'" if script else "'none'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


PLUGIN = Format("html", "report.html", _render, inline=True, readable=True)
