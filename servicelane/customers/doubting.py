"""How a doubtful number gets through: a person says why it stands (architecture, "plate/VIN rules")."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.doubts import Doubt, DoubtReason

from .errors import Doubtful, Unusable

PLATE_KNOWN = Doubt(
    "plate_known",
    _("Another vehicle of the group has this plate; it loses it when you confirm."),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is odd about one field, and the reason given for it, empty for none."""

    field: str
    doubts: list[Doubt]
    reason: str = ""


def confirmed(questions: Iterable[Question]) -> dict[str, str]:
    """Return the reason by field of each doubtful one. Raises Doubtful for those without a reason."""
    open_ones = [question for question in questions if question.doubts]
    unanswered = {
        question.field: question.doubts for question in open_ones if question.reason not in DoubtReason.values
    }
    if unanswered:
        raise Doubtful(unanswered)
    return {question.field: str(question.reason) for question in open_ones}


def check_texts(row: models.Model) -> None:
    """Raise Unusable for a text of `row` that is too long or holds control characters."""
    for field in row._meta.concrete_fields:
        if not isinstance(field, models.CharField) or field.max_length is None:
            continue
        text = getattr(row, field.attname) or ""
        if len(text) > field.max_length or not is_clean(text):
            raise Unusable(field=field.verbose_name)


def is_clean(text: str) -> bool:
    """Whether `text` holds no control characters but line ends, and no lone surrogates."""
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text if letter not in "\r\n\t")


def differing(row: models.Model, values: Mapping[str, object]) -> dict[str, object]:
    """Return what of `values` differs from the row."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}
