"""Chinese names in Latin letters: for English pages, and to sort people by."""

import json
from functools import cache
from pathlib import Path

_SURNAMES = Path(__file__).parent / "data" / "surnames.json"
LONGEST_SURNAME = 2


def romanise(name: str) -> str:
    """Return a name as in a passport: surname first, the given name in one word. Latin names stay."""
    if name.isascii():
        return name.strip()
    surname, given = syllables(name)
    words = ("".join(surname), "".join(given))
    return " ".join(word.replace("v", "yu").capitalize() for word in words if word)


def sort_key(name: str) -> str:
    """Return what people are sorted by: the syllables of the name in small letters."""
    if name.isascii():
        return name.strip().lower()
    surname, given = syllables(name)
    return " ".join((*surname, *given))


def surname_of(name: str) -> str:
    """Return the surname of a name: one or two characters in Chinese, the last word in Latin letters."""
    words = name.split()
    if name.isascii():
        return words[-1] if words else ""
    joined = "".join(words)
    double = joined[:LONGEST_SURNAME]
    return double if len(joined) > LONGEST_SURNAME and double in _surnames() else joined[:1]


def syllables(name: str) -> tuple[list[str], list[str]]:
    """Return the pinyin of a Chinese surname and of the given name.

    Surnames have readings of their own, and some have two characters: these are data.
    """
    from pypinyin import lazy_pinyin

    name = "".join(name.split())
    for length in range(LONGEST_SURNAME, 0, -1):
        if reading := _surnames().get(name[:length]):
            return reading.split(), [word.lower() for word in lazy_pinyin(name[length:])]
    read = [word.lower() for word in lazy_pinyin(name)]
    return read[:1], read[1:]


@cache
def _surnames() -> dict[str, str]:
    return dict(json.loads(_SURNAMES.read_text(encoding="utf-8")))
