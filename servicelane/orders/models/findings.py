"""What a technician found, and what an order waits for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.people.models import Employee

from ..managers import InOrderQuerySet
from .orders import RepairOrder


class Safety(models.TextChoices):
    """How soon a finding must be mended (ARC-9)."""

    URGENT = "urgent", _("unsafe to drive")
    SOON = "soon", _("mend soon")
    WATCH = "watch", _("watch it")


class FindingState(models.TextChoices):
    """How far a finding has come on its way to the customer's answer (RO-2)."""

    REPORTED = "reported", _("to be priced")
    PRICED = "priced", _("priced, customer to be asked")
    ANSWERED = "answered", _("answered")
    DISMISSED = "dismissed", _("nothing to do")


class Finding(models.Model):
    """Something found on the car that was not asked for; extra work hangs on it as jobs (RO-2).

    `words` are the technician's.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="findings")
    words = models.CharField(max_length=500)
    safety = models.CharField(max_length=8, choices=Safety, default=Safety.SOON)
    state = models.CharField(
        max_length=10, choices=FindingState, default=FindingState.REPORTED, editable=False
    )
    found_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    objects = InOrderQuerySet["Finding"].as_manager()

    class Meta:
        verbose_name = _("finding")
        ordering = ["found_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FindingState.values), name="orders_finding_state")
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to price it or to ask the customer."""
        return self.state in (FindingState.REPORTED, FindingState.PRICED)


class HoldReason(models.TextChoices):
    """What an order waits for (architecture: a wait is a Hold)."""

    PARTS = "parts", pgettext_lazy("wait", "parts")
    APPROVAL = "approval", _("the customer's answer")
    SUBLET = "sublet", _("sublet work")
    CUSTOMER = "customer", _("the customer")
    TOOL = "tool", _("a tool or help")


class Hold(models.Model):
    """One wait of an order with its clock; at most one open at a time for each reason."""

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=10, choices=HoldReason)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = InOrderQuerySet["Hold"].as_manager()

    class Meta:
        verbose_name = _("hold")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "reason"], condition=Q(ended_at=None), name="orders_hold_open_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_reason_display())
