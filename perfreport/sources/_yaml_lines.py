"""YAML as (key path, scalar, line), with every document's lines, and never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Scalar:
    """One leaf: keys joined by dots, list positions as [0]; text as written."""

    path: tuple[str, ...]
    text: str
    line: int

    @property
    def key(self) -> str:
        """The path as Spring writes it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Document:
    """The leaves of one YAML document, or of none where it could not be read (`broken_line`)."""

    scalars: tuple[Scalar, ...]
    broken_line: int | None = None


def documents(text: str) -> tuple[Document, ...]:
    """Read all documents; the first error ends the file, what came before it is kept."""
    import yaml

    found: list[Document] = []
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        while loader.check_node():
            node = loader.get_node()
            found.append(Document(tuple(_leaves(node, (), 0)) if node is not None else ()))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        found.append(Document((), (mark.line if mark else 0) + 1))
    finally:
        if loader is not None:
            loader.dispose()
    return tuple(found)


def _leaves(node: yaml.Node, path: tuple[str, ...], depth: int) -> list[Scalar]:
    import yaml

    if depth > _DEEPEST:  # aliases that contain themselves
        return []
    if isinstance(node, yaml.ScalarNode):
        return [Scalar(path, node.value, node.start_mark.line + 1)]
    leaves: list[Scalar] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            leaves += _leaves(value, (*path, str(name)), depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            leaves += _leaves(value, (*path, f"[{position}]"), depth + 1)
    return leaves
