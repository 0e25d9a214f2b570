"""The little language of derived signals: parsing only; `perfreport.measure` evaluates.

    sum      := product (("+" | "-") product)*
    product  := operand (("*" | "/") operand)*
    operand  := number | "(" sum ")" | function "(" selector or rate ")" | selector
    function := "rate" | "increase" | "sum" | "max" | "min" | "avg"
    selector := name [":" part] ["{" label ("=" | "!=") "'" glob "'" ("," …)* "}"]

A glob matches a label that is there: `{topic='*'}` leaves series without a topic out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from perfreport.model.signal import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perfreport.model.load import Tags


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label."""

    label: str
    glob: str
    negated: bool = False

    def matches(self, labels: Tags) -> bool:
        """Whether labels meet the condition; a missing label meets only a negated one."""
        value = next((value for key, value in labels if key == self.label), None)
        if value is None:
            return self.negated
        return fnmatchcase(value, self.glob) is not self.negated


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """Series of one signal, grouped by `aggregate`; counters as increase or rate."""

    signal: str
    part: Part | None = None
    matchers: tuple[Matcher, ...] = ()
    window: str | None = None  # "rate", "increase" or None for the level
    aggregate: str = "sum"


@dataclass(frozen=True, slots=True)
class Operation:
    """Arithmetic on two expressions, group by group."""

    operator: str
    left: Expression
    right: Expression


Expression: TypeAlias = "Number | Leaf | Operation"

_WINDOWS = frozenset({"rate", "increase"})
_AGGREGATES = frozenset({"sum", "max", "min", "avg"})
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)"
    r"|'(?P<string>[^']*)'"
    r"|(?P<operator>!=|[-+*/(){}=:,]))"
)


def parse(text: str) -> Expression:
    """Parse an expression.

    Raises:
        ValueError: the text is not an expression; the message says where.
    """
    parser = _Parser(text)
    expression = parser.sum()
    parser.expect_end()
    return expression


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield every selector of an expression, left to right."""
    if isinstance(expression, Leaf):
        yield expression
    elif isinstance(expression, Operation):
        yield from leaves(expression.left)
        yield from leaves(expression.right)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                msg = f"{text!r}: not understood at {position}"
                raise ValueError(msg)
            self._tokens.append((match.lastgroup, match[match.lastgroup], position))
            position = match.end()
        self._tokens.append(("end", "", position))
        self._at = 0

    def sum(self) -> Expression:
        left = self._product()
        while operator := self._take_operator("+", "-"):
            left = Operation(operator, left, self._product())
        return left

    def expect_end(self) -> None:
        self._expect("end")

    def _product(self) -> Expression:
        left = self._operand()
        while operator := self._take_operator("*", "/"):
            left = Operation(operator, left, self._operand())
        return left

    def _operand(self) -> Expression:
        kind, text, _ = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            return Number(float(text))
        if self._take_operator("("):
            inner = self.sum()
            self._expect("operator", ")")
            return inner
        return self._leaf()

    def _leaf(self) -> Leaf:
        name = self._expect("name")
        if name in _AGGREGATES | _WINDOWS and self._take_operator("("):
            inner = self._leaf()
            self._expect("operator", ")")
            window = name if name in _WINDOWS else inner.window
            aggregate = name if name in _AGGREGATES else inner.aggregate
            return Leaf(inner.signal, inner.part, inner.matchers, window, aggregate)
        part = Part(self._expect("name")) if self._take_operator(":") else None
        matchers: list[Matcher] = []
        if self._take_operator("{"):
            while not matchers or self._take_operator(","):
                label = self._expect("name")
                negated = self._take_operator("=", "!=")
                if not negated:
                    self._expect("operator", "=")
                matchers.append(Matcher(label, self._expect("string"), negated == "!="))
            self._expect("operator", "}")
        return Leaf(name, part, tuple(matchers))

    def _take_operator(self, *wanted: str) -> str | None:
        kind, text, _ = self._tokens[self._at]
        if kind == "operator" and text in wanted:
            self._at += 1
            return text
        return None

    def _expect(self, kind: str, text: str | None = None) -> str:
        found, found_text, position = self._tokens[self._at]
        if found != kind or (text is not None and found_text != text):
            msg = f"{self._text!r}: expected {text or kind} at {position}"
            raise ValueError(msg)
        self._at += 1
        return found_text
