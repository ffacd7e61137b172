"""The end-of-day sheet of a store: cars still here, promises broken, money, and the head of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from servicelane.billing.deposit_services import in_store
from servicelane.billing.models import NOTHING, CashDay, Payment, Way
from servicelane.booking.models import Booking, BookingStatus
from servicelane.kernel import sealing
from servicelane.orders.models import IN_HOUSE, RepairOrder
from servicelane.orders.pages import urgency_of
from servicelane.orders.permissions import Perm as Orders
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, today_in
from servicelane.people.models import Employee

LONGEST_STAY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class StillHere:
    """A car that stays over night, with how its promise stands."""

    order: RepairOrder
    urgency: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise of today that was not kept; `late` is how long after it the car was ready, or is not."""

    order: RepairOrder
    late: timedelta

    @property
    def minutes(self) -> int:
        """How late, in whole minutes."""
        return int(self.late.total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class DaySheet:
    """What a manager takes home in the evening; amounts are yuan."""

    store: Store
    at: datetime
    received: int
    delivered: int
    missed: int
    here: list[StillHere]
    broken: list[Broken]
    by_way: list[tuple[Way, Decimal, int]]
    tills: list[CashDay]
    seal: sealing.Head

    @property
    def money(self) -> Decimal:
        """What came in today, what was put on account left out."""
        return sum((amount for way, amount, _n in self.by_way if way != Way.ON_ACCOUNT), NOTHING)


def day_sheet(viewer: Employee, store: Store, at: datetime) -> DaySheet:
    """Return the sheet of today. Seven queries; rights to see orders and money are the route's."""
    begins = local_moment(store, today_in(store), datetime.min.time())
    orders = RepairOrder.objects.visible_to(viewer, Orders.SEE_ORDERS).filter(store=store)
    counts = RepairOrder.objects.filter(store=store, arrived_at__gte=begins).count()
    delivered = RepairOrder.objects.filter(store=store, delivered_at__gte=begins).count()
    # No car stays for two months: from its arrival on the orders are found by an index.
    lately = orders.filter(arrived_at__gte=begins - LONGEST_STAY)
    promised = lately.filter(promised_at__gte=begins, promised_at__lte=at)
    broken = promised.filter(Q(ready_at=None) | Q(ready_at__gt=F("promised_at"))).exclude(status="cancelled")
    here = orders.filter(status__in=IN_HOUSE).with_car().order_by("promised_at", "arrived_at")
    payments = (
        Payment.objects.filter(in_store(store), taken_at__gte=begins).exclude(way=Way.DEPOSIT).order_by()
    )
    sums = {
        way: (amount, number)
        for way, amount, number in payments.values_list("way").annotate(
            Sum("amount", default=Decimal(0)), Count("pk")
        )
    }
    tills = CashDay.objects.filter(Q(closed_at=None) | Q(closed_at__gte=begins), store=store)
    missed = Booking.objects.filter(store=store, status=BookingStatus.NO_SHOW, starts_at__gte=begins)
    return DaySheet(
        store=store,
        at=at,
        received=counts,
        delivered=delivered,
        missed=missed.count(),
        here=[StillHere(order, urgency_of(order, at)) for order in here],
        broken=[
            Broken(order, (order.ready_at or at) - order.promised_at)
            for order in broken.with_car().order_by("promised_at")
            if order.promised_at
        ],
        by_way=[(way, *sums[way]) for way in Way if way in sums],
        tills=list(tills.select_related("cashier").order_by("pk")),
        seal=sealing.head(),
    )
