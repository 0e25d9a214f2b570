"""`report.json`: the public contract, see `perfreport.report.document`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from perfreport.render._spec import Format
from perfreport.report.document import document
from perfreport.report.plain import without_secrets

if TYPE_CHECKING:
    from perfreport.model.report import Report
    from perfreport.render.i18n import Catalogue


def render(report: Report, catalogue: Catalogue) -> str:
    """Return the report as JSON; the language does not matter."""
    del catalogue
    entries = without_secrets(document(report))
    return json.dumps(entries, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


PLUGIN = Format(id="json", file_name="report.json", render=render)
