"""A value that looks wrong and may be right: what is odd about it, and why a person says it stands.

Old cars, foreign cars and badly printed papers have numbers that break every rule. So a rule about a
number never refuses it: it doubts, and a person confirms with a reason.
"""

import unicodedata
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DoubtReason(models.TextChoices):
    """Why a doubtful value is kept as it is."""

    ON_PAPER = "on_paper", _("as on the paper")
    OLD = "old", _("old number")
    FOREIGN = "foreign", _("from abroad")
    UNREADABLE = "unreadable", _("hard to read")
    OTHER = "other", _("other reason")
    IMPORTED = "imported", _("as imported")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is odd about a value: a stable code and words for the person who typed it."""

    code: str
    words: Promise

    def __str__(self) -> str:
        return str(self.words)


def plain(text: str) -> str:
    """Return a typed number in half-width capitals without spaces, dots, hyphens and brackets."""
    found = _bare(text)
    while (again := _bare(found)) != found:  # what stood apart may join once the space between is gone
        found = again
    return found


def _bare(text: str) -> str:
    half = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    return "".join(
        letter for letter in half if unicodedata.category(letter) not in _NO_LETTER and letter not in _MARKS
    )


_NO_LETTER = {"Zs", "Zl", "Zp", "Pd", "Ps", "Pe", "Cf"}
_MARKS = ".\u00b7\u2022\u2027\u22c5\u30fb\u25cf\u25cb"
