"""Reads of bookings that pages, programs and reception share."""

from __future__ import annotations

from datetime import date, time, timedelta

from django.db.models import Q, QuerySet

from servicelane.org.models import Store
from servicelane.org.queries import local_moment
from servicelane.people.managers import regions_above
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role

from .models import COMING, Booking, BookingStatus
from .permissions import Perm

RECEIVING = (Role.SERVICE_ADVISOR, Role.RECEPTION_SUPERVISOR)


def advisors_of(store: Store, also: Employee | None = None) -> QuerySet[Employee]:
    """The people who receive cars in `store`, by name; `also` is one more, such as whoever writes.

    Four queries.
    """
    held = Membership.objects.filter(role__in=RECEIVING).filter(
        Q(store=store) | Q(region__in=regions_above([store.pk]))
    )
    found = Q(pk__in=held.values("employee"))
    if also is not None:
        found |= Q(pk=also.pk)
    return Employee.objects.in_store(store).active().filter(found).by_name()


def bookings_on(viewer: Employee, store: Store, day: date) -> QuerySet[Booking]:
    """The bookings of one calendar day of a store by time, those called off included. One query."""
    starts = local_moment(store, day, time())
    ends = local_moment(store, day + timedelta(days=1), time())
    rows = Booking.objects.visible_to(viewer, Perm.SEE_BOOKINGS).with_car()
    return rows.filter(store=store, starts_at__gte=starts, starts_at__lt=ends)


def expected_on(viewer: Employee, store: Store, day: date) -> QuerySet[Booking]:
    """The bookings of one day whose car is still expected, by time. One query."""
    return bookings_on(viewer, store, day).filter(status__in=COMING)


def came_on(viewer: Employee, store: Store, day: date) -> int:
    """How many booked cars of one day came. One query."""
    return bookings_on(viewer, store, day).filter(status=BookingStatus.ARRIVED).count()
