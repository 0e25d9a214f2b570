"""Log messages with everything taken out that differs from record to record, or is secret."""

from __future__ import annotations

import re

from perfreport.redaction import masked

_LONGEST = 400
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_QUOTED = re.compile(r"(?<![\w\\])(?:'[^']*'|\"[^\"]*\"|`[^`]*`)(?!\w)|(?<![\w\\])['\"`][^'\"`]*$")
_UUID = re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")
_IDENTITY = re.compile(r"(?<=[\w\]])@[0-9a-f]{3,16}\b")
_HEX = re.compile(
    r"\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{8,}\b"
)
_NUMBER = re.compile(r"(?:(?<![\w.>])[-+])?\d[\d.,:-]*(?<![.,:-])")
_PATH = re.compile(r"(?<=[\s\[(=])/(?:[^\s/\])]+/)+[^\s\])]*")


def template(message: str) -> str:
    """Return a message as a template: `<n>` numbers, `<s>` strings, `<id>`, `<email>`, `<path>`.

    Cut at 400 characters. Secrets become `***`.
    """
    text = masked(_UUID.sub("<id>", message[: 4 * _LONGEST]))
    text = _EMAIL.sub("<email>", text)
    text = _QUOTED.sub("<s>", text)
    text = _IDENTITY.sub("@<id>", text)
    text = _HEX.sub("<id>", text)
    text = _PATH.sub("<path>", text)
    text = _NUMBER.sub("<n>", text)
    return " ".join(text.split())[:_LONGEST]
