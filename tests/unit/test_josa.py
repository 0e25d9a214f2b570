"""The particle fits how the word is read aloud, not how it is spelled."""

from __future__ import annotations

import pytest

from perfreport.render.josa import with_josa

# word, object particle, direction particle, and why
READ_ALOUD = [
    ("풀", "풀을", "풀로", "ends in rieul: the direction particle treats it like a vowel"),
    ("커넥션", "커넥션을", "커넥션으로", "ends in a consonant"),
    ("스레드", "스레드를", "스레드로", "ends in a vowel"),
    ("orders", "orders를", "orders로", "read as a word ending in a vowel"),
    ("pool", "pool을", "pool로", "l is rieul"),
    ("connection", "connection을", "connection으로", "n closes the syllable"),
    ("ping", "ping을", "ping으로", "ng closes the syllable"),
    ("lock", "lock을", "lock으로", "ck closes the syllable"),
    ("timeout", "timeout을", "timeout으로", "t after a vowel closes the syllable"),
    ("client", "client를", "client로", "t after a consonant is spelled with a vowel"),
    ("table", "table을", "table로", "the e is silent"),
    ("cache", "cache를", "cache로", "the e makes a syllable"),
    ("URL", "URL을", "URL로", "letters: el"),
    ("DB", "DB를", "DB로", "letters: bi"),
    ("JVM", "JVM을", "JVM으로", "letters: em"),
    ("MySQL", "MySQL을", "MySQL로", "ends in an acronym"),
    ("lag", "lag을", "lag으로", "known exception"),
    ("20", "20을", "20으로", "tens end in a consonant"),
    ("1,000", "1,000을", "1,000으로", "thousands end in a consonant"),
    ("1000000000000", "1000000000000를", "1000000000000로", "a trillion ends in a vowel"),
    ("LT-001", "LT-001을", "LT-001로", "one is rieul"),
    ("3", "3을", "3으로", "three closes"),
    ("0", "0을", "0으로", "zero closes"),
    ("9", "9를", "9로", "nine ends in a vowel"),
    ("0.05%", "0.05%를", "0.05%로", "per cent ends in a vowel"),
    ("500 ms", "500 ms를", "500 ms로", "milliseconds end in a vowel"),
    ("28.5/s", "28.5/s를", "28.5/s로", "per second ends in a vowel"),
    ("8분 30초", "8분 30초를", "8분 30초로", "seconds end in a vowel"),
    ("p(99)", "p(99)를", "p(99)로", "a statistic is read inside its brackets"),
    ("p(90)", "p(90)을", "p(90)으로", "ninety closes"),
    ("HikariCP(20개)", "HikariCP(20개)를", "HikariCP(20개)로", "an aside is not read"),
    ("Load Test (LT-001)", "Load Test (LT-001)를", "Load Test (LT-001)로", "nor after a space"),
    ("`orders`", "`orders`를", "`orders`로", "quotes are silent"),
    ("", "를", "로", "nothing to read"),
    ("🔥", "🔥를", "🔥로", "nothing that can be read"),
]


@pytest.mark.parametrize(("word", "object_", "direction", "why"), READ_ALOUD)
def test_particle_follows_the_sound(word: str, object_: str, direction: str, why: str) -> None:
    assert with_josa(word, "을") == object_, why
    assert with_josa(word, "으로") == direction, why


@pytest.mark.parametrize(
    ("particle", "after_consonant", "after_vowel"),
    [
        ("은", "풀은", "DB는"),
        ("가", "풀이", "DB가"),
        ("와", "풀과", "DB와"),
        ("로", "풀로", "DB로"),
    ],
)
def test_either_member_names_the_pair(
    particle: str, after_consonant: str, after_vowel: str
) -> None:
    assert with_josa("풀", particle) == after_consonant
    assert with_josa("DB", particle) == after_vowel


def test_markup_is_not_read() -> None:
    assert with_josa("`` a`b ``", "을", spoken="커넥션") == "`` a`b ``을"


def test_an_unknown_particle_is_an_error() -> None:
    with pytest.raises(ValueError, match="particle"):
        with_josa("풀", "에서")
