"""The call after a delivery: planned by itself, recorded try by try (CAR-2).

Each service is one transaction and records its fact on the order; `by` is who does it, `at` when it
happened (now if None), `version` what the form was made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.events import record
from servicelane.kernel.versions import rise
from servicelane.orders.models import RepairOrder
from servicelane.orders.writing import By
from servicelane.org.queries import rule, zone_of
from servicelane.people.models import Employee

from . import errors, events
from .complaint_services import ComplaintDetails, open_complaint
from .models import Call, ComplaintSource, FollowUp, FollowUpState, Outcome, Severity
from .models.follow_ups import FLOW, REACHED
from .rules import DUE_DAYS, EARLIEST_DAYS, LAST_DAYS

ENDS = {
    Outcome.SATISFIED: FollowUpState.DONE,
    Outcome.DISSATISFIED: FollowUpState.DONE,
    Outcome.REFUSED: FollowUpState.REFUSED,
}
"""Outcomes that end a follow-up; after any other it is tried again."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CallDetails:
    """How a call went. None for a question that was not asked; `said` are the customer's words.

    `next_try_on` is the day the customer asked for (the next day if None). `wish` and `severity` go into
    the complaint of a dissatisfied customer.
    """

    outcome: Outcome
    car_ok: bool | None = None
    work_ok: bool | None = None
    price_ok: bool | None = None
    time_ok: bool | None = None
    said: str = ""
    next_try_on: date | None = None
    wish: str = ""
    severity: Severity = Severity.MINOR


@transaction.atomic
def plan_follow_up(order: RepairOrder, delivered_on: date) -> FollowUp:
    """Plan the call about a delivered order, once: its days come from the store's rules of today.

    Running it again finds the same row. Five statements.
    """
    first = delivered_on + timedelta(days=rule(order.store, EARLIEST_DAYS))
    due = max(first, delivered_on + timedelta(days=rule(order.store, DUE_DAYS)))
    last = max(due, delivered_on + timedelta(days=rule(order.store, LAST_DAYS)))
    planned, _created = FollowUp.objects.get_or_create(
        order=order,
        defaults={
            "store": order.store,
            "customer": order.visitor,
            "delivered_on": delivered_on,
            "from_on": first,
            "due_on": due,
            "last_on": last,
            "next_on": first,
        },
    )
    return planned


@transaction.atomic
def record_call(
    follow_up: FollowUp,
    details: CallDetails,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> Call:
    """Record one call; a dissatisfied customer's complaint is opened in the same transaction (CAR-2).

    Nobody there: the next try is tomorrow while the last day allows it, then the follow-up is given up.
    Raises FollowUpOver, TooEarly, NextTryOutside, WordsMissing, ChangedMeanwhile. About ten statements.
    """
    moment = at or now()
    day = moment.astimezone(zone_of(follow_up.store_id)).date()
    if not follow_up.is_open:
        raise errors.FollowUpOver(order=follow_up.order, state=follow_up.get_state_display())
    if day < follow_up.from_on:
        raise errors.TooEarly(order=follow_up.order, day=follow_up.from_on)
    state, next_on = _what_follows(follow_up, details, day)
    rise(follow_up, version)
    _move(follow_up, state, next_on or follow_up.next_on)
    call = Call.objects.create(
        follow_up=follow_up,
        at=moment,
        by=by if isinstance(by, Employee) else None,
        outcome=details.outcome,
        reached=details.outcome in REACHED,
        car_ok=details.car_ok,
        work_ok=details.work_ok,
        price_ok=details.price_ok,
        time_ok=details.time_ok,
        said=details.said.strip(),
        next_try_on=next_on,
    )
    record(
        events.CALLED,
        follow_up.order,
        by=by,
        at=at,
        note=call.said,
        follow_up=follow_up.pk,
        outcome=str(details.outcome),
        days=(day - follow_up.delivered_on).days,
        in_time=int(day <= follow_up.due_on),
        tries=follow_up.tries,
    )
    if details.outcome is Outcome.DISSATISFIED:
        _complain(follow_up, call, details, by=by, at=at)
    return call


def _what_follows(follow_up: FollowUp, details: CallDetails, day: date) -> tuple[FollowUpState, date | None]:
    """Return the state after a call on `day`, and the day of the next try if there is one."""
    if details.outcome in ENDS:
        return ENDS[details.outcome], None
    asked = details.next_try_on if details.outcome is Outcome.CALL_LATER else None
    if asked and not day <= asked <= follow_up.last_on:
        raise errors.NextTryOutside(
            order=follow_up.order, day=asked, first=day, last=max(day, follow_up.last_on)
        )
    next_on = asked or day + ONE_DAY
    if next_on > follow_up.last_on or follow_up.state == FollowUpState.UNREACHABLE:
        return FollowUpState.UNREACHABLE, None
    return FollowUpState.DUE, next_on


def _move(follow_up: FollowUp, to: FollowUpState, next_on: date) -> None:
    """Write state and next try by compare-and-set; the only writer of the state."""
    was = FollowUpState(follow_up.state)
    if to not in FLOW[was]:
        raise errors.FollowUpOver(order=follow_up.order, state=was.label)
    tries = follow_up.tries + 1
    rows = FollowUp.objects.filter(pk=follow_up.pk, state=was)
    if not rows.update(state=to, next_on=next_on, tries=tries):
        raise ChangedMeanwhile(subject=follow_up)
    follow_up.state, follow_up.next_on, follow_up.tries = to, next_on, tries


def _complain(follow_up: FollowUp, call: Call, details: CallDetails, *, by: By, at: datetime | None) -> None:
    open_complaint(
        follow_up.store,
        ComplaintDetails(
            customer=follow_up.customer,
            words=details.said,
            source=ComplaintSource.CALL,
            severity=details.severity,
            wish=details.wish,
            order=follow_up.order,
            call=call,
        ),
        by=by,
        at=at,
    )
