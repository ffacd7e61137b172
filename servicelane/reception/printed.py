"""The form of the desk: belongings and walk-around (F14)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.channels.printing.forms import Column, Drawing, Row, Signs, Table
from servicelane.orders.documents import NONE, Link, Paper, moment, offers_documents, sign, visit_facts
from servicelane.orders.models import Paper as HandedPaper
from servicelane.orders.models import RepairOrder, SignedFor
from servicelane.people.models import Employee

from .models import Damage


@cache
def _car() -> str:
    return (Path(__file__).parent / "data/car.svg").read_text("utf-8")


def walk_around(order: RepairOrder) -> Paper:
    """Return how the car came: things, papers, marks, with the signatures in and out (F14). Four queries."""
    store = order.store
    known = {str(paper): str(paper.label) for paper in HandedPaper}
    things = [Row([known.get(code, code), _("paper"), NONE]) for code in order.papers]
    for thing in order.belongings.all():
        back = moment(thing.returned_at, store) if thing.returned_at else NONE
        things.append(Row([thing.what, _("thing in the car"), back]))
    damages: list[Damage] = list(order.damages.all()) if order.checked_in_at else []
    columns = [Column(_("What"), "1fr"), Column(_("Kind"), "40mm"), Column(_("Back in the car"), "40mm")]
    by = {one.signed_for: one for one in order.signatures.all()}
    blocks = [
        visit_facts(
            order,
            (_("Fuel"), NONE if order.fuel is None else f"{order.fuel} / 8"),
            (_("Key tag"), order.key_tag or NONE),
            (_("Covers"), _("fitted") if order.covers_fitted else _("not fitted")),
            (_("Received"), moment(order.checked_in_at, store)),
        ),
        Table(columns, things, _("Things and papers in the car"), _("Nothing was left in the car.")),
        Drawing(
            _("Walk-around"),
            _car(),
            [(one.x, one.y) for one in damages],
            [_said(one) for one in damages],
            _("No damage was noted."),
        ),
        Signs(
            [
                sign(_("Customer, at check-in"), by.get(SignedFor.CHECK_IN), store),
                sign(_("Customer, at hand-over"), by.get(SignedFor.DELIVERY), store),
                sign(_("Store"), None, store),
            ]
        ),
    ]
    opens = reverse("orders:order", args=[order.pk])
    return Paper(store, _("Belongings and walk-around"), order.number, opens, blocks)


def _said(damage: Damage) -> str:
    words = [str(damage), damage.note, _("known before") if damage.is_old else ""]
    return " · ".join(word for word in words if word)


@offers_documents(rank=20)
def own(order: RepairOrder, viewer: Employee) -> list[Link]:
    """The walk-around sheet, once the car was taken over. No query."""
    if not order.checked_in_at:
        return []
    return [Link(_("Belongings and walk-around"), reverse("reception:walk_around_pdf", args=[order.pk]))]
