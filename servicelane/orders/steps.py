"""The next right step of an order: each app offers its own, the page shows the first as its one button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import BaseForm

from servicelane.people.models import Employee

from .models import RepairOrder, Status


@dataclass(frozen=True, slots=True)
class Step:
    """One step as its card shows it: verb and object, a form, and what then happens by itself.

    `template` draws the form's fields, `label` stands on the button; `blocked` says why the button
    cannot be pressed now. One that is `aside` is possible at any time and never the page's next step.
    """

    code: str
    title: str
    template: str
    url: str
    label: str
    context: Mapping[str, Any] = field(default_factory=dict)
    after: str = ""
    blocked: str = ""
    aside: bool = False


Source = Callable[[RepairOrder, Employee, BaseForm | None], Step | None]


@dataclass(frozen=True, slots=True)
class _Offer:
    rank: int
    code: str
    source: Source


_offers: dict[Status, list[_Offer]] = {}


def step(*statuses: Status, code: str, rank: int = 50) -> Callable[[Source], Source]:
    """Declare a step offered in these statuses: (order, viewer, refused form) to a Step, or None.

    `code` names it for the view that answers with a refused form; the lowest `rank` that is offered is
    the page's primary step.
    """

    def declared(source: Source) -> Source:
        for status in statuses:
            _offers.setdefault(status, []).append(_Offer(rank, code, source))
            _offers[status].sort(key=lambda offer: offer.rank)
        return source

    return declared


def steps_of(order: RepairOrder, viewer: Employee, bound: Mapping[str, BaseForm]) -> list[Step]:
    """Return the steps `viewer` may take on `order` now, the primary first.

    A step whose form was just refused comes first, so that what was typed is in sight.
    """
    offered: list[tuple[bool, int, int, Step]] = []
    for offer in _offers.get(Status(order.status), ()):
        made = offer.source(order, viewer, bound.get(offer.code))
        if made:
            _name_apart(made)
            offered.append((offer.code not in bound, offer.rank, len(offered), made))
    return [entry[3] for entry in sorted(offered, key=lambda entry: entry[:3])]


def _name_apart(made: Step) -> None:
    """Give the fields of a step's form ids of their own: several forms stand on one page."""
    form = made.context.get("form")
    if isinstance(form, BaseForm) and form.auto_id == "id_%s":
        form.auto_id = f"{made.code.replace('.', '-')}-%s"
