"""The only form in which words cross a seam: a catalogue key with its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    from perfreport.model.units import Quantity

Param: TypeAlias = Union[str, int, float, bool, "Quantity", "Message", tuple["Param", ...]]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of the catalogue, not yet in any language.

    `key` is dotted and names one entry of `templates/messages/<lang>/`; `params` fill its
    placeholders. A missing *or* unused parameter is an error when the message is rendered.
    """

    key: str
    params: tuple[tuple[str, Param], ...] = ()


def message(key: str, /, **params: Param) -> Message:
    """Build a Message: `message("error.file-missing", path="a.json")`."""
    return Message(key, tuple(sorted(params.items())))
