"""The call that follows a delivery, and each try of it (CAR-2)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicelane.customers.models import Customer
from servicelane.orders.models import RepairOrder
from servicelane.org.models import Store
from servicelane.people.models import Employee

from ..managers import FollowUpQuerySet


class FollowUpState(models.TextChoices):
    """How a follow-up stands: to be called, spoken to, given up, or not wanted by the customer."""

    DUE = "due", _("to be called")
    DONE = "done", _("spoken to")
    UNREACHABLE = "unreachable", _("not reached")
    REFUSED = "refused", _("does not want to be called")


class Outcome(models.TextChoices):
    """How one call ended."""

    SATISFIED = "satisfied", _("satisfied")
    DISSATISFIED = "dissatisfied", _("dissatisfied")
    NO_ANSWER = "no_answer", _("no answer")
    CALL_LATER = "call_later", _("call later")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    REFUSED = "refused", _("does not want to be called")


REACHED = frozenset({Outcome.SATISFIED, Outcome.DISSATISFIED, Outcome.CALL_LATER, Outcome.REFUSED})
"""Outcomes in which somebody spoke to the customer."""

# Whoever was given up may still call back; who was spoken to is not called again.
FLOW: dict[FollowUpState, set[FollowUpState]] = {
    FollowUpState.DUE: {*FollowUpState},
    FollowUpState.UNREACHABLE: {*FollowUpState} - {FollowUpState.DUE},
    FollowUpState.DONE: set(),
    FollowUpState.REFUSED: set(),
}


class FollowUp(models.Model):
    """One delivered visit whose customer is called from `from_on` on, is due on `due_on`, until `last_on`.

    All three are the store's days. `next_on` is the day of the next try, `tries` counts the calls made.
    `customer` is who brought the car and is spoken to.
    """

    order = models.OneToOneField(RepairOrder, models.PROTECT, related_name="follow_up")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="follow_ups")
    delivered_on = models.DateField()
    from_on = models.DateField()
    due_on = models.DateField()
    last_on = models.DateField()
    next_on = models.DateField()
    state = models.CharField(max_length=12, choices=FollowUpState, default=FollowUpState.DUE, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FollowUpState.values), name="care_followup_state"),
            models.CheckConstraint(
                condition=Q(
                    delivered_on__lte=F("from_on"), from_on__lte=F("due_on"), due_on__lte=F("last_on")
                ),
                name="care_followup_days",
            ),
        ]
        indexes = [models.Index(fields=["store", "state", "due_on"], name="care_followup_due")]

    def __str__(self) -> str:
        return str(_("the follow-up of {order}")).format(order=self.order)

    @property
    def is_open(self) -> bool:
        """Whether a call may still be recorded."""
        return bool(FLOW[FollowUpState(self.state)])


class Call(models.Model):
    """One try to call: how it ended and what was answered (car, work, price and time in order?)."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="calls")
    at = models.DateTimeField()
    by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome)
    reached = models.BooleanField()
    car_ok = models.BooleanField(null=True)
    work_ok = models.BooleanField(null=True)
    price_ok = models.BooleanField(null=True)
    time_ok = models.BooleanField(null=True)
    said = models.TextField(blank=True)
    next_try_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("call after delivery")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="care_call_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.at} {self.outcome}"
