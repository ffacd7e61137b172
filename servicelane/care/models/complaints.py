"""A complaint, from the customer's words to the closed case (CAR-6)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.money import MoneyField
from servicelane.orders.models import RepairOrder
from servicelane.org.models import Store
from servicelane.people.models import Employee

from ..managers import ComplaintQuerySet
from .follow_ups import Call


class ComplaintSource(models.TextChoices):
    """How the complaint reached the house."""

    CALL = "call", _("follow-up call")
    DESK = "desk", _("at the desk")
    PHONE = "phone", _("by telephone")
    SURVEY = "survey", _("survey")
    WEB = "web", _("on the web")


class Severity(models.TextChoices):
    """How grave it is; major ones are counted against the limit of 1 %."""

    MINOR = "minor", _("minor")
    MAJOR = "major", _("major")


class ComplaintState(models.TextChoices):
    """How far it is: taken, answered, closed with the customer's verdict."""

    OPEN = "open", _("unanswered")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", pgettext_lazy("complaint", "closed")


FLOW: dict[ComplaintState, set[ComplaintState]] = {
    ComplaintState.OPEN: {ComplaintState.ANSWERED},
    ComplaintState.ANSWERED: {ComplaintState.ANSWERED, ComplaintState.CLOSED},
    ComplaintState.CLOSED: set(),
}


class Cause(models.TextChoices):
    """What it came from, so that causes can be counted."""

    DIAGNOSIS = "diagnosis", _("diagnosis")
    WORKMANSHIP = "workmanship", _("workmanship")
    PARTS = "parts", _("parts")
    COMMUNICATION = "communication", _("communication")
    PRICE = "price", _("price")
    WAITING = "waiting", pgettext_lazy("cause", "waiting")
    FACILITY = "facility", _("facility")
    OTHER = "other", _("other")


class Resolution(models.TextChoices):
    """What the customer got."""

    REDO = "redo", _("work done again")
    REFUND = "refund", _("refund")
    DISCOUNT = "discount", _("discount")
    EXCHANGE = "exchange", _("exchange of goods")
    APOLOGY = "apology", _("apology")
    EXPLANATION = "explanation", _("explanation")


class Complaint(models.Model):
    """One complaint of a customer about the house: words, wish, owner, answer, verdict.

    `call` is the follow-up call it came from. `due_at` is when it is to be solved by, `told_at` when the
    customer heard the answer, `cost` in yuan what the solution cost the house.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="complaints")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="complaints")
    order = models.ForeignKey(RepairOrder, models.PROTECT, null=True, related_name="complaints")
    call = models.OneToOneField(Call, models.PROTECT, null=True, related_name="complaint")
    source = models.CharField(max_length=8, choices=ComplaintSource)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.MINOR)
    words = models.TextField()
    wish = models.TextField(blank=True)
    owner = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=8, choices=ComplaintState, default=ComplaintState.OPEN, editable=False
    )
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)
    satisfied = models.BooleanField(null=True, editable=False)
    cause = models.CharField(max_length=16, choices=Cause, blank=True, editable=False)
    outcome = models.CharField(max_length=12, choices=Resolution, blank=True, editable=False)
    cost = MoneyField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ComplaintState.values), name="care_complaint_state"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="care_complaint_answered",
            ),
            models.CheckConstraint(
                condition=(~Q(state="closed") & Q(closed_at=None))
                | Q(
                    state="closed",
                    closed_at__isnull=False,
                    told_at__isnull=False,
                    satisfied__isnull=False,
                    cause__in=Cause.values,
                    outcome__in=Resolution.values,
                ),
                name="care_complaint_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "state", "due_at"], name="care_complaint_clock"),
            models.Index(fields=["customer", "-opened_at"], name="care_complaint_customer"),
        ]

    def __str__(self) -> str:
        return str(_("the complaint of {customer}")).format(customer=self.customer.masked_name)

    @property
    def subject(self) -> models.Model:
        """What its facts are about: the order where there is one, so that they stand on its timeline."""
        return self.order or self

    @property
    def is_closed(self) -> bool:
        """Whether the case is over."""
        return self.state == ComplaintState.CLOSED
