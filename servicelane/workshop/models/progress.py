"""What is asked while a job runs, and what a customer was told of a promise in danger (RO-4, BIL-5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import Job, RepairOrder
from servicelane.people.models import Employee


class Outlook(models.TextChoices):
    """What a technician says about the end of a running job."""

    ON_TIME = "on_time", _("on time")
    LATER = "later", _("later")


class ProgressCheck(models.Model):
    """The question how a running job goes, asked once a job at the store's share of its planned time (RO-4).

    It is open while `answered_at` is empty. `until` is when the job will be done where the answer is later,
    `words` are the technician's reason.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="progress_checks")
    job = models.OneToOneField(Job, models.PROTECT, related_name="progress_check")
    technician = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    outlook = models.CharField(max_length=8, choices=Outlook, blank=True)
    until = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)

    objects = InOrderQuerySet["ProgressCheck"].as_manager()

    class Meta:
        verbose_name = _("progress check")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outlook="", until=None)
                | Q(answered_at__isnull=False, outlook=Outlook.ON_TIME, until=None)
                | Q(answered_at__isnull=False, outlook=Outlook.LATER, until__isnull=False),
                name="workshop_progress_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["technician"], condition=Q(answered_at=None), name="workshop_progress_open"),
        ]

    def __str__(self) -> str:
        return str(self.get_outlook_display() or _("not answered yet"))


class TellWay(models.TextChoices):
    """How a customer was told."""

    CALL = "call", _("by phone call")
    HERE = "here", _("face to face")
    MESSAGE = "message", _("by message")


class DelayNotice(models.Model):
    """A customer was told that a promise is in danger or passed (BIL-5): who, how, why, and what holds now.

    `promised_at` is the promise that was in danger, `new_promised_at` the one given instead, the same where
    it stands. `in_time` says that it had not passed yet.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="delay_notices")
    promised_at = models.DateTimeField()
    new_promised_at = models.DateTimeField()
    way = models.CharField(max_length=8, choices=TellWay)
    reason = models.CharField(max_length=200)
    in_time = models.BooleanField()
    told_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    objects = InOrderQuerySet["DelayNotice"].as_manager()

    class Meta:
        verbose_name = _("delay told")
        ordering = ["told_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_way_display()} · {self.reason}"
