"""Complaints: taken, answered, closed with the customer's verdict (CAR-6).

Each service is one transaction and records its fact on the order, or on the complaint where there is
none; `by` is who does it, `at` when it happened (now if None), `version` what the form was made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import record
from servicelane.kernel.versions import rise
from servicelane.orders.models import RepairOrder
from servicelane.orders.writing import By, fen
from servicelane.org.models import Store
from servicelane.org.queries import rule
from servicelane.people.models import Employee

from . import errors, events
from .models import Call, Cause, Complaint, ComplaintSource, ComplaintState, Resolution, Severity
from .models.complaints import FLOW
from .queries import first_owner
from .rules import COMPLAINT_DAYS

MOST_COST = Decimal(1_000_000)
"""Yuan that no single complaint costs."""
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class ComplaintDetails:
    """What a customer complains about, in their words, and what they want.

    `owner` sees to it (the reception supervisor if None), `due_at` is the time it is to be solved by (the
    store's rule if None). The car is that of the order unless told.
    """

    customer: Customer
    words: str
    source: ComplaintSource = ComplaintSource.DESK
    severity: Severity = Severity.MINOR
    wish: str = ""
    order: RepairOrder | None = None
    vehicle: Vehicle | None = None
    owner: Employee | None = None
    due_at: datetime | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer is answered, and whether they have heard it already."""

    text: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """How a complaint ended: verdict, cause, what the customer got, and what it cost in yuan."""

    satisfied: bool
    cause: Cause
    outcome: Resolution
    told: bool = False
    cost: Decimal = NOTHING
    note: str = ""


@transaction.atomic
def open_complaint(
    store: Store, details: ComplaintDetails, *, by: By, at: datetime | None = None
) -> Complaint:
    """Take a complaint; it has an owner and a time from its first moment.

    Raises WordsMissing, NotTheirs, DueInPast. About five statements.
    """
    moment, order = at or now(), details.order
    if not details.words.strip():
        raise errors.WordsMissing
    if order and order.store_id != store.pk:
        raise errors.NotTheirs(order=order)
    if details.due_at and details.due_at <= moment:
        raise errors.DueInPast(at=details.due_at)
    complaint = Complaint.objects.create(
        store=store,
        customer=details.customer,
        vehicle=details.vehicle or (order.vehicle if order else None),
        order=order,
        call=details.call,
        source=details.source,
        severity=details.severity,
        words=details.words.strip(),
        wish=details.wish.strip(),
        owner=details.owner or first_owner(store) or (by if isinstance(by, Employee) else None),
        opened_at=moment,
        due_at=details.due_at or moment + timedelta(days=rule(store, COMPLAINT_DAYS)),
    )
    record(
        events.COMPLAINED,
        complaint.subject,
        by=by,
        at=at,
        note=complaint.words,
        complaint=complaint.pk,
        source=str(complaint.source),
        severity=str(complaint.severity),
    )
    return complaint


@transaction.atomic
def answer_complaint(
    complaint: Complaint,
    answer: Answer,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> Complaint:
    """Answer a complaint; a better answer may follow until it is closed.

    Raises AnswerMissing, ComplaintClosed, ChangedMeanwhile. Four statements.
    """
    if not answer.text.strip():
        raise errors.AnswerMissing
    _check_open(complaint)
    moment = at or now()
    rise(complaint, version)
    _write(
        complaint,
        ComplaintState.ANSWERED,
        answer=answer.text.strip(),
        answered_at=moment,
        told_at=moment if answer.told else None,
    )
    record(
        events.ANSWERED,
        complaint.subject,
        by=by,
        at=at,
        note=complaint.answer,
        complaint=complaint.pk,
        told=int(answer.told),
        days=(moment - complaint.opened_at).days,
    )
    return complaint


@transaction.atomic
def close_complaint(
    complaint: Complaint,
    closing: Closing,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> Complaint:
    """Close an answered complaint with the customer's verdict, its cause and what it cost.

    Raises NotAnswered, CustomerNotTold, CostRefused, ComplaintClosed, ChangedMeanwhile. Four statements.
    """
    _check_open(complaint)
    if complaint.state != ComplaintState.ANSWERED:
        raise errors.NotAnswered
    if not complaint.told_at and not closing.told:
        raise errors.CustomerNotTold
    if not 0 <= closing.cost <= MOST_COST:
        raise errors.CostRefused(cost=closing.cost, least=0, most=MOST_COST)
    moment = at or now()
    rise(complaint, version)
    _write(
        complaint,
        ComplaintState.CLOSED,
        told_at=complaint.told_at or moment,
        satisfied=closing.satisfied,
        cause=closing.cause,
        outcome=closing.outcome,
        cost=closing.cost,
        closed_at=moment,
    )
    record(
        events.CLOSED,
        complaint.subject,
        by=by,
        at=at,
        note=closing.note,
        complaint=complaint.pk,
        outcome=str(closing.outcome),
        cause=str(closing.cause),
        satisfied=int(closing.satisfied),
        cost=fen(closing.cost),
        in_time=int(moment <= complaint.due_at),
    )
    return complaint


def _check_open(complaint: Complaint) -> None:
    if complaint.is_closed:
        raise errors.ComplaintClosed(at=complaint.closed_at)


def _write(complaint: Complaint, to: ComplaintState, **changes: object) -> None:
    """Move a complaint along FLOW by compare-and-set; the only writer of its state."""
    was = ComplaintState(complaint.state)
    assert to in FLOW[was]
    rows = Complaint.objects.filter(pk=complaint.pk, state=was)
    if not rows.update(state=to, **changes):
        raise ChangedMeanwhile(subject=complaint)
    complaint.state = to
    for name, value in changes.items():
        setattr(complaint, name, value)
