"""What is noted when a car is taken over and given back; the visit itself is the repair order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import RepairOrder, Signature
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .zones import Zone


class OdometerReason(models.TextChoices):
    """Why an odometer shows less than at the last visit."""

    REPLACED = "replaced", _("the instrument was replaced")
    LAST_WRONG = "last_wrong", _("the last reading was wrong")
    OTHER = "other", _("other reason")


class DamageKind(models.TextChoices):
    """What is wrong with the outside of a car."""

    SCRATCH = "scratch", _("scratch")
    DENT = "dent", _("dent")
    CRACK = "crack", _("crack")
    OTHER = "other", _("other damage")


class Damage(models.Model):
    """One mark on the drawing of a car that was walked around at a check-in (RCP-2, F14).

    `x` and `y` are thousandths of the drawing's width and height, seen from above, the front at the top;
    `is_old` says that the same mark stood there at an earlier visit.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="damages")
    kind = models.CharField(max_length=8, choices=DamageKind)
    zone = models.CharField(max_length=20, choices=Zone)
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=60, blank=True)
    is_old = models.BooleanField(default=False)

    objects = InOrderQuerySet["Damage"].as_manager()

    class Meta:
        verbose_name = _("damage mark")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(x__lte=1000, y__lte=1000), name="reception_damage_on_drawing"),
            models.CheckConstraint(condition=Q(kind__in=DamageKind.values), name="reception_damage_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_zone_display()} · {self.get_kind_display()}"

    @property
    def on_drawing(self) -> tuple[float, float]:
        """Where it stands on the drawing's own field of 500 by 860."""
        return self.x * 0.5, self.y * 0.86


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


class Greeting(models.Model):
    """That somebody went to a customer who had arrived, before the car was checked in (RCP-1)."""

    order = models.OneToOneField(RepairOrder, models.PROTECT, primary_key=True, related_name="greeting")
    greeted_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    greeted_at = models.DateTimeField()

    objects = InOrderQuerySet["Greeting"].as_manager()

    class Meta:
        verbose_name = _("greeting")

    def __str__(self) -> str:
        return str(self.greeted_by)


class StandInCall(models.Model):
    """A call for people to stand in at the desk, open while `ended_at` is empty; one at a time (RCP-1)."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    called_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    called_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = InStoreQuerySet["StandInCall"].as_manager()

    class Meta:
        verbose_name = _("call for stand-ins")
        constraints = [
            models.UniqueConstraint(
                fields=["store"], condition=Q(ended_at=None), name="reception_call_one_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.called_by)


class StandIn(models.Model):
    """One person who came upon a call."""

    call = models.ForeignKey(StandInCall, models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    came_at = models.DateTimeField()

    objects = models.Manager["StandIn"]()

    class Meta:
        verbose_name = _("stand-in")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "person"], name="reception_stand_in_once"),
        ]

    def __str__(self) -> str:
        return str(self.person)
