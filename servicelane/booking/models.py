"""Bookings: promised arrivals with requested work (glossary: booking)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.fields import MinutesField
from servicelane.orders.models import RepairOrder, WorkType
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .managers import BookingQuerySet


class BookingStatus(models.TextChoices):
    """How far a promised arrival is."""

    BOOKED = "booked", pgettext_lazy("booking", "booked")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "confirmed")
    ARRIVED = "arrived", pgettext_lazy("booking", "arrived")
    NO_SHOW = "no_show", pgettext_lazy("booking", "did not come")
    CANCELLED = "cancelled", pgettext_lazy("booking", "cancelled")


# A new time has to be confirmed anew; whoever was given up and comes after all is received.
FLOW: dict[BookingStatus, set[BookingStatus]] = {
    BookingStatus.BOOKED: {
        BookingStatus.BOOKED,
        BookingStatus.CONFIRMED,
        BookingStatus.ARRIVED,
        BookingStatus.NO_SHOW,
        BookingStatus.CANCELLED,
    },
    BookingStatus.CONFIRMED: {
        BookingStatus.BOOKED,
        BookingStatus.ARRIVED,
        BookingStatus.NO_SHOW,
        BookingStatus.CANCELLED,
    },
    BookingStatus.ARRIVED: set(),
    BookingStatus.NO_SHOW: {BookingStatus.ARRIVED},
    BookingStatus.CANCELLED: set(),
}
COMING = (BookingStatus.BOOKED, BookingStatus.CONFIRMED)
"""Statuses in which a car is still expected."""


class BookingSource(models.TextChoices):
    """How the booking came to us (BKG-1)."""

    PHONE = "phone", pgettext_lazy("booking", "by phone")
    DESK = "desk", pgettext_lazy("booking", "at the desk")
    WEB = "web", pgettext_lazy("booking", "on the web")


class BookingCancelReason(models.TextChoices):
    """Why a booking was called off (BKG-6)."""

    CUSTOMER = "customer", _("the customer called it off")
    NO_PARTS = "no_parts", _("parts do not arrive in time")
    NO_ROOM = "no_room", _("the store cannot take the car")
    ELSEWHERE = "elsewhere", _("the customer went elsewhere")
    MISTAKE = "mistake", _("written by mistake")


def hours_of(minutes: timedelta) -> Decimal:
    """Return a length as hours with two decimals at most: 1.5."""
    return (Decimal(minutes // timedelta(minutes=1)) / 60).quantize(Decimal("0.01")).normalize() + 0


class Booking(models.Model):
    """One promised arrival of one car; on arrival it becomes one order without retyping (BKG-8).

    `minutes` is the expected labour, `work` what was asked for in words. `order` is set exactly when the
    car came. `version` rises with every write.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="bookings")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="bookings")
    advisor = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    minutes = MinutesField(default=timedelta(hours=1))
    expected_delivery_at = models.DateTimeField(null=True)
    work = models.CharField(max_length=500, blank=True)
    work_type = models.CharField(max_length=16, choices=WorkType, default=WorkType.MAINTENANCE)
    source = models.CharField(max_length=8, choices=BookingSource, default=BookingSource.PHONE)
    status = models.CharField(
        max_length=10, choices=BookingStatus, default=BookingStatus.BOOKED, editable=False
    )
    cancel_reason = models.CharField(max_length=10, choices=BookingCancelReason, blank=True, editable=False)
    booked_at = models.DateTimeField()
    order = models.OneToOneField(
        RepairOrder, models.PROTECT, null=True, related_name="booking", editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "booking")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=BookingStatus.values), name="booking_booking_status"
            ),
            models.CheckConstraint(
                condition=Q(status=BookingStatus.ARRIVED, order__isnull=False)
                | (~Q(status=BookingStatus.ARRIVED) & Q(order=None)),
                name="booking_booking_order",
            ),
            models.CheckConstraint(
                condition=Q(expected_delivery_at=None) | Q(expected_delivery_at__gt=F("starts_at")),
                name="booking_booking_delivery",
            ),
        ]
        indexes = [models.Index(fields=["store", "starts_at"], name="booking_booking_day")]

    def __str__(self) -> str:
        return str(self.vehicle)

    @property
    def is_coming(self) -> bool:
        """Whether the car is still expected."""
        return self.status in COMING

    @property
    def hours(self) -> Decimal:
        """The expected labour in hours, without idle zeros."""
        return hours_of(self.minutes)

    def can_become(self, to: BookingStatus) -> bool:
        """Whether FLOW has a step from here to `to`."""
        return to in FLOW[BookingStatus(self.status)]
