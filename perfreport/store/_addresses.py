"""Addresses as templates: one for all that differ in ids and query values only."""

from __future__ import annotations

import re

URL = re.compile(
    r"([a-zA-Z][a-zA-Z0-9+.-]*)://(?:[^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL
)
_QUERY = re.compile(r"([?&][^=&#\s]+)=[^&#\s]*")
_ID = re.compile(
    r"(?<=/)(?:\d+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}|"
    r"(?=[\w.~-]*\d)(?=[\w.~-]*[A-Za-z])[\w.~-]{28,})(?=/|$)"
)


def without_ids(path: str) -> str:
    """Numbers, UUIDs and long hexadecimal or mixed parts of a path become `{id}`."""
    return _ID.sub("{id}", path)


def without_values(text: str) -> str:
    """Only the keys of a query stay: its values may be tokens."""
    return _QUERY.sub(r"\1=*", text)


def template(address: str) -> str | None:
    """A full URL without userinfo, ids, query values and fragment; None for any other text."""
    match = URL.fullmatch(address)
    if match is None:
        return None
    scheme, host, path, query = match[1], match[2], match[3], match[4] or ""
    return f"{scheme}://{host}{without_ids(path)}{without_values(query)}"
