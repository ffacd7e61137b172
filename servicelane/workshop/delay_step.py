"""The step on the order page that notes a delay told to the customer (BIL-5)."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.orders.permissions import Perm
from servicelane.orders.steps import Step, step
from servicelane.people.models import Employee

from .delay_forms import DelayForm
from .delays import delays_of, next_promise
from .progress_services import BEFORE_READY


@step(*BEFORE_READY, code="workshop.tell_delay", rank=15)
def tell_delay(order: RepairOrder, viewer: Employee, bound: BaseForm | None) -> Step | None:
    """Tell the customer while the promise is in danger, or after it passed untold. Five queries."""
    if order.promised_at is None or not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    at = now()
    delay = delays_of([order], at)[order.pk]
    if not delay.is_due and bound is None:
        return None
    words = {"at": date_format(timezone.localtime(order.promised_at), "H:i")}
    is_late = order.promised_at < at
    given = {"promised_at": next_promise(delay, at)}
    if delay.said and delay.said.words:
        given["reason"] = delay.said.words  # type: ignore[assignment]
    return Step(
        code="workshop.tell_delay",
        title=_("The promise of %(at)s has passed: tell the customer") % words
        if is_late
        else _("Tell the customer before %(at)s") % words,
        template="orders/_promise.html",
        url=reverse("workshop:tell_delay", args=[order.pk]),
        label=_("The customer is told"),
        context={"form": bound or DelayForm(order=order, initial=given)},
        after=_("The new promise holds; the figure for on-time delivery keeps the first one."),
    )
