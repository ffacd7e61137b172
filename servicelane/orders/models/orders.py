"""The repair order itself: one visit of one vehicle, its life, its belongings and its signatures."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicelane.customers.models import Customer, Vehicle
from servicelane.org.models import Store
from servicelane.people.models import Employee

from ..managers import InOrderQuerySet, RepairOrderQuerySet


class Status(models.TextChoices):
    """Where the car stands in the loop; how it goes is told by holds and by the promised time."""

    ARRIVED = "arrived", _("arrived")
    OPEN = "open", _("in reception")
    AGREED = "agreed", _("agreed")
    IN_WORK = "in_work", _("in work")
    QUALITY_CHECK = "quality_check", _("in quality check")
    READY = "ready", _("ready to settle")
    SETTLED = "settled", _("settled")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


# The whole life of a repair order. A normal day reads downwards; the one step back is rework after
# a failed inspection.
FLOW: dict[Status, set[Status]] = {
    Status.ARRIVED: {Status.OPEN, Status.CANCELLED},
    Status.OPEN: {Status.AGREED, Status.CANCELLED},
    Status.AGREED: {Status.IN_WORK, Status.CANCELLED},
    Status.IN_WORK: {Status.QUALITY_CHECK},
    Status.QUALITY_CHECK: {Status.READY, Status.IN_WORK},
    Status.READY: {Status.SETTLED},
    Status.SETTLED: {Status.DELIVERED},
    Status.DELIVERED: set(),
    Status.CANCELLED: set(),
}

# Steps back by right and with a reason; `reopen` is the only caller.
BACK: dict[Status, set[Status]] = {
    Status.AGREED: {Status.OPEN},
    Status.IN_WORK: {Status.AGREED},
    Status.QUALITY_CHECK: {Status.IN_WORK},
    Status.READY: {Status.QUALITY_CHECK},
    Status.SETTLED: {Status.READY},
}

IN_HOUSE = (
    Status.ARRIVED,
    Status.OPEN,
    Status.AGREED,
    Status.IN_WORK,
    Status.QUALITY_CHECK,
    Status.READY,
    Status.SETTLED,
)
"""Statuses in which the car stands in the house."""


class Source(models.TextChoices):
    """How the car came."""

    BOOKING = "booking", _("booked")
    WALK_IN = "walk_in", _("walk-in")


class ComebackCause(models.TextChoices):
    """Why a car came back with the same fault (WSH-9)."""

    DIAGNOSIS = "diagnosis", _("diagnosis")
    WORKMANSHIP = "workmanship", _("workmanship")
    PARTS = "parts", _("parts")
    COMMUNICATION = "communication", _("communication")


class CancelReason(models.TextChoices):
    """Why an order ended before the work began."""

    NOT_STAYING = "not_staying", _("the customer does not stay")
    TOO_DEAR = "too_dear", _("price not accepted")
    NO_PARTS = "no_parts", _("parts not available")
    NO_TIME = "no_time", _("no time left today")
    MISTAKE = "mistake", _("opened by mistake")
    OTHER = "other", _("other reason")


class Paper(models.TextChoices):
    """Papers handed over with the car."""

    VEHICLE_LICENCE = "vehicle_licence", _("vehicle licence")
    WARRANTY_BOOK = "warranty_book", _("warranty book")
    INSURANCE = "insurance", _("insurance papers")


class RepairOrder(models.Model):
    """One visit of one vehicle, from arrival to hand-over; the contract for it (glossary: RO).

    `number` is gap-free per store and day and taken at arrival. `customer` is whose car it is,
    `driver` who brought it where that is somebody else. `words` are the customer's own. `odometer`
    is in km, `fuel` in eighths of a tank. `promised_at` is the promise in force,
    `promised_first_at` the one in force when the customer agreed (figure `on_time_delivery`).
    `version` rises with every write below the order.
    """

    # Without an index of its own, by which SQLite would read all orders of a store instead of a status.
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=24)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders")
    driver = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    advisor = models.ForeignKey(Employee, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=16, choices=Status, default=Status.ARRIVED, editable=False)
    source = models.CharField(max_length=8, choices=Source, default=Source.WALK_IN)
    comeback_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="comebacks")
    comeback_cause = models.CharField(max_length=16, choices=ComebackCause, blank=True)
    words = models.TextField(blank=True)
    odometer = models.PositiveIntegerField(null=True)
    fuel = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(8)])
    papers = models.JSONField(default=list)
    covers_fitted = models.BooleanField(default=False)
    key_tag = models.CharField(max_length=12, blank=True)
    place = models.CharField(max_length=40, blank=True)
    waits_here = models.BooleanField(default=True)
    wash_wanted = models.BooleanField(default=True)
    arrived_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True, editable=False)
    promised_at = models.DateTimeField(null=True)
    promised_first_at = models.DateTimeField(null=True, editable=False)
    agreed_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    ready_at = models.DateTimeField(null=True, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(max_length=16, choices=CancelReason, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RepairOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair order")
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="orders_order_number"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="orders_order_status"),
            models.CheckConstraint(
                condition=Q(status=Status.DELIVERED, delivered_at__isnull=False)
                | (~Q(status=Status.DELIVERED) & Q(delivered_at=None)),
                name="orders_order_delivered_at",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=Status.CANCELLED) & Q(cancelled_at=None)),
                name="orders_order_cancelled_at",
            ),
            models.CheckConstraint(condition=Q(fuel=None) | Q(fuel__lte=8), name="orders_order_fuel"),
        ]
        indexes = [
            models.Index(fields=["store", "status", "-arrived_at"], name="orders_order_by_status"),
            models.Index(fields=["store", "delivered_at"], name="orders_order_delivered"),
            models.Index(fields=["store", "-arrived_at"], name="orders_order_arrived"),
            models.Index(fields=["vehicle", "-arrived_at"], name="orders_order_vehicle"),
            models.Index(fields=["number"], name="orders_order_by_number"),
            # SQLite, without statistics, takes the index with most columns: the car must come first in one.
            models.Index(fields=["vehicle", "store", "status", "-delivered_at"], name="orders_order_visits"),
            models.Index(fields=["store", "advisor", "status"], name="orders_order_advisor"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it: delivered or cancelled."""
        return self.status in (Status.DELIVERED, Status.CANCELLED)

    @property
    def visitor(self) -> Customer:
        """Who brought the car and is spoken to."""
        return self.driver or self.customer

    def can_become(self, to: Status) -> bool:
        """Whether FLOW has a step from here to `to`."""
        return to in FLOW[Status(self.status)]


class Belonging(models.Model):
    """One thing of the customer left in the car, and when it was seen back in it (RCP-2, RO-9)."""

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="belongings")
    what = models.CharField(max_length=80)
    returned_at = models.DateTimeField(null=True)

    objects = InOrderQuerySet["Belonging"].as_manager()

    class Meta:
        verbose_name = _("belonging")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.what


class CollectorRelation(models.TextChoices):
    """Who collects a car (BIL-9)."""

    OWNER = "owner", _("owner")
    DRIVER = "driver", _("driver")
    FAMILY = "family", _("family")
    COLLEAGUE = "colleague", _("colleague")
    OTHER = "other", _("somebody else")


class SignedFor(models.TextChoices):
    """What a signature on the screen stands under."""

    CHECK_IN = "check_in", _("check-in and belongings")
    ESTIMATE = "estimate", _("estimate")
    DELIVERY = "delivery", _("hand-over")


class Signature(models.Model):
    """A signature written on the screen: strokes of whole numbers on a field of 1000 by 400.

    Strokes instead of a picture: a few hundred bytes, sharp at any size, no file to check.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="signatures")
    signed_for = models.CharField(max_length=12, choices=SignedFor)
    name = models.CharField(max_length=60)
    strokes = models.JSONField()
    signed_at = models.DateTimeField()

    objects = InOrderQuerySet["Signature"].as_manager()

    class Meta:
        verbose_name = _("signature")
        ordering = ["signed_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def paths(self) -> list[str]:
        """The strokes as paths that an SVG draws in a view box of 1000 by 400."""
        return [
            "M" + " L".join(f"{x} {y}" for x, y in zip(stroke[::2], stroke[1::2], strict=True))
            for stroke in self.strokes
        ]
