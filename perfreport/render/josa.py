"""Korean particles: which of a pair follows a word depends on how the word is read aloud.

Hangul is exact. Digits are read in Sino-Korean, symbols and units by their names. Latin words are
a heuristic over their last letters, as they are usually spelled in Hangul (`pool` ends in a
consonant, `order` does not); names that end in an acronym are read letter by letter.
"""

from __future__ import annotations

import re
from enum import Enum

_RO = "\N{HANGUL SYLLABLE RO}"
_I = "\N{HANGUL SYLLABLE I}"
# (after a final consonant, after a vowel)
PAIRS: tuple[tuple[str, str], ...] = (
    ("\N{HANGUL SYLLABLE EUN}", "\N{HANGUL SYLLABLE NEUN}"),
    (_I, "\N{HANGUL SYLLABLE GA}"),
    ("\N{HANGUL SYLLABLE EUL}", "\N{HANGUL SYLLABLE REUL}"),
    ("\N{HANGUL SYLLABLE GWA}", "\N{HANGUL SYLLABLE WA}"),
    (f"\N{HANGUL SYLLABLE EU}{_RO}", _RO),
    (f"{_I}\N{HANGUL SYLLABLE NA}", "\N{HANGUL SYLLABLE NA}"),
    (f"{_I}\N{HANGUL SYLLABLE RA}", "\N{HANGUL SYLLABLE RA}"),
    (f"{_I}\N{HANGUL SYLLABLE MYEO}", "\N{HANGUL SYLLABLE MYEO}"),
    (f"{_I}\N{HANGUL SYLLABLE GO}", "\N{HANGUL SYLLABLE GO}"),
    (f"{_I}\N{HANGUL SYLLABLE DA}", "\N{HANGUL SYLLABLE DA}"),
)
_BY_MEMBER = {member: pair for pair in PAIRS for member in pair}

_FIRST, _LAST, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8
_TRILLION_ZEROS = 12  # the only power of ten whose name ends in a vowel
_SILENT = re.compile(r"[\s`'\"*_.,;:!?…”’»>\]}]+$")
_ASIDE = re.compile(r"(?<=.)\s*[(\[][^()\[\]]*[)\]]$")
_CALL = re.compile(r"^[a-z]\((\d+(?:\.\d+)?)\)$")
_WORD = re.compile(r"[A-Za-z]+$")
_NUMBER = re.compile(r"[\d.,]+$")
# Units and words whose spelling misleads; True: read with a final consonant.
_KNOWN = {
    "ms": False, "s": False, "tps": False, "rps": False, "mib": False, "gib": False,
    "kib": False, "kb": False, "mb": False, "gb": False, "lag": True, "check": False,
    "id": False, "url": True, "web": True, "job": True,
}  # fmt: skip
_VOWELS = frozenset("aeiou")


class Final(Enum):
    """How a word ends when read aloud."""

    VOWEL = 0
    CONSONANT = 1
    RIEUL = 2  # a consonant, but the direction particle treats it like a vowel


def with_josa(word: str, particle: str, spoken: str | None = None) -> str:
    """Return `word` followed by the member of the particle's pair that fits.

    `particle` may be either member; `spoken` is what is read aloud if it differs from `word`
    (a code span, escaped text).

    Raises:
        ValueError: `particle` belongs to no known pair.
    """
    pair = _BY_MEMBER.get(particle)
    if pair is None:
        msg = f"{particle!r} is no particle that changes with the word before it"
        raise ValueError(msg)
    end = final_of(word if spoken is None else spoken)
    after_consonant = end is Final.CONSONANT or (end is Final.RIEUL and pair[1] != _RO)
    return word + pair[0 if after_consonant else 1]


def final_of(text: str) -> Final:
    """Tell how `text` ends when read aloud; what can't be read ends in a vowel."""
    text = _SILENT.sub("", text)
    call = _CALL.match(text)
    if call:
        text = call[1]
    while (outside := _ASIDE.sub("", text)) != text:
        text = _SILENT.sub("", outside)
    text = _SILENT.sub("", text.rstrip(")"))
    if not text:
        return Final.VOWEL
    last = ord(text[-1])
    if _FIRST <= last <= _LAST:
        jong = (last - _FIRST) % _FINALS
        return Final.VOWEL if jong == 0 else Final.RIEUL if jong == _RIEUL else Final.CONSONANT
    if text[-1].isascii() and text[-1].isdigit():
        return _final_of_number(text)
    word = _WORD.search(text)
    return _final_of_latin(word[0]) if word else Final.VOWEL


def _final_of_number(text: str) -> Final:
    match = _NUMBER.search(text)
    digits = (match[0] if match else "").replace(",", "")
    if digits[-1] == "0":
        zeros = len(digits) - len(digits.rstrip("0"))
        in_trillions = "." not in digits and _TRILLION_ZEROS <= zeros < _TRILLION_ZEROS + 4
        return Final.VOWEL if in_trillions and digits.strip("0") else Final.CONSONANT
    if digits[-1] in "178":
        return Final.RIEUL
    return Final.CONSONANT if digits[-1] in "36" else Final.VOWEL


def _final_of_latin(word: str) -> Final:
    lower = word.lower()
    if lower in _KNOWN:
        if not _KNOWN[lower]:
            return Final.VOWEL
        return Final.RIEUL if lower.endswith("l") else Final.CONSONANT
    camel = re.search(r"[A-Z]{2,}$", word)
    if camel or len(word) == 1 or not _VOWELS & set(lower.replace("y", "a")):
        return _final_of_letter(lower[-1])
    return _final_of_spoken(lower)


def _final_of_letter(letter: str) -> Final:
    if letter in "lr":
        return Final.RIEUL
    return Final.CONSONANT if letter in "mn" else Final.VOWEL


def _final_of_spoken(word: str) -> Final:
    if word.endswith(("le", "me", "ne")):  # module, name, pipeline
        word = word[:-1]
    last, before = word[-1], word[-2]
    if last == "l":
        return Final.RIEUL
    closed = (
        last in "mn"
        or word.endswith(("ng", "ck", "ook", "ic", "pp"))
        or (last in "pt" and before in _VOWELS)  # group, commit; not script, client
    )
    return Final.CONSONANT if closed else Final.VOWEL
