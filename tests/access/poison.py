"""Markup in whatever people typed, and how one sees whether a page took it for its own."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

from .stores import Side

LONG = "\"'></script></textarea><zq onzq=1>"
SHORT = ("\"'><zq onzq=1>", "\"'><zq>", "<zq>", "'\"")
"""What stands in a field too short for the long one."""
PHONE = "<b>5400007<zq>"
"""A number that is markup at both ends, where a masked one is shown."""
HIDDEN = "5400007"
PHONES = {"mobile", "phone_home", "phone_office"}
EMPTY = {
    "customers.customer": (
        "phone_home", "phone_office", "contact_hours", "family", "services_wished",
    ),
    "customers.vehicle": (
        "colour", "maker", "accessories", "engine_no", "key_code", "purchase_place", "salesperson",
    ),
    "org.store": ("short_zh", "short_en"),
    "orders.authorisation": ("said", "phone_tail"),
    "care.call": ("said",),
    "billing.invoice": ("reason",),
    "billing.discountrelease": ("reason",),
    "reception.delivery": ("note", "extras"),
    "workshop.qualitycheck": ("words", "released_reason"),
}  # fmt: skip
"""Texts that may be empty in the rows of a side, and are typed by somebody all the same."""


class Taken(HTMLParser):
    """The markup of a text that a page took for its own."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        if tag.startswith("zq") or any("zq" in name for name in names):
            self.found.append(self.get_starttag_text() or tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def taken_in(content: str) -> list[str]:
    """Return what a page took for its own of `LONG` and its like; empty where all is text."""
    return Taken(content).found


def poison(side: Side) -> set[str]:
    """Put markup into each text of a side that somebody typed; returns which fields that were.

    Whatever begins with the side's mark was typed by somebody: the rows were made so. Past every service
    and form, for what is refused today may stand in a row of yesterday.
    """
    done: set[str] = set()
    for model in apps.get_models():
        if model.__module__.startswith("servicelane."):
            for field in model._meta.concrete_fields:
                if _poisoned(model, field, side):
                    done.add(f"{model._meta.label_lower}.{field.attname}")
    return done


def _poisoned(model: type[models.Model], field: Any, side: Side) -> bool:
    if field.get_internal_type() not in ("CharField", "TextField") or field.choices:
        return False
    whole = (PHONE,) if field.attname in PHONES else (LONG, *SHORT)
    text = next(text for text in whole if len(text) <= (field.max_length or len(LONG)))
    rows = model._base_manager.all()
    if field.attname not in EMPTY.get(model._meta.label_lower, ()):
        rows = rows.filter(
            models.Q(**{f"{field.attname}__icontains": side.mark})
            | models.Q(**{f"{field.attname}__istartswith": side.store.code.rstrip("1")})
        )
    try:
        with transaction.atomic():
            return bool(rows.update(**{field.attname: text}))
    except DatabaseError:
        return False  # unique, or a ledger that nobody changes
