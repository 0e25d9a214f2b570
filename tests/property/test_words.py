"""What must hold for every word, number and piece of foreign text."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from perfreport.model.units import Quantity, Unit
from perfreport.render.i18n import Catalogue
from perfreport.render.josa import PAIRS, with_josa
from perfreport.render.medium import MARKDOWN, one_line, table_cell

KO = Catalogue("ko").numbers()
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("|`\\<>&*_~[]()!#-+.1 \n\r\t$@:/\"'{}%"), st.characters(codec="utf-8")
    ),
    max_size=40,
)
FINITE = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)
SCALED = (Unit.SECONDS, Unit.RATIO, Unit.PER_SECOND, Unit.COUNT, Unit.BYTES)


@given(st.text(), st.sampled_from(sorted({member for pair in PAIRS for member in pair})))
def test_a_particle_is_added_and_the_word_kept(word: str, particle: str) -> None:
    said = with_josa(word, particle)
    assert said.startswith(word)
    pair = next(pair for pair in PAIRS if particle in pair)
    assert said.removeprefix(word) in pair


@given(FINITE, st.sampled_from(SCALED))
def test_what_is_not_nothing_never_prints_as_nothing(value: float, unit: Unit) -> None:
    digits = re.sub(r"[^1-9]", "", KO.quantity(Quantity(value, unit)))
    assert digits


@given(FINITE, st.floats(min_value=-1e-3, max_value=1e-3), st.sampled_from(SCALED))
def test_a_value_never_prints_as_a_limit_it_differs_from(
    limit: float, off: float, unit: Unit
) -> None:
    value = limit * (1 + off)
    assume(abs(off) > 1e-9)
    shown = KO.quantity(Quantity(value, unit), (limit,))
    assert shown != KO.limit(Quantity(limit, unit))


@given(st.lists(FINITE, min_size=2, max_size=2), st.sampled_from(SCALED))
def test_order_survives_rounding_within_one_unit(pair: list[float], unit: Unit) -> None:
    low, high = sorted(pair)
    first, last = (KO.quantity(Quantity(value, unit)) for value in (low, high))
    numbers = [re.match(r"^([\d.,]+)(\D.*)?$", text) for text in (first, last)]
    if all(numbers) and numbers[0][2] == numbers[1][2]:  # type: ignore[index]
        assert float(numbers[0][1].replace(",", "")) <= float(numbers[1][1].replace(",", ""))  # type: ignore[index]


@given(HOSTILE)
def test_foreign_text_is_one_visible_line(raw: str) -> None:
    line = one_line(raw)
    assert "\n" not in line
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in line)


@given(HOSTILE)
def test_foreign_text_renders_as_text(raw: str) -> None:
    tokens = GFM.parse(f"x {MARKDOWN.escape(raw)} x\n\n- {MARKDOWN.escape(raw)}")
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inline} <= {"text", "text_special", "softbreak"}
    assert "html_block" not in {token.type for token in tokens}


@given(HOSTILE)
def test_a_code_span_holds_all_of_it(raw: str) -> None:
    tokens = GFM.parseInline(f"x {MARKDOWN.code(raw)} x")[0].children or ()
    code = [token.content for token in tokens if token.type == "code_inline"]
    assert len(code) == 1
    assert code[0].strip() in {one_line(raw), "∅"}


@given(HOSTILE, HOSTILE)
def test_one_row_stays_one_row(name: str, value: str) -> None:
    cells = (table_cell(MARKDOWN.code(name)), table_cell(MARKDOWN.escape(value)))
    tokens = GFM.parse("| a | b |\n|---|---|\n| " + " | ".join(cells) + " |\n")
    kinds = [token.type for token in tokens]
    assert kinds.count("tr_open") == 2
    assert kinds.count("td_open") == 2
    assert "html_block" not in kinds
