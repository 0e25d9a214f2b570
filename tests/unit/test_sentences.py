"""The catalogue says exactly what was asked, or raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from perfreport.errors import UsageError
from perfreport.model.message import message
from perfreport.model.units import Quantity, Unit
from perfreport.render.i18n import Catalogue, CatalogueError
from perfreport.render.medium import HTML, MARKDOWN

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A folder of sentences of our own."""
    folder = tmp_path / "messages" / "ko"
    (folder / "findings").mkdir(parents=True)
    (folder / "own.yaml").write_text(
        "own:\n"
        "  plain: 문장입니다.\n"
        "  named: \"{{ name | josa('을') }} 찾았습니다.\"\n"
        '  span: "`{{ name }}` 테이블입니다."\n'
        "  coded: \"{{ name | code | josa('을') }} 찾았습니다.\"\n"
        '  outer: "결과: {{ inner }}"\n'
        '  time: "{{ value | quantity }} 걸렸습니다."\n'
        '  many: "{{ names }}"\n'
        "  count: \"{{ n | counted('query', 'queries') }}\"\n"
        '  sum: "{{ a + b }}"\n'
        "  no: 아니오\n",
        encoding="utf-8",
    )
    (folder / "findings" / "pool-leak.yaml").write_text("title: 누수\n", encoding="utf-8")
    return tmp_path


def test_a_sentence_without_placeholders(overlay: Path) -> None:
    assert Catalogue("ko", overlay).text("own.plain") == "문장입니다."


def test_keys_are_text_whatever_yaml_makes_of_them(overlay: Path) -> None:
    assert Catalogue("ko", overlay).text("own.no") == "아니오"


def test_findings_are_mounted_at_their_rule(overlay: Path) -> None:
    assert Catalogue("ko", overlay).text("findings.pool-leak.title") == "누수"


@pytest.mark.parametrize(
    "said",
    [message("own.named"), message("own.plain", name="x"), message("own.named", name="x", b=1)],
)
def test_missing_and_unused_parameters_are_errors(overlay: Path, said: object) -> None:
    with pytest.raises(CatalogueError, match=r"missing .* unused"):
        Catalogue("ko", overlay).text(said)  # type: ignore[arg-type]


def test_a_missing_key_is_an_error(overlay: Path) -> None:
    with pytest.raises(CatalogueError, match=r"own\.nothing"):
        Catalogue("ko", overlay).text("own.nothing")


def test_a_filter_that_can_not_work_is_an_error(overlay: Path) -> None:
    with pytest.raises(CatalogueError, match=r"own\.time"):
        Catalogue("ko", overlay).text(message("own.time", value="soon"))


def test_messages_nest(overlay: Path) -> None:
    inner = message("own.named", name="orders")
    said = message("own.outer", inner=inner)
    assert Catalogue("ko", overlay).text(said) == "결과: orders를 찾았습니다."


def test_foreign_text_is_escaped_where_it_stands(overlay: Path) -> None:
    markdown = Catalogue("ko", overlay).within(MARKDOWN)
    assert markdown.text(message("own.outer", inner="<b>*x*</b>")) == "결과: &lt;b>\\*x\\*&lt;/b>"
    html = Catalogue("ko", overlay).within(HTML)
    assert html.text(message("own.outer", inner="<b>")) == "결과: &lt;b&gt;"
    plain = Catalogue("ko", overlay).text(message("own.outer", inner="a\n\x1b[31mb"))
    assert plain == "결과: a b"


def test_nested_messages_are_escaped_once(overlay: Path) -> None:
    markdown = Catalogue("ko", overlay).within(MARKDOWN)
    inner = message("own.span", name="a*b")
    assert markdown.text(message("own.outer", inner=inner)) == "결과: `a*b` 테이블입니다."


def test_a_code_span_can_not_be_left(overlay: Path) -> None:
    markdown = Catalogue("ko", overlay).within(MARKDOWN)
    assert markdown.text(message("own.span", name="a`b")) == "``a`b`` 테이블입니다."
    assert markdown.text(message("own.coded", name="커넥션`")) == "`` 커넥션` ``을 찾았습니다."


def test_lists_are_joined(overlay: Path) -> None:
    said = message("own.many", names=("a", Quantity(0.5, Unit.SECONDS), 1200))
    assert Catalogue("ko", overlay).text(said) == "a, 500 ms, 1200"


def test_english_counts(overlay: Path) -> None:
    catalogue = Catalogue("ko", overlay)
    assert catalogue.text(message("own.count", n=1)) == "1 query"
    assert catalogue.text(message("own.count", n=1200)) == "1,200 queries"


def test_expressions_see_numbers(overlay: Path) -> None:
    assert Catalogue("ko", overlay).text(message("own.sum", a=1, b=2)) == "3"


def test_own_sentences_win_key_by_key(overlay: Path) -> None:
    (overlay / "messages" / "ko" / "verdict.yaml").write_text("verdict:\n  PASS: 합격\n", "utf-8")
    catalogue = Catalogue("ko", overlay)
    assert catalogue.text("verdict.PASS") == "합격"
    assert "FAIL" in catalogue.text("verdict.FAIL")


def test_the_same_key_twice_is_an_error(overlay: Path) -> None:
    twice = overlay / "messages" / "ko" / "twice.yaml"
    for text, why in (("own:\n  plain: x\n", "more than one file"), ("b: 1\nb: 2\n", "said twice")):
        twice.write_text(text, "utf-8")
        with pytest.raises(UsageError) as raised:
            Catalogue("ko", overlay)
        assert why in str(raised.value.__cause__)


@pytest.mark.parametrize("broken", ["a: [b\n", "a:\n  b:\n  - c\n"])
def test_a_broken_file_is_named(overlay: Path, broken: str) -> None:
    (overlay / "messages" / "ko" / "broken.yaml").write_text(broken, "utf-8")
    with pytest.raises(UsageError) as raised:
        Catalogue("ko", overlay)
    assert "broken.yaml" in str(raised.value.__cause__)


def test_an_expression_that_can_not_be_read_is_an_error(overlay: Path) -> None:
    (overlay / "messages" / "ko" / "broken.yaml").write_text("a: '{{ x'\n", "utf-8")
    with pytest.raises(CatalogueError, match="a:"):
        Catalogue("ko", overlay).text("a")


def test_an_unknown_language_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as raised:
        Catalogue("tlh")
    assert "tlh" in Catalogue("ko").text(raised.value.message)


@pytest.mark.parametrize(
    "own", ["verdict:\n  PASS: '{{ who }}'\n", "verdict: [\n", "a:\n  b: 1\n  b: 2\n"]
)
def test_sentences_of_the_user_that_do_not_fit_are_a_usage_error(tmp_path: Path, own: str) -> None:
    (tmp_path / "messages" / "ko").mkdir(parents=True)
    (tmp_path / "messages" / "ko" / "own.yaml").write_text(own, "utf-8")
    with pytest.raises(UsageError) as raised:
        Catalogue("ko", tmp_path)
    assert "messages" in Catalogue("ko").text(raised.value.message)
