"""The steps that the desk offers on the order page."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.orders.forms import OrderForm
from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.steps import Step, step
from servicelane.people.models import Employee

from .forms import CheckInForm, HandOverForm
from .permissions import Perm

Form = BaseForm | None


@step(Status.ARRIVED, code="reception.check_in", rank=10)
def check_in(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Take the car over at the car. No query."""
    if not viewer.may(Perm.RECEIVE, order.store):
        return None
    return Step(
        code="reception.check_in",
        title=_("Check the car in"),
        template="reception/_check_in.html",
        url=reverse("reception:check_in", args=[order.pk]),
        label=_("Check in"),
        context={"form": bound or CheckInForm.of(order)},
        after=_("The visit counts from here; then the jobs are priced and the customer is asked."),
    )


@step(Status.READY, code="reception.belongings", rank=5)
def belongings(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Put the belongings back before the bill; only while some are out. One query."""
    if not viewer.may(Perm.RECEIVE, order.store):
        return None
    out = list(order.belongings.filter(returned_at=None))
    if not out:
        return None
    return Step(
        code="reception.belongings",
        title=_("Put the belongings back"),
        template="reception/_belongings.html",
        url=reverse("reception:belongings", args=[order.pk]),
        label=_("All are back in the car"),
        context={"form": bound or OrderForm(order=order), "out": out},
        after=_("Then the order can be settled."),
    )


@step(Status.SETTLED, code="reception.hand_over", rank=30)
def hand_over(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Give the car back once it may leave. One query."""
    if not viewer.may(Perm.HAND_OVER, order.store):
        return None
    return Step(
        code="reception.hand_over",
        title=_("Hand the car over"),
        template="reception/_hand_over.html",
        url=reverse("reception:hand_over", args=[order.pk]),
        label=_("Hand over"),
        context={"form": bound or HandOverForm.of(order)},
        after=_("The visit ends; the follow-up call is planned by itself."),
    )
