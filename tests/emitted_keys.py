"""Which catalogue keys the code can emit, read from its source."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "perfreport").rglob("*.py"))
LAYOUTS = sorted(
    path for path in (ROOT / "templates").rglob("*.j2") if "messages" not in path.parts
)
_KEY = re.compile(r"[a-z][\w-]*(\.[\w-]+)+")
_IN_LAYOUT = re.compile(r"""['"]([a-z][\w-]*(?:\.[\w-]+)+)['"]""")
_SAID_IN_LAYOUT = re.compile(r"""\bt\(\s*['"]([\w.-]+)['"]\s*[,)]""")
_PREFIX_IN_LAYOUT = re.compile(r"""['"]([a-z][\w-]*\.(?:[\w-]+\.)*)['"]\s*~""")


@dataclass(frozen=True)
class Emitted:
    """Keys given to `message` outright or completed at run time, and all that is mentioned."""

    exact: dict[str, str]
    completed: dict[str, str]
    mentioned: frozenset[str]
    prefixes: frozenset[str]


def emitted() -> Emitted:
    """Read every module and every layout template."""
    scan = _Scan()
    for path in MODULES:
        scan.module(path)
    for path in LAYOUTS:
        scan.layout(path)
    return Emitted(
        scan.exact,
        scan.completed,
        frozenset(scan.mentioned | set(scan.exact)),
        frozenset(scan.prefixes | set(scan.completed)),
    )


class _Scan:
    def __init__(self) -> None:
        self.exact: dict[str, str] = {}
        self.completed: dict[str, str] = {}
        self.mentioned: set[str] = set()
        self.prefixes: set[str] = set()

    def module(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for node in ast.walk(tree):
            self._mention(node, constants)
            if isinstance(node, ast.Call) and _called(node) == "message" and node.args:
                key, whole = _key(node.args[0], constants)
                if key:
                    said = self.exact if whole else self.completed
                    said.setdefault(key, f"{path.name}:{node.lineno}")

    def layout(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.mentioned |= set(_IN_LAYOUT.findall(text))
        for key in _SAID_IN_LAYOUT.findall(text):
            self.exact.setdefault(key, path.name)
        for prefix in _PREFIX_IN_LAYOUT.findall(text):
            self.completed.setdefault(prefix, path.name)

    def _mention(self, node: ast.AST, constants: dict[str, str]) -> None:
        if isinstance(node, ast.Constant | ast.JoinedStr):
            key, whole = _key(node, constants)
            if whole and _KEY.fullmatch(key):
                self.mentioned.add(key)
            elif not whole and "." in key and key != "findings." and _KEY.match(key + "x"):
                self.prefixes.add(key)


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _spelled(node: ast.JoinedStr, constants: dict[str, str]) -> tuple[str, bool]:
    head = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            head += str(part.value)
        elif (
            isinstance(part, ast.FormattedValue)
            and isinstance(part.value, ast.Name)
            and part.value.id in constants
        ):
            head += constants[part.value.id]
        else:
            return head, False
    return head, True


def _key(node: ast.AST, constants: dict[str, str]) -> tuple[str, bool]:
    """Return what is known of a key, and whether that is all of it."""
    if isinstance(node, ast.Constant):
        return (node.value, True) if isinstance(node.value, str) else ("", False)
    if isinstance(node, ast.Name):
        return constants.get(node.id, ""), node.id in constants
    return _spelled(node, constants) if isinstance(node, ast.JoinedStr) else ("", False)


def _called(node: ast.Call) -> str | None:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else None
