"""Changes recommended for the web server."""

from __future__ import annotations

from perfreport.report.parts._recommended import recommended
from perfreport.report.parts.network import RESOURCE

PLUGIN = recommended(RESOURCE, ("http-", "downstream-"))
