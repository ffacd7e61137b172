"""How a write on an order begins and ends: the next version is taken first, the fact carries it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import Actor, HasActor, label_of, record
from servicelane.kernel.models import Event
from servicelane.kernel.versions import rise

from .errors import OrderChanged, OrderIsOver, WrongMoment
from .models import RepairOrder, Status

By = HasActor | Actor | None
NAMED = 3
"""How many changes of somebody else a refusal names."""


def take(order: RepairOrder, seen: int | None = None, *, during: tuple[Status, ...] = ()) -> None:
    """Begin a write: take the order's next version, which holds its row until the transaction ends.

    `seen` is the version the form was made from; `during` are the statuses in which the write fits.
    Raises OrderChanged with what others did since, OrderIsOver, and WrongMoment. Two statements.
    """
    read = order.version if seen is None else seen
    try:
        rise(order, seen)
    except ChangedMeanwhile:
        raise OrderChanged(order=order, what=changes_since(order, read)) from None
    if order.is_over:
        raise OrderIsOver(order=order, now=order.get_status_display())
    if during and order.status not in during:
        raise WrongMoment(order=order, now=order.get_status_display())


def tell(
    kind: str,
    order: RepairOrder,
    *,
    by: By,
    at: datetime | None = None,
    note: str = "",
    any_order: bool = False,
    **data: Any,
) -> Event:
    """Record a fact about `order` with its version, so that a stale form can be told what changed."""
    return record(kind, order, by=by, at=at, note=note, any_order=any_order, version=order.version, **data)


def changes_since(order: RepairOrder, version: int) -> str:
    """Name the last things that happened to `order` after `version`, in the reader's language."""
    recent = Event.objects.about(order).order_by("-id").values_list("kind", "data")[:20]
    kinds = [kind for kind, data in recent if int(data.get("version", 0)) > version]
    return _(", ").join(label_of(kind) for kind in reversed(kinds[:NAMED])) or _("a change")


def fen(amount: Any) -> int:
    """Return an amount in yuan as whole 分, as facts carry it."""
    return int(amount * 100)


def thousandths(quantity: Any) -> int:
    """Return a quantity as whole thousandths, as facts carry it."""
    return int(quantity * 1000)
