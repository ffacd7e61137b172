"""Photos on an order: what they show, who took them, and which file holds the picture."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.people.models import Employee

from ..managers import InOrderQuerySet
from .findings import Finding
from .orders import RepairOrder


class Shows(models.TextChoices):
    """What a photo is about."""

    FINDING = "finding", pgettext_lazy("photo", "finding")
    JOB = "job", pgettext_lazy("photo", "work")
    DAMAGE = "damage", pgettext_lazy("photo", "damage at reception")
    OTHER = "other", pgettext_lazy("photo", "other")


class Photo(models.Model):
    """One picture on an order (WSH-4, RO-2).

    `file` is the random name of a JPEG in `photos` under MEDIA_ROOT, made by ourselves from what was
    sent: it knows neither place nor device. `sha256` is the digest of that file, `width` and `height`
    are its pixels. A photo of a finding names it.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="photos")
    shows = models.CharField(max_length=8, choices=Shows)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="photos")
    taken_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    file = models.CharField(max_length=40, unique=True)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    objects = InOrderQuerySet["Photo"].as_manager()

    class Meta:
        verbose_name = _("photo")
        ordering = ["taken_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(shows__in=Shows.values), name="orders_photo_shows"),
            models.CheckConstraint(
                condition=Q(finding=None) | Q(shows="finding"), name="orders_photo_of_a_finding"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_shows_display())
