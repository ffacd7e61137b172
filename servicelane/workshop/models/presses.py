"""The last press on the clock of an order, as long as it can be taken back (WSH-4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import Job, RepairOrder
from servicelane.people.models import Employee

UNDO_FOR = timedelta(seconds=60)
"""How long a press can be taken back."""


class Pressed(models.TextChoices):
    """What was pressed on the clock of a job."""

    START = "start", _("Started")
    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Gone on")
    FINISH = "finish", _("Finished")


class Press(models.Model):
    """The last press on the clock of an order; only that one can be taken back, so an order has one row.

    `version` is the order's after the press: whatever raised it since stands in the way. `before` is what
    the press found, see `undo_services`.
    """

    order = models.OneToOneField(RepairOrder, models.PROTECT, related_name="press")
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    what = models.CharField(max_length=6, choices=Pressed)
    pressed_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    pressed_at = models.DateTimeField()
    version = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    objects = InOrderQuerySet["Press"].as_manager()

    class Meta:
        verbose_name = _("press")
        indexes = [
            # What a technician pressed a moment ago, among the last presses of all orders.
            models.Index(fields=["pressed_by", "-pressed_at"], name="workshop_press_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.job}"

    @property
    def undo_until(self) -> datetime:
        """Until when it can be taken back."""
        return self.pressed_at + UNDO_FOR
