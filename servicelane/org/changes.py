"""What happened to one record, in words: its facts with their labels, their author and their data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicelane.kernel.events import label_of
from servicelane.kernel.models import ActorKind, Event

from .models import BayKind, DayReason

Words = Mapping[str, Callable[[Any], str]]
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Change:
    """One fact as a reader sees it; `by` is the person or None, `who` the words where it is nobody."""

    label: str
    at: datetime
    by: models.Model | None
    who: str
    details: str
    note: str


def changes_of(subject: models.Model, words: Words | None = None) -> list[Change]:
    """Return the last facts about `subject`, the newest first. Two queries.

    `words` says how to write a value of the facts' data by its key; a key without words is not shown.
    """
    spoken = {**_words_for(subject), **(words or {})}
    facts = Event.objects.about(subject).select_related("detail").order_by("-happened_at", "-id")[:SHOWN]
    by_id = _people(facts)
    return [
        Change(
            label=label_of(fact.kind),
            at=fact.happened_at,
            by=by_id.get(fact.actor_id) if fact.actor_kind == ActorKind.PERSON else None,
            who=str(ActorKind(fact.actor_kind).label),
            details=_(", ").join(
                text for key, value in fact.data.items() if key in spoken and (text := spoken[key](value))
            ),
            note=fact.detail.text if hasattr(fact, "detail") else "",
        )
        for fact in facts
    ]


def _people(facts: Any) -> dict[int | None, models.Model]:
    ids = {fact.actor_id for fact in facts if fact.actor_kind == ActorKind.PERSON}
    return dict(get_user_model()._default_manager.in_bulk(ids)) if ids else {}


def _words_for(subject: models.Model) -> Words:
    def fields(names: list[str]) -> str:
        return _(", ").join(_field_name(subject, name) for name in names)

    return {
        "changed": fields,
        "code": str,
        "kind": lambda code: _label(BayKind, code),
        "reason": lambda code: _label(DayReason, code),
        "day": day_in_words,
        "hours": hours_in_words,
    }


def _field_name(subject: models.Model, name: str) -> str:
    try:
        return str(subject._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name


def _label(choices: type[models.TextChoices], code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def day_in_words(text: str) -> str:
    """Write the day of an ISO date in the reader's language."""
    return date_format(date.fromisoformat(text), pgettext("date format", "j M Y"))


def hours_in_words(text: str) -> str:
    """Write hours as they stand in a fact: a span of times, or closed."""
    return _("closed") if text == "closed" else text
