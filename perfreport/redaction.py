"""Secrets taken out of text: of what programs printed, and of every text on its way out.

`masked` is for free text of logs, where anything may stand: it errs on the side of hiding.
`redacted` is for names and labels that a reader must recognise (endpoints, pods, paths): it hides
what stands in an address or is named, shaped or marked as a secret. Both leave their own masks
alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

MASK = "***"
_ID = "{id}"

_NAMES = (
    r"(?:[\w.-]*(?:token|secret|passw(?:or)?d|passwd|pwd|api[_-]?key|apikey|credential|signature)"
    r"[\w.-]*|authorization|(?:set-)?cookie|session(?:[_-]?id)?|jsessionid|sid|auth|jwt|otp|pin)"
)
_NAME = re.compile(_NAMES, re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{6,}(?:\.[\w-]+){0,2}")
_VENDOR = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)_(?:live|test)_\w{8,}|gh[opsur]_\w{16,}|github_pat_\w{16,}|"
    r"glpat-[\w-]{12,}|xox[a-z]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|AIza[\w-]{20,})"
)
_SCHEMES = r"(?:Bearer|Basic|Digest|ApiKey|Token)"
_SCHEME = re.compile(rf"\b({_SCHEMES})\s+[\w.~+/=:-]{{6,}}", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/\s\"'<>?#]*@")
_VALUE = r"(?!\*+(?:[&;#\s\"'<>)\]},]|$))[^&;#\s\"'<>)\]}]*"
_QUERY = re.compile(rf"(?<=[?&;])([\w.\-\[\]%]{{1,80}})={_VALUE}")
_FRAGMENT = re.compile(r"((?:https?|wss?)://[^\s\"'<>#]*)#[^\s\"'<>]*")
_FIELD = re.compile(
    rf"(\\?[\"']?\b{_NAMES}\\?[\"']?\s*[:=]\s*)"
    rf"({_SCHEMES}\s+[^\s,;\"']+|"
    r"\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|'[^']*'|(?!\*+(?:\W|$))[^\s,;&\"'}\])]+)",
    re.IGNORECASE,
)
# Long runs of letters and digits are keys and session ids, not words or numbers a reader needs.
_OPAQUE = re.compile(
    r"\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-)[A-Za-z0-9+_-]{28,}={0,2}"
)
# Of both cases and digits, unbroken: no digest, pod or file is written so.
_MIXED = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{32,}"
    r"(?![A-Za-z0-9])"
)
_ADDRESS = re.compile(
    r"(?:https?|wss?|grpcs?)://[^\s\"'<>]+|"
    r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+/[^\s\"'<>]*",
    re.IGNORECASE,
)
# A part of an address that nobody typed: a token, a session or a key.
_TOKEN_PART = re.compile(
    r"(?<=/)(?:(?=[^/?#]*\d)(?=[^/?#]*[A-Za-z])(?:[A-Za-z0-9]{20,}|[\w.~%+=-]{28,})|"
    r"(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{14,})(?=[/?#,}\])]|$)"
)


def masked(text: str) -> str:
    """Return the text with query values, userinfo, tokens and named secrets replaced by ***."""
    text = _ADDRESS.sub(_without_tokens, text)
    text = _QUERY.sub(rf"\1={MASK}", text)
    return _OPAQUE.sub(MASK, _without_named(text))


@lru_cache(maxsize=8192)
def redacted(text: str) -> str:
    """Return a name, label or short text without what may be a secret in it."""
    if len(text) < len("pin=1") or text.isalpha():
        return text
    if "/" in text:
        text = _ADDRESS.sub(_without_tokens, text)
    if "=" in text and "jdbc:" not in text:
        text = _QUERY.sub(rf"\1={MASK}", text)
    return _MIXED.sub(MASK, _without_named(text))


def is_secret(name: str) -> bool:
    """Tell whether the value of a field of this name is to be hidden."""
    return _NAME.fullmatch(name) is not None


def _without_named(text: str) -> str:
    text = _JWT.sub(MASK, text)
    text = _VENDOR.sub(MASK, text)
    text = _SCHEME.sub(rf"\1 {MASK}", text)
    return _FIELD.sub(rf"\1{MASK}", text)


def _without_tokens(address: re.Match[str]) -> str:
    text = _USERINFO.sub(f"{MASK}@", address[0])
    text = _FRAGMENT.sub(r"\1", text)
    text = _QUERY.sub(rf"\1={MASK}", text)
    return _TOKEN_PART.sub(_ID, _VENDOR.sub(MASK, _JWT.sub(MASK, text)))
