"""What earlier visits of the car say at the check-in: a comeback, declined work, due maintenance (RCP-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicelane.kernel.clock import now
from servicelane.org.queries import zone_of
from servicelane.people.models import Employee

from .hints import Hint, Weight, hint
from .models import Consent, Job, RepairOrder, Status
from .package_services import due_package, packages_for
from .permissions import Perm
from .timeline import yuan
from .writing import fen

COMEBACK_WITHIN = timedelta(days=30)
MOST_DECLINED = 5


@hint(rank=10)
def comeback(order: RepairOrder, viewer: Employee) -> Iterator[Hint]:
    """A car that was handed over less than thirty days ago may be back with the same fault. One query."""
    if not viewer.may(Perm.SEE_ORDERS, order.store):
        return
    last = (
        RepairOrder.objects.filter(
            vehicle_id=order.vehicle_id, store_id=order.store_id, status=Status.DELIVERED,
            delivered_at__gte=order.arrived_at - COMEBACK_WITHIN,
        ).exclude(pk=order.pk).order_by("-delivered_at").first()
    )  # fmt: skip
    if last and last.delivered_at:
        days = (order.arrived_at - last.delivered_at).days
        yield Hint(
            Weight.STOP,
            ngettext("It left here %(n)s day ago", "It left here %(n)s days ago", days) % {"n": days},
            _("Ask whether it is the same fault. If so, link the comeback to {order}.").format(order=last),
            reverse("orders:order", args=[last.pk]),
        )


@hint(rank=20)
def due_maintenance(order: RepairOrder, viewer: Employee) -> Iterator[Hint]:
    """Maintenance that is due by date or by the last known odometer, and its menu entry. One query."""
    if not viewer.may(Perm.SEE_ORDERS, order.store):
        return
    vehicle = order.vehicle
    today = now().astimezone(zone_of(order.store_id)).date()
    if vehicle.is_due(today):
        by_day = date_format(vehicle.next_due_on, "SHORT_DATE_FORMAT") if vehicle.next_due_on else ""
        by_km = f"{vehicle.next_due_km:,} km" if vehicle.next_due_km else ""
        since = " / ".join(word for word in (by_day, by_km) if word)
        due = due_package(order, packages_for(order))
        yield Hint(
            Weight.MIND,
            _("Maintenance is due: {due}").format(due=since),
            _("Offer “{package}”.").format(package=due) if due else _("Offer it together with today's work."),
        )


@hint(rank=30)
def declined_work(order: RepairOrder, viewer: Employee) -> Iterator[Hint]:
    """Lines the customer declined at earlier visits, the newest first (ARC-9). One query."""
    if not viewer.may(Perm.SEE_ORDERS, order.store):
        return
    declined = Job.objects.filter(
        order__vehicle_id=order.vehicle_id, order__store_id=order.store_id, consent=Consent.DECLINED
    ).exclude(order_id=order.pk)
    for job in declined.order_by("-pk")[:MOST_DECLINED]:
        price = yuan(fen(job.price - job.discount))
        reason = job.get_decline_reason_display() or _("no reason given")
        yield Hint(
            Weight.MIND,
            _("Declined earlier: {job}, {price}").format(job=job.name, price=price),
            _("Ask again ({reason}).").format(reason=reason),
            reverse("orders:order", args=[job.order_id]),
            is_users_text=True,
        )
