"""The system's own view, resource by resource."""

from __future__ import annotations

from perfreport.model.document import Style
from perfreport.model.message import message
from perfreport.report._spec import Part

PLUGIN = Part(
    "resources", "metrics", 30, message("part.resources.title"), Style.NUMBERED, lambda _: ()
)
