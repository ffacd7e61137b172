"""Reads of Today about cars: what needs a person now, and the board of the cars by stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicelane.billing.permissions import Perm as Billing
from servicelane.kernel.clock import now
from servicelane.orders.managers import RepairOrderQuerySet
from servicelane.orders.models import IN_HOUSE, Estimate, Finding, FindingState, RepairOrder, Status
from servicelane.orders.pages import urgency_of
from servicelane.orders.permissions import Perm as Orders
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, rule, today_in
from servicelane.people.models import Employee
from servicelane.people.roles import Role
from servicelane.reception.permissions import Perm as Reception
from servicelane.reception.rules import GREETING_MINUTES
from servicelane.workshop.delays import Delay, delays_of
from servicelane.workshop.permissions import Perm as Workshop

PER_COLUMN = 6
BOARD = (*IN_HOUSE, Status.DELIVERED)


@dataclass(frozen=True, slots=True)
class CarNeed:
    """One car that needs the viewer: a clock, what and why, and one button.

    `level` is late, risk or empty; `clock` is since or until the moment `at`; `note` says what it counts.
    """

    order: RepairOrder
    level: str
    clock: str
    at: datetime
    note: str
    headline: str
    action: str

    @property
    def url(self) -> str:
        """Where it is done."""
        return reverse("orders:order", args=[self.order.pk])

    @property
    def rank(self) -> tuple[int, datetime]:
        """The most urgent first: what is late, then what may be, then what waits longest."""
        return ({"late": 0, "risk": 1}.get(self.level, 2), self.at)


@dataclass(frozen=True, slots=True)
class Car:
    """One car on the board, with how its promise stands."""

    order: RepairOrder
    urgency: str


@dataclass(frozen=True, slots=True)
class Column:
    """The cars of one stage; `more` of them are not drawn."""

    status: Status
    cars: list[Car]
    count: int

    @property
    def more(self) -> int:
        """How many are left out."""
        return self.count - len(self.cars)


@dataclass(frozen=True, slots=True)
class Board:
    """The cars of a store by stage; `late` are past their promise, drawn or not.

    `is_mine` when only the viewer's own are shown.
    """

    columns: list[Column]
    version: str
    is_mine: bool
    late: int

    @property
    def count(self) -> int:
        """How many cars stand in the house."""
        return sum(column.count for column in self.columns if column.status != Status.DELIVERED)


def shows_mine(viewer: Employee, store: Store, asked: str = "") -> bool:
    """Whether the board shows the viewer's own cars: as `asked` ("mine" or "all"), else to advisors only.

    Whoever may not write orders has none of their own.
    """
    if not viewer.may(Orders.WRITE_ORDERS, store):
        return False
    if asked in ("mine", "all"):
        return asked == "mine"
    return Role.SERVICE_ADVISOR in viewer.roles_in(store)


def cars_of(viewer: Employee, store: Store, *, is_mine: bool, at: datetime) -> Board:
    """Return the board of Today: what stands in the house, and what was delivered today. Three queries."""
    by_status: dict[str, list[Car]] = {status: [] for status in BOARD}
    for rows in _shown(viewer, store, is_mine, at):
        for order in rows.with_car().order_by("promised_at", "arrived_at"):
            by_status[order.status].append(Car(order, urgency_of(order, at)))
    columns = [Column(status, by_status[status][:PER_COLUMN], len(by_status[status])) for status in BOARD]
    late = sum(car.urgency == "late" for cars in by_status.values() for car in cars)
    return Board(columns, cars_version(viewer, store, is_mine=is_mine, at=at), is_mine, late)


def cars_version(viewer: Employee, store: Store, *, is_mine: bool, at: datetime) -> str:
    """Return the version of the board: it changes with each order and each minute. One query."""
    here, left = (rows.order_by().values_list("pk", "version") for rows in _shown(viewer, store, is_mine, at))
    seen = list(here.union(left, all=True))
    versions, last = sum(version for _, version in seen), max((pk for pk, _ in seen), default=0)
    return f"{len(seen)}-{versions}-{last}-{int(at.timestamp()) // 60}"


def _shown(
    viewer: Employee, store: Store, is_mine: bool, at: datetime
) -> tuple[RepairOrderQuerySet, RepairOrderQuerySet]:
    """What stands in the house, and what left today: two indices, where one OR would read all orders."""
    midnight = local_moment(store, today_in(store), at.min.time())
    rows = RepairOrder.objects.visible_to(viewer, Orders.SEE_ORDERS).filter(store=store)
    if is_mine:
        rows = rows.filter(advisor=viewer)
    return rows.filter(status__in=IN_HOUSE), rows.filter(delivered_at__gte=midnight)


def needs_of(viewer: Employee, store: Store, *, at: datetime) -> list[CarNeed]:
    """Return the cars that need `viewer` in `store` now, the most urgent first. Eight queries at most.

    Whoever writes orders is told of the own cars and of those nobody received, a manager of broken promises
    about which nobody told the customer; the workshop, the
    cashier and the inspector of every car that has come to them.
    """
    if not viewer.may(Orders.SEE_ORDERS, store):
        return []
    rows = list(
        RepairOrder.objects.visible_to(viewer, Orders.SEE_ORDERS)
        .filter(store=store, status__in=IN_HOUSE)
        .with_car()
        .select_related("greeting")
    )
    ids = [order.pk for order in rows]
    found = set(
        Finding.objects.filter(order__in=ids, state=FindingState.REPORTED).values_list("order", flat=True)
    )
    asked = dict(Estimate.objects.filter(order__in=ids, state="open").values_list("order", "made_at"))
    delays = delays_of(rows, at)
    neglected = _neglected(store, rows, at)
    needs = [
        need
        for order in rows
        if (need := _need(viewer, store, order, found, asked, at, delays.get(order.pk), neglected))
    ]
    return sorted(needs, key=lambda need: need.rank)


def _neglected(store: Store, orders: list[RepairOrder], at: datetime) -> set[int]:
    """The ids of those whose customer nobody greeted within the store's minutes (RCP-1)."""
    waiting = [
        order
        for order in orders
        if order.status == Status.ARRIVED and getattr(order, "greeting", None) is None
    ]
    if not waiting:
        return set()
    target = timedelta(minutes=rule(store, GREETING_MINUTES))
    return {order.pk for order in waiting if at - order.arrived_at > target}


def _need(
    viewer: Employee,
    store: Store,
    order: RepairOrder,
    found: set[int],
    asked: dict[int, datetime],
    at: datetime,
    delay: Delay | None,
    neglected: set[int],
) -> CarNeed | None:
    writes = viewer.may(Orders.WRITE_ORDERS, store)
    mine = writes and order.advisor_id == viewer.pk
    urgency = delay.urgency if delay else urgency_of(order, at)
    if order.status == Status.ARRIVED:
        if not viewer.may(Reception.RECEIVE, store):
            return None
        level = "late" if order.pk in neglected else ""
        headline = _("Arrived, and nobody has received it yet")
        return CarNeed(order, level, "since", order.arrived_at, _("waited"), headline, _("Receive"))
    if mine and order.pk in found:
        headline = _("Something was found: price it and ask the customer")
        note = _promise_note(urgency)
        return CarNeed(order, urgency or "risk", "until", _due(order), note, headline, _("Price it"))
    if mine and order.pk in asked:
        headline = _("The customer has to answer the estimate")
        return CarNeed(
            order, "risk", "since", asked[order.pk], _("waits for the answer"), headline, _("Ask them")
        )
    if mine and order.status == Status.OPEN:
        since = order.checked_in_at or order.arrived_at
        return CarNeed(order, "", "since", since, _("in reception"), _("Write the estimate"), _("Estimate"))
    if delay and delay.is_due and (told := _untold_need(viewer, store, order, delay, mine=mine)):
        return told
    return _floor_need(viewer, store, order, urgency)


def _untold_need(
    viewer: Employee, store: Store, order: RepairOrder, delay: Delay, *, mine: bool
) -> CarNeed | None:
    """The advisor tells the customer before the promise passes; what nobody told the manager sees (BIL-5)."""
    due = order.promised_at
    assert due is not None, "only a promise can be in danger"
    note, is_late = _promise_note(delay.urgency), delay.urgency == "late"
    if mine:
        before = {"at": date_format(timezone.localtime(due), "H:i")}
        headline = (
            _("Past its promise: tell the customer")
            if is_late
            else _("May be late: tell the customer before %(at)s") % before
        )
        return CarNeed(order, delay.urgency, "until", due, note, headline, _("Tell the customer"))
    if is_late and viewer.may(Orders.RELEASE_WORK, store):
        headline = _("The promise passed and the customer was not told")
        return CarNeed(order, delay.urgency, "until", due, note, headline, _("Open the order"))
    return None


def _floor_need(viewer: Employee, store: Store, order: RepairOrder, urgency: str) -> CarNeed | None:
    words: dict[str, tuple[str, str, str]] = {
        Status.AGREED: (_("Agreed: the work can begin"), _("waits for the workshop"), _("Start the work")),
        Status.QUALITY_CHECK: (_("Waits for the inspection"), _("waits"), _("Inspect it")),
        Status.READY: (_("Ready: settle it"), _("since it is ready"), _("Settle it")),
        Status.SETTLED: (_("Settled: hand the car over"), _("since the settlement"), _("Hand it over")),
    }
    rights = {
        Status.AGREED: Workshop.CLOCK,
        Status.QUALITY_CHECK: Workshop.INSPECT,
        Status.READY: Billing.SETTLE,
        Status.SETTLED: Reception.HAND_OVER,
    }
    stamps = {
        Status.AGREED: order.agreed_at,
        Status.QUALITY_CHECK: order.finished_at,
        Status.READY: order.ready_at,
        Status.SETTLED: order.settled_at,
    }
    status = Status(order.status)
    if status not in rights or not viewer.may(rights[status], store):
        return None
    headline, note, action = words[status]
    return CarNeed(order, urgency, "since", stamps[status] or order.arrived_at, note, headline, action)


def _promise_note(urgency: str) -> str:
    return _("past the promise") if urgency == "late" else _("to the promise")


def _due(order: RepairOrder) -> datetime:
    return order.promised_at or now()


def counts_of(viewer: Employee, store: Store, *, at: datetime) -> dict[str, int]:
    """Return how many cars are in the house, wait to be received, are late, and left today. Two queries."""
    here, left = _shown(viewer, store, False, at)
    counted = here.aggregate(
        house=Count("pk"),
        waiting=Count("pk", filter=Q(status=Status.ARRIVED)),
        late=Count("pk", filter=Q(promised_at__lt=at, ready_at=None)),
    )
    return {**counted, "delivered": left.count()}
