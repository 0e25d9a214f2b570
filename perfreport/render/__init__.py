"""From the Report to text: formats × languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfreport.errors import UsageError
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.render._spec import Format

_SHORT = {"md": "markdown"}


def find_formats(names: Sequence[str]) -> tuple[Format, ...]:
    """Return the formats with these ids, each once, in the order given.

    Raises:
        UsageError: there is no such format.
    """
    from perfreport import registry
    from perfreport.render import formats
    from perfreport.render._spec import Format

    known = {plugin.id: plugin for plugin in registry.discover(formats, Format)}
    chosen: dict[str, Format] = {}
    for name in names:
        plugin = known.get(_SHORT.get(name, name))
        if plugin is None:
            listed = tuple(known)
            raise UsageError(message("error.format-unknown", format=name, known=listed))
        chosen[plugin.id] = plugin
    return tuple(chosen.values())
