"""Protects: derived signals are parsed as written, and nonsense is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfreport.model.signal import Part
from perfreport.signals.expression import Leaf, Matcher, Number, Operation, parse


def test_precedence_and_brackets() -> None:
    assert parse("1 - a.b / c") == Operation(
        "-", Number(1.0), Operation("/", Leaf("a.b"), Leaf("c"))
    )
    assert parse("(1 - a) / c") == Operation("/", Operation("-", Number(1.0), Leaf("a")), Leaf("c"))
    assert parse("a - b - c") == Operation("-", Operation("-", Leaf("a"), Leaf("b")), Leaf("c"))


def test_selectors() -> None:
    assert parse("rate(jvm.gc.pause:total{gc='G1*', cause!='x'})") == Leaf(
        "jvm.gc.pause",
        Part.TOTAL,
        (Matcher("gc", "G1*"), Matcher("cause", "x", negated=True)),
        "rate",
    )
    assert parse("max(rate(a))") == Leaf("a", window="rate", aggregate="max")


def test_names_that_are_keywords_elsewhere() -> None:
    assert parse("tomcat.global.request:count") == Leaf("tomcat.global.request", Part.COUNT)


@pytest.mark.parametrize(
    "text", ["", "1 +", "a b", "a{b='c'", "a{b~'c'}", "rate(1)", "a:nothing", "import os;", "a..b"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@pytest.mark.parametrize(
    ("labels", "meets"),
    [((("uri", "/actuator/prometheus"),), False), ((("uri", "/api/orders"),), True), ((), True)],
)
def test_negated_matchers_let_missing_labels_through(
    labels: tuple[tuple[str, str], ...], meets: bool
) -> None:
    assert Matcher("uri", "/actuator*", negated=True).matches(labels) is meets


def test_a_glob_asks_for_the_label() -> None:
    assert Matcher("topic", "*").matches((("topic", "orders"),))
    assert not Matcher("topic", "*").matches(())


@given(st.text(max_size=40))
def test_any_text_is_an_expression_or_a_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return
