"""Part one: what was measured."""

from __future__ import annotations

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part

PLUGIN = Part("metrics", None, 10, message("part.metrics.title"), Style.PART, lambda _: ())
