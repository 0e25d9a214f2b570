"""Secrets taken out of text that a program printed, before it becomes part of a fact."""

from __future__ import annotations

import re

MASK = "***"

_NAMES = (
    r"(?:[\w.-]*(?:token|secret|passw(?:or)?d|passwd|pwd|api[_-]?key|apikey|credential|signature)"
    r"[\w.-]*|authorization|(?:set-)?cookie|session(?:[_-]?id)?|jsessionid|sid|auth|jwt|otp|pin)"
)
_JWT = re.compile(r"\beyJ[\w-]{6,}(?:\.[\w-]+){0,2}")
_SCHEMES = r"(?:Bearer|Basic|Digest|ApiKey|Token)"
_SCHEME = re.compile(rf"\b({_SCHEMES})\s+[\w.~+/=:-]{{6,}}", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/\s@\"'<>]*@")
_QUERY = re.compile(r"(?<=[?&;])([\w.\-\[\]%]{1,80})=([^&;#\s\"'<>)\]}]*)")
_FRAGMENT = re.compile(r"((?:https?|wss?)://[^\s\"'<>#]*)#[^\s\"'<>]*")
_FIELD = re.compile(
    rf"(\\?[\"']?\b{_NAMES}\\?[\"']?\s*[:=]\s*)"
    rf"({_SCHEMES}\s+[^\s,;\"']+|"
    r"\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|'[^']*'|[^\s,;&\"'}\])]+)",
    re.IGNORECASE,
)
# Long runs of letters and digits are keys and session ids, not words or numbers a reader needs.
_OPAQUE = re.compile(
    r"\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-)[A-Za-z0-9+_-]{28,}={0,2}"
)


def masked(text: str) -> str:
    """Return the text with query values, userinfo, tokens and named secrets replaced by ***."""
    text = _USERINFO.sub(f"{MASK}@", text)
    text = _FRAGMENT.sub(r"\1", text)
    text = _QUERY.sub(rf"\1={MASK}", text)
    text = _JWT.sub(MASK, text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    text = _FIELD.sub(rf"\1{MASK}", text)
    return _OPAQUE.sub(MASK, text)
