"""Strict YAML: nodes with their places, and every mistake of a file in one go.

Reads through `yaml.compose`, so that each mistake has its line and column and a duplicate key is
seen. What the keys mean is not this module's concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from perfreport.grading.catalogue import alike
from perfreport.model.message import Message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from enum import StrEnum
    from pathlib import Path

    from yaml import Node

    E = TypeVar("E", bound=StrEnum)

_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A mistake in a thresholds file: where (1-based), what, and how to mend it."""

    path: str
    line: int
    column: int
    what: Message
    mend: Message

    @property
    def place(self) -> str:
        """`file:line:column`."""
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def text(self) -> Message:
        """The whole sentence: place, what, how to mend it."""
        return message("thresholds.at", place=self.place, what=self.what, mend=self.mend)


class Document:
    """One YAML document and the mistakes found in it so far."""

    def __init__(self, path: str, root: Node, mistakes: list[Diagnostic]) -> None:
        self.path = path
        self.root = root
        self._mistakes = mistakes

    def report(self, node: Node, what: Message, mend: Message) -> None:
        """Note a mistake at the place of `node`."""
        mark = node.start_mark
        found = Diagnostic(self.path, mark.line + 1, mark.column + 1, what, mend)
        if found not in self._mistakes:
            self._mistakes.append(found)

    def place(self, node: Node) -> str:
        """`file:line` of a node."""
        return f"{self.path}:{node.start_mark.line + 1}"

    def mapping(self, node: Node, keys: tuple[str, ...]) -> dict[str, Node]:
        """Values by key; unknown and duplicate keys are mistakes. `keys` empty: any are allowed."""
        from yaml import MappingNode

        if not isinstance(node, MappingNode):
            self.report(
                node,
                message("thresholds.not-a-mapping"),
                message("thresholds.mend-mapping", keys=", ".join(keys) or "key: value"),
            )
            return {}
        found: dict[str, Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if keys and key not in keys:
                self._unknown_key(key_node, key, keys)
            elif key in found:
                first = found[key].start_mark.line + 1
                self.report(
                    key_node,
                    message("thresholds.key-duplicate", key=key, line=first),
                    message("thresholds.mend-duplicate"),
                )
            else:
                found[key] = value
        return found

    def items(self, node: Node) -> Iterator[Node]:
        """Entries of a list; anything else, and an empty list, is a mistake."""
        from yaml import SequenceNode

        if isinstance(node, SequenceNode) and node.value:
            yield from node.value
        else:
            self.report(node, message("thresholds.not-a-list"), message("thresholds.mend-list"))

    def require(self, node: Node, found: dict[str, Node], key: str) -> Node | None:
        """Return the value of a key that must be there."""
        if key not in found:
            self.report(
                node,
                message("thresholds.key-missing", key=key),
                message("thresholds.mend-missing", key=key),
            )
        return found.get(key)

    def text(self, node: Node | None) -> str | None:
        """A scalar as written; an empty one, a list or a mapping is a mistake."""
        from yaml import ScalarNode

        if node is None:
            return None
        if isinstance(node, ScalarNode) and node.tag != _NULL and node.value.strip():
            return str(node.value)
        self.report(node, message("thresholds.not-a-text"), message("thresholds.mend-text"))
        return None

    def choice(self, node: Node | None, kind: type[E]) -> E | None:
        """One of the words of an enumeration."""
        return self.one_of(node, [*kind])

    def one_of(self, node: Node | None, allowed: Iterable[E]) -> E | None:
        """One of the given words."""
        written = self.text(node)
        if node is None or written is None:
            return None
        words = {str(member): member for member in allowed}
        if written not in words:
            self.report(
                node,
                message("thresholds.word-unknown", word=written),
                message("thresholds.mend-word", words=", ".join(words)),
            )
        return words.get(written)

    def number(self, node: Node | None) -> float | None:
        """A plain positive number."""
        written = self.text(node)
        if node is None or written is None:
            return None
        try:
            value = float(written)
        except ValueError:
            value = -1.0
        if 0 <= value < float("inf"):
            return value
        self.report(
            node,
            message("thresholds.not-a-number", text=written),
            message("thresholds.mend-number"),
        )
        return None

    def flag(self, node: Node | None) -> bool:
        """`true` or `false`; absent is false."""
        written = self.text(node)
        if node is not None and written not in {"true", "false", None}:
            self.report(
                node,
                message("thresholds.word-unknown", word=written),
                message("thresholds.mend-word", words="true, false"),
            )
        return written == "true"

    def _unknown_key(self, node: Node, key: str, keys: tuple[str, ...]) -> None:
        near = alike(key, keys)
        mend = (
            message("thresholds.mend-did-you-mean", name=near)
            if near
            else message("thresholds.mend-keys", keys=", ".join(keys))
        )
        self.report(node, message("thresholds.key-unknown", key=key), mend)


def read_documents(
    path: Path, mistakes: list[Diagnostic], content: bytes | None = None
) -> list[Document]:
    """Compose every document of a file; what YAML itself rejects becomes a mistake."""
    import yaml

    name = str(path)
    raw = path.read_bytes() if content is None else content
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        column = fault.start - raw.rfind(b"\n", 0, fault.start)
        what = message("thresholds.not-utf8")
        mistakes.append(Diagnostic(name, line, column, what, message("thresholds.mend-utf8")))
        return []
    loader: Callable[..., Iterator[Node | None]] = yaml.compose_all
    try:
        roots = [root for root in loader(text, Loader=yaml.SafeLoader) if root is not None]
    except (yaml.YAMLError, RecursionError) as fault:
        mistakes.append(_broken_yaml(name, text, fault))
        return []
    if not roots:
        what, mend = message("thresholds.file-empty"), message("thresholds.mend-empty")
        mistakes.append(Diagnostic(name, 1, 1, what, mend))
    return [Document(name, root, mistakes) for root in roots]


def is_plain_string(node: Node) -> bool:
    """Whether a node is a scalar that YAML takes for text (not a number, not null)."""
    return node.tag == _STRING


def _broken_yaml(name: str, text: str, fault: BaseException) -> Diagnostic:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    written = lines[line - 1] if line <= len(lines) else ""
    key, colon, value = written.partition(":")
    what = message("thresholds.yaml-broken", problem=str(getattr(fault, "problem", None) or fault))
    if colon and value.strip()[:1] in {">", "|", "%", "@", "`", "&", "*", "!"}:
        mend = message("thresholds.mend-quotes", example=f'{key.strip("- ")}: "{value.strip()}"')
    elif written.startswith("\t"):
        mend = message("thresholds.mend-tabs")
    else:
        mend = message("thresholds.mend-yaml")
    return Diagnostic(name, line, column, what, mend)
