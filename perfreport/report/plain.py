"""Values of the model as plain JSON values.

Words stay catalogue keys with their parameters, numbers base units, times RFC 3339 in UTC. A
number that is not finite becomes null, for JSON has no word for it.
"""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from perfreport.model.message import Message
from perfreport.model.units import Quantity
from perfreport.redaction import MASK, is_secret, redacted

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Object: TypeAlias = dict[str, Any]
_INSTANT_SUFFIX = "_ns"


def instant(nanoseconds: int | None) -> str | None:
    """UTC nanoseconds as RFC 3339 with microseconds; None where no calendar holds them."""
    if nanoseconds is None:
        return None
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(whole, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"


def number(value: float | None) -> float | int | None:
    """A JSON number: null for what JSON can't hold."""
    return None if value is None or not math.isfinite(value) else value


def words(message: Message) -> Object:
    """A message as its key and parameters."""
    return {"key": message.key, "params": {name: plain(value) for name, value in message.params}}


def plain(value: object) -> Json:
    """Any value of the model: dataclasses by field, enums by value, tuples as lists."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Message):
        return words(value)
    if isinstance(value, Quantity):
        return {"value": number(value.value), "unit": value.unit.value}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return by_field(value)
    return str(value)


def by_field(value: DataclassInstance) -> Object:
    """A dataclass by its fields; `x_ns` times become instants named `x`."""
    entries: Object = {}
    for field in fields(value):
        content = getattr(value, field.name)
        if field.name.endswith(_INSTANT_SUFFIX) and (content is None or isinstance(content, int)):
            entries[field.name.removesuffix(_INSTANT_SUFFIX)] = instant(content)
        else:
            entries[field.name] = plain(content)
    return entries


def tags(pairs: tuple[tuple[str, str], ...]) -> Object:
    """Tags as an object."""
    return dict(pairs)


_DIGESTS = frozenset({"sha256"})


def without_secrets(entries: Object) -> Object:
    """A copy of JSON values with every text redacted; digests of files stay."""
    return {name: _open(name, value) for name, value in entries.items()}


def _open(name: str, value: Any) -> Any:
    if isinstance(value, str):
        if name in _DIGESTS:
            return value
        return MASK if is_secret(name) else redacted(value)
    if isinstance(value, dict):
        return without_secrets(value)
    if isinstance(value, list):
        pair = len(value) == 2 and all(isinstance(part, str) for part in value)
        if pair and is_secret(value[0]):  # a tag: its name and its value
            return [value[0], MASK]
        return [_open("", part) for part in value]
    return value
