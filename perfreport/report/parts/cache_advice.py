"""Changes recommended for the cache."""

from __future__ import annotations

from perfreport.report.parts._recommended import recommended
from perfreport.report.parts.cache import RESOURCE

PLUGIN = recommended(RESOURCE, ("cache-",))
