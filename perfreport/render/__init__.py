"""From the Report to text: formats × languages."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from perfreport.errors import UsageError
from perfreport.model.figure import Charts
from perfreport.model.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from perfreport.render._spec import Format

_SHORT = {"md": "markdown"}
_DRAWS = "vl_convert"


def find_formats(names: Sequence[str]) -> tuple[Format, ...]:
    """Return the formats with these ids, each once, in the order given.

    Raises:
        UsageError: there is no such format.
    """
    from perfreport import registry
    from perfreport.render import formats
    from perfreport.render._spec import Format

    known = registry.names(formats)
    chosen = dict.fromkeys(_SHORT.get(name, name) for name in names)
    for name in chosen:
        if name not in known:
            raise UsageError(message("error.format-unknown", format=name, known=known))
    return tuple(registry.load(formats, Format, name) for name in chosen)


def charts_for(asked: Charts | None, chosen: Sequence[Format], *, files: bool) -> Charts:
    """Return how figures are shown in these formats; `files`: whether files are written.

    Unless asked for, they are drawn for formats that show them, if the package that draws is
    installed.
    """
    if asked is None:
        shown = _shown(chosen, files=files) and find_spec(_DRAWS) is not None
        return Charts.SVG if shown else Charts.NONE
    if asked is Charts.SVG and not (files or any(fmt.inline for fmt in chosen)):
        return Charts.NONE
    return asked


def charts_missed(asked: Charts | None, chosen: Sequence[Format], *, files: bool) -> bool:
    """Whether figures are left out only because the package that draws is not installed."""
    return asked is None and _shown(chosen, files=files) and find_spec(_DRAWS) is None


def _shown(chosen: Sequence[Format], *, files: bool) -> bool:
    """Whether any of these formats shows figures: in the text itself, or in files beside it."""
    return any(fmt.inline or (files and fmt.beside is not None) for fmt in chosen)
