"""Writes on the repair order itself: opening it, moving it, promising, its belongings (RO-1, RO-6, RO-9).

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it, `at` when it happened (now if None), `version` what the form was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.clock import now
from servicelane.kernel.numbering import take_number
from servicelane.org.models import Store
from servicelane.org.queries import zone_of
from servicelane.parts.order_reservation_services import release_all
from servicelane.people.models import Employee

from . import errors, events
from .gates import open_points
from .models import (
    BACK,
    Belonging,
    CancelReason,
    ComebackCause,
    DropReason,
    Job,
    JobState,
    RepairOrder,
    Signature,
    SignedFor,
    Source,
    Status,
)
from .writing import By, take, tell

PURPOSE = "orders.partline"
"""What reservations and movements of stock are for: the part line whose id they carry."""
FARTHEST = 1_999_999
"""Kilometres no odometer passes."""
LONGEST_PROMISE = timedelta(days=365)
FIELD = (1000, 400)
"""Width and height of the field a signature is written on."""
MOST_POINTS = 6000

STAMP = {
    Status.OPEN: "checked_in_at",
    Status.AGREED: "agreed_at",
    Status.IN_WORK: "started_at",
    Status.QUALITY_CHECK: "finished_at",
    Status.READY: "ready_at",
    Status.SETTLED: "settled_at",
    Status.DELIVERED: "delivered_at",
    Status.CANCELLED: "cancelled_at",
}
"""The time that each status sets; the first start stays when rework begins."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A car on the yard: whose it is, who brought it, who is to receive it, and the customer's words."""

    vehicle: Vehicle
    customer: Customer
    advisor: Employee
    driver: Customer | None = None
    source: Source = Source.WALK_IN
    words: str = ""
    comeback_of: RepairOrder | None = None
    comeback_cause: str = ""
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it was written: the name, and strokes of x and y on a field of 1000 by 400."""

    name: str
    strokes: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What is seen and handed over at the car (RCP-2, RCP-3); `fuel` in eighths, `odometer` in km."""

    odometer: int
    fuel: int
    key_tag: str
    words: str = ""
    papers: Sequence[str] = ()
    covers_fitted: bool = True
    place: str = ""
    waits_here: bool = True
    wash_wanted: bool = True
    belongings: Sequence[str] = ()
    odometer_reason: str = ""
    signed: Signed | None = field(default=None)


@transaction.atomic
def create(store: Store, arrival: Arrival, *, by: By, at: datetime | None = None) -> RepairOrder:
    """Open the order of a car that arrived; the waiting clock starts (BKG-8).

    Raises NotTheSameCar for a comeback that is none.
    """
    first = arrival.comeback_of
    if first and (first.vehicle_id != arrival.vehicle.pk or first.status != Status.DELIVERED):
        raise errors.NotTheSameCar(order=_("The new order"), first=first)
    arrived_at = at or now()
    order = RepairOrder(
        store=store,
        vehicle=arrival.vehicle,
        customer=arrival.customer,
        driver=arrival.driver,
        advisor=arrival.advisor,
        source=arrival.source,
        words=arrival.words,
        comeback_of=first,
        comeback_cause=arrival.comeback_cause if first else "",
        promised_at=arrival.promised_at,
        arrived_at=arrived_at,
    )
    order.number = next_number(store, arrived_at)
    order.save(force_insert=True)
    tell(
        events.ARRIVED,
        order,
        by=by,
        at=at,
        was="",
        source=str(order.source),
        comeback_of=first.pk if first else 0,
    )
    return order


def next_number(store: Store, at: datetime) -> str:
    """Return the next order number of a store and its day: RO-20261122-0017. One statement."""
    day = at.astimezone(zone_of(store.pk)).date()
    return f"RO-{day:%Y%m%d}-{take_number(f'orders.{store.pk}', day):04}"


@transaction.atomic
def check_in(
    order: RepairOrder, seen: CheckIn, *, by: By, at: datetime | None = None, version: int | None = None
) -> RepairOrder:
    """Take the car over: odometer, fuel, papers, belongings, key tag, the customer's words (RCP-2, RCP-3).

    Raises OdometerAbsurd, OdometerWentBack unless it is confirmed with a reason, NotSigned for a
    signature that is none, WrongStep, OrderChanged.
    """
    last = order.vehicle.odometer or 0
    if seen.odometer > FARTHEST:
        raise errors.OdometerAbsurd(order=order, odometer=seen.odometer, most=FARTHEST)
    if seen.odometer < last and not seen.odometer_reason:
        raise errors.OdometerWentBack(order=order, odometer=seen.odometer, last=last)
    take(order, version)
    for name in ("odometer", "fuel", "key_tag", "covers_fitted", "place", "waits_here", "wash_wanted"):
        setattr(order, name, getattr(seen, name))
    order.words = seen.words or order.words
    order.papers = [str(paper) for paper in seen.papers]
    order.save(
        update_fields=["odometer", "fuel", "key_tag", "covers_fitted", "place", "waits_here", "wash_wanted",
                       "words", "papers"]
    )  # fmt: skip
    Belonging.objects.bulk_create(
        Belonging(order=order, what=what.strip()[:80]) for what in seen.belongings if what.strip()
    )
    if seen.signed:
        sign(order, SignedFor.CHECK_IN, seen.signed, at=at)
    advance(order, Status.OPEN, by=by, at=at, odometer=seen.odometer, fuel=seen.fuel)
    return order


def advance(
    order: RepairOrder,
    to: Status,
    *,
    by: By,
    at: datetime | None = None,
    note: str = "",
    **data: Any,
) -> None:
    """Move `order` one step along FLOW and record the fact. The only code that moves it forward.

    The update names the status that was read, so of two people pressing at once exactly one wins.
    Must stand in the transaction of a service that took the order's version. Raises WrongStep, and
    StillOpen with what a gate names. Two statements beside the gates' and the fact's.
    """
    if not order.can_become(to):
        raise errors.WrongStep(order=order, now=order.get_status_display(), to=to.label)
    if points := open_points(order, to):
        raise errors.StillOpen(order=order, to=to.label, open="; ".join(points))
    was, moment = order.status, at or now()
    changes: dict[str, object] = {"status": to}
    if not (to is Status.IN_WORK and order.started_at):
        changes[STAMP[to]] = moment
    if to is Status.AGREED and order.promised_first_at is None:
        changes["promised_first_at"] = order.promised_at
    if to is Status.READY:
        due = order.promised_first_at
        data["on_time"] = int(due is None or moment <= due)
    _write(order, changes)
    tell(events.OF_STATUS[to], order, by=by, at=at, note=note, was=was, **data)


@transaction.atomic
def reopen(
    order: RepairOrder,
    to: Status,
    *,
    by: By,
    reason: str,
    version: int | None = None,
    credited: bool = False,
) -> None:
    """Take `order` one step back along BACK, by right and with a reason (RO-6).

    `credited` says that billing has credited the invoices, without which a settled order stays so.
    Raises WrongStepBack.
    """
    if to is Status.READY and not credited:
        raise errors.WrongStepBack(order=order, now=order.get_status_display(), to=to.label)
    take(order, version)
    step_back(order, to, by=by, reason=reason)


def step_back(
    order: RepairOrder,
    to: Status,
    *,
    by: By,
    reason: str = "",
    at: datetime | None = None,
    stamp: datetime | None = None,
) -> None:
    """Take an order whose version is taken one step back along BACK; see `reopen`.

    `stamp` is what the left status had as its moment before. Raises WrongStepBack.
    """
    if to not in BACK.get(Status(order.status), set()):
        raise errors.WrongStepBack(order=order, now=order.get_status_display(), to=to.label)
    was = Status(order.status)
    changes: dict[str, object] = {"status": to, STAMP[was]: stamp}
    if was is Status.AGREED:
        changes["promised_first_at"] = None
    _write(order, changes)
    tell(events.REOPENED, order, by=by, at=at, note=reason, was=str(was), to=str(to))


def _write(order: RepairOrder, changes: dict[str, object]) -> None:
    rows = RepairOrder.objects.filter(pk=order.pk, status=order.status)
    if not rows.update(**changes):
        raise errors.OrderChanged(order=order, what=Status(order.status).label)
    for name, value in changes.items():
        setattr(order, name, value)


@transaction.atomic
def cancel(
    order: RepairOrder, reason: CancelReason, *, by: By, note: str = "", version: int | None = None
) -> None:
    """End `order` before the work began; reserved parts go back to the shelf (RO-6, RCP-9).

    Raises WrongStep once work began: then one stops here instead.
    """
    take(order, version)
    order.cancel_reason = reason
    RepairOrder.objects.filter(pk=order.pk).update(cancel_reason=reason)
    release_parts(order.jobs.filter(state=JobState.WAITING).prefetch_related("part_lines"), by=by)
    order.jobs.filter(state=JobState.WAITING).update(state=JobState.DROPPED)
    order.holds.filter(ended_at=None).update(ended_at=now())
    advance(order, Status.CANCELLED, by=by, note=note, reason=str(reason))


@transaction.atomic
def stop_here(order: RepairOrder, *, by: By, note: str = "", version: int | None = None) -> list[Job]:
    """Drop what is not finished, because the customer stops; what was done is inspected and billed (RO-8).

    Raises WrongMoment unless in work, WrongJobStep while a clock runs, PartsStillOut.
    """
    from .job_services import drop

    take(order, version, during=(Status.IN_WORK,))
    left = [job for job in order.jobs.prefetch_related("part_lines") if job.is_open]
    for job in left:
        drop(order, job, DropReason.CUSTOMER_STOPS, by=by, note=note)
    order.holds.filter(ended_at=None).update(ended_at=now())
    advance(order, Status.QUALITY_CHECK, by=by, note=note)
    return left


def release_parts(jobs: Iterable[Job], *, by: By) -> None:
    """Give back what is reserved for jobs whose parts are loaded."""
    release_all(PURPOSE, [line.pk for job in jobs for line in job.part_lines.all()], by=by)


@transaction.atomic
def promise(
    order: RepairOrder, at_time: datetime, *, by: By, reason: str = "", version: int | None = None
) -> None:
    """Promise `order` for a time; a new promise says whether the old one had passed (BIL-5).

    Raises PromiseInPast and PromiseTooFar.
    """
    check_promise(order, at_time)
    take(order, version)
    set_promise(order, at_time, by=by, reason=reason)


def check_promise(order: object, at_time: datetime) -> None:
    """Raise PromiseInPast or PromiseTooFar for a time that nobody can promise."""
    if at_time <= now():
        raise errors.PromiseInPast(order=order, at=at_time)
    if at_time > now() + LONGEST_PROMISE:
        raise errors.PromiseTooFar(order=order, at=at_time, days=LONGEST_PROMISE.days)


def set_promise(order: RepairOrder, at_time: datetime, *, by: By, reason: str = "") -> None:
    """Write a checked promise inside another service; nothing when it is the promise in force."""
    was = order.promised_at
    if was == at_time:
        return
    order.promised_at = at_time
    order.save(update_fields=["promised_at"])
    tell(
        events.PROMISED,
        order,
        by=by,
        note=reason,
        promised_at=at_time.isoformat(),
        was_at=was.isoformat() if was else "",
        in_time=int(was is None or now() <= was),
    )


def sign(order: RepairOrder, what: SignedFor, signed: Signed, *, at: datetime | None = None) -> Signature:
    """Keep a signature. Raises NotSigned for an empty or impossible one. One statement."""
    strokes = [list(stroke) for stroke in signed.strokes]
    points = sum(len(stroke) for stroke in strokes) // 2
    fits = all(
        len(stroke) >= 4
        and len(stroke) % 2 == 0
        and all(
            isinstance(value, int) and 0 <= value <= FIELD[place % 2] for place, value in enumerate(stroke)
        )
        for stroke in strokes
    )
    if not signed.name.strip() or not strokes or not fits or points > MOST_POINTS:
        raise errors.NotSigned(order=order)
    return Signature.objects.create(
        order=order, signed_for=what, name=signed.name.strip()[:60], strokes=strokes, signed_at=at or now()
    )


@transaction.atomic
def belongings_back(order: RepairOrder, *, by: By, version: int | None = None) -> int:
    """Note that all belongings were seen back in the car (RO-9); returns how many were missing until now."""
    take(order, version)
    count = order.belongings.filter(returned_at=None).update(returned_at=now())
    if count:
        tell(events.BELONGINGS_BACK, order, by=by)
    return count


@transaction.atomic
def link_comeback(
    order: RepairOrder, first: RepairOrder, cause: ComebackCause, *, by: By, version: int | None = None
) -> None:
    """Say that `order` is `first` come back with the same fault (WSH-9). Raises NotTheSameCar."""
    if first.vehicle_id != order.vehicle_id or first.status != Status.DELIVERED or first.pk == order.pk:
        raise errors.NotTheSameCar(order=order, first=first)
    take(order, version)
    order.comeback_of, order.comeback_cause = first, cause
    order.save(update_fields=["comeback_of", "comeback_cause"])
    tell(events.COMEBACK_LINKED, order, by=by, comeback_of=first.pk, cause=str(cause))
