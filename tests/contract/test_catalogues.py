"""Every sentence exists in every language, fits its parameters and keeps to the voice."""

from __future__ import annotations

import re
import unicodedata

import pytest

from perfreport.render.i18n import SOURCE_LANGUAGE, Catalogue, languages
from perfreport.render.josa import PAIRS
from perfreport.resources import THRESHOLDS
from tests.emitted_keys import emitted

LANGUAGES = languages()
SOURCE = Catalogue(SOURCE_LANGUAGE)
SENTENCES = [
    (language, key, catalogue.source(key))
    for language, catalogue in ((language, Catalogue(language)) for language in LANGUAGES)
    for key in catalogue.known()
]
OTHERS = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
HANGUL = re.compile("[\uac00-\ud7a3]")
PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)

# What a Korean performance engineer would not write, and what to write instead.
TRANSLATIONESE = {
    r"에 의해": "write it in the active voice",
    r"되어[지집]": "twice passive: write -됩니다",
    r"[되하]여집니다": "twice passive",
    r"에 있어서?\s": "write 에서 or 에",
    r"로 인하여": "write (으)로 or 때문에",
    r"에 대하여": "write 에 대해, or better the plain object particle",
    r"가지고 있습니다": "write 있습니다 or 입니다",
    r"하는 것이 가능": "write 할 수 있습니다",
    r"을 통하여|를 통하여": "write (으)로",
    r"그것[은이을]": "name the subject",
    r"당신": "address nobody",
    r"하세요|해요[.\s]|이에요|예요": "합니다체 throughout",
}
# One word, one meaning: (what must not be written, what stands for it).
GLOSSARY = {
    r"쓰루풋|스루풋|throughput": "처리량",
    r"레이턴시|latency": "응답 시간",
    r"쓰레숄드|스레숄드|쓰레시홀드": "임계값",
    r"컨넥션": "커넥션",
    r"쓰레드": "스레드",
    r"메세지": "메시지",
    r"타켓": "목표",
    r"표본": "샘플",
    r"시험": "테스트",
    r"퍼포먼스": "성능",
    r"적중률": "히트율",
    r"소비자 랙|컨슈머 래그|컨슈머 lag": "컨슈머 랙",
}


def test_the_source_language_is_there() -> None:
    assert LANGUAGES[0] == SOURCE_LANGUAGE
    assert "en" in LANGUAGES


@pytest.mark.parametrize("language", OTHERS)
def test_languages_say_the_same_things(language: str) -> None:
    missing = set(SOURCE.known()) - set(Catalogue(language).known())
    spare = set(Catalogue(language).known()) - set(SOURCE.known())
    assert (sorted(missing), sorted(spare)) == ([], [])


@pytest.mark.parametrize("language", OTHERS)
def test_languages_use_the_same_placeholders(language: str) -> None:
    other = Catalogue(language)
    differing = {
        key: (sorted(SOURCE.placeholders(key)), sorted(other.placeholders(key)))
        for key in SOURCE.known()
        if key in other and SOURCE.placeholders(key) != other.placeholders(key)
    }
    assert differing == {}


def _wrong(pattern: str, language: str | None = None) -> list[str]:
    return [
        f"{said_in}: {key}: {text}"
        for said_in, key, text in SENTENCES
        if language in {None, said_in} and re.search(pattern, text)
    ]


def test_sentences_are_expressions_only() -> None:
    assert _wrong(r"\{%|\{#") == []


def test_sentences_are_one_line_of_normalised_text() -> None:
    assert _wrong(r"\n") == []
    odd = [key for _, key, text in SENTENCES if text != unicodedata.normalize("NFC", text)]
    assert odd == []


def test_sentences_hold_no_markup_but_backticks() -> None:
    bare = [
        f"{language}: {key}"
        for language, key, text in SENTENCES
        if re.search(r"\*\*\w[^*]*\w\*\*|\]\(", PLACEHOLDER.sub("", re.sub(r"`[^`]*`", "", text)))
    ]
    assert bare == []


def test_a_code_span_holds_one_placeholder_or_plain_text() -> None:
    """A placeholder with more beside it inside backticks could break out of its code span."""
    mixed = [
        f"{language}: {key}"
        for language, key, text in SENTENCES
        for span in re.findall(r"`[^`]*`", text)
        if "{{" in span and not re.fullmatch(r"`\{\{[^{}]*\}\}`", span)
    ]
    assert mixed == []


def test_particles_stand_outside_code_spans() -> None:
    """Write `{{ name | code | josa('...') }}` without backticks instead."""
    assert _wrong(r"`\{\{[^}]*josa[^}]*\}\}`") == []


def test_only_the_source_language_speaks_korean() -> None:
    foreign = [
        f"{language}: {key}"
        for language, key, text in SENTENCES
        if language != SOURCE_LANGUAGE and (HANGUL.search(text) or "josa" in text)
    ]
    assert foreign == []


def test_no_hedged_particles() -> None:
    """The filter knows which particle fits; a reader never sees both."""
    pairs = "|".join(
        rf"{re.escape(a)}\({re.escape(b)}\)|{re.escape(b)}\({re.escape(a)}\)|{a}/{b}|{b}/{a}"
        for a, b in PAIRS
    )
    assert _wrong(pairs + r"|\(\uc73c\)", SOURCE_LANGUAGE) == []


def test_variable_words_carry_their_particle_by_filter() -> None:
    """A particle typed after a placeholder is wrong for half of all names."""
    members = "|".join(sorted({m for pair in PAIRS[:4] for m in pair} - {"\uc774", "\uac00"}))
    assert _wrong(rf"\}}\}}`?(?:{members})(?=[\s,.]|$)", SOURCE_LANGUAGE) == []


def test_particles_that_are_typed_fit_their_words() -> None:
    """After a vowel and after a final rieul the direction particle is the short one."""
    wrong = [
        f"{key}: {word}"
        for language, key, text in SENTENCES
        if language == SOURCE_LANGUAGE
        for word in re.findall("[\uac00-\ud7a3]\uc73c\ub85c", text)
        if (ord(word[0]) - 0xAC00) % 28 in {0, 8}
    ]
    assert wrong == []


@pytest.mark.parametrize(("pattern", "instead"), TRANSLATIONESE.items())
def test_no_translationese(pattern: str, instead: str) -> None:
    assert _wrong(pattern, SOURCE_LANGUAGE) == [], instead


@pytest.mark.parametrize(("pattern", "instead"), GLOSSARY.items())
def test_one_word_one_meaning(pattern: str, instead: str) -> None:
    found = [
        f"{key}: {text}"
        for language, key, text in SENTENCES
        if language == SOURCE_LANGUAGE
        and re.search(pattern, re.sub(r"`[^`]*`|\{\{.*?\}\}", "", text))
    ]
    assert found == [], instead


def test_the_titles_of_built_in_targets_use_the_same_words() -> None:
    wrong = [
        f"{path.name}: {instead}"
        for path in sorted(THRESHOLDS.glob("*.yaml"))
        for pattern, instead in GLOSSARY.items()
        if re.search(pattern, " ".join(re.findall(r"ko: ([^,}]+)", path.read_text("utf-8"))))
    ]
    assert wrong == []


def test_everything_the_code_says_has_words() -> None:
    known = set(SOURCE.known())
    said = emitted()
    silent = {key: place for key, place in said.exact.items() if key not in known}
    assert silent == {}
    dangling = {
        prefix: place
        for prefix, place in said.completed.items()
        if not any(key.startswith(prefix) for key in known)
    }
    assert dangling == {}


def test_every_sentence_is_used() -> None:
    said = emitted()
    unused = [
        key
        for key in SOURCE.known()
        if key not in said.mentioned and not any(key.startswith(prefix) for prefix in said.prefixes)
    ]
    assert unused == []
