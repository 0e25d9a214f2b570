"""Changes recommended for the application."""

from __future__ import annotations

from perfreport.report.parts._recommended import recommended
from perfreport.report.parts.application import RESOURCE

PLUGIN = recommended(RESOURCE, ("gc-", "heap-", "cpu-"))
