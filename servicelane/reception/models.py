"""What is noted when a car is given back; the visit itself is the repair order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import RepairOrder, Signature
from servicelane.people.models import Employee


class OdometerReason(models.TextChoices):
    """Why an odometer shows less than at the last visit."""

    REPLACED = "replaced", _("the instrument was replaced")
    LAST_WRONG = "last_wrong", _("the last reading was wrong")
    OTHER = "other", _("other reason")


class Delivery(models.Model):
    """The hand-over of one order: what the customer was told and shown, and the next maintenance (BIL-6).

    `extras` are free services in words, `note` what was said at collection; `next_km` is km.
    """

    order = models.OneToOneField(RepairOrder, models.PROTECT, related_name="delivery")
    explained = models.BooleanField()
    old_parts_shown = models.BooleanField()
    covers_removed = models.BooleanField()
    belongings_seen = models.BooleanField()
    extras = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=300, blank=True)
    next_on = models.DateField(null=True)
    next_km = models.PositiveIntegerField(null=True)
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField()

    objects = InOrderQuerySet["Delivery"].as_manager()

    class Meta:
        verbose_name = _("hand-over")

    def __str__(self) -> str:
        return str(self.order)
