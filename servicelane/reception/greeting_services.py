"""Who arrives is greeted within the store's minutes; stand-ins are called when the desk cannot (RCP-1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.orders.models import RepairOrder, Status
from servicelane.org.models import Store
from servicelane.people.models import Employee

from . import errors, events
from .models import Greeting, StandIn, StandInCall


@transaction.atomic
def greet(order: RepairOrder, *, by: Employee, at: datetime | None = None) -> Greeting:
    """Note that somebody went to a customer who waits to be received.

    It takes no version of the order: an advisor who types the check-in meanwhile is not held up. Raises
    GreetedAlready, NotWaiting.
    """
    moment = at or now()
    if order.status != Status.ARRIVED:
        raise errors.NotWaiting(order=order, now=order.get_status_display())
    try:
        # The database decides between two who press at the same time.
        with transaction.atomic():
            made = Greeting.objects.create(order=order, greeted_by=by, greeted_at=moment)
    except IntegrityError:
        first = Greeting.objects.select_related("greeted_by").get(order=order)
        raise errors.GreetedAlready(order=order, who=first.greeted_by, at=first.greeted_at) from None
    record(events.GREETED, order, by=by, at=at, seconds=(moment - order.arrived_at) // timedelta(seconds=1))
    return made


@transaction.atomic
def call_stand_ins(store: Store, *, by: Employee, at: datetime | None = None) -> StandInCall:
    """Call whoever may stand in at the desk of `store`. Raises NobodyWaits, StandInsCalled."""
    waiting = ungreeted(store)
    if not waiting:
        raise errors.NobodyWaits(store=store)
    try:
        with transaction.atomic():
            call = StandInCall.objects.create(store=store, called_by=by, called_at=at or now())
    except IntegrityError:
        first = StandInCall.objects.select_related("called_by").get(store=store, ended_at=None)
        raise errors.StandInsCalled(who=first.called_by, at=first.called_at) from None
    record(events.STAND_INS_CALLED, call, by=by, at=at, waiting=waiting)
    return call


@transaction.atomic
def come(store: Store, *, by: Employee, at: datetime | None = None) -> StandIn:
    """Note that `by` comes to stand in. Raises NoCall, ComesAlready."""
    call = _open(store)
    try:
        with transaction.atomic():
            made = StandIn.objects.create(call=call, person=by, came_at=at or now())
    except IntegrityError:
        raise errors.ComesAlready(who=by) from None
    record(events.STAND_IN_CAME, call, by=by, at=at)
    return made


@transaction.atomic
def end_call(store: Store, *, by: Employee, at: datetime | None = None) -> None:
    """End the call: the desk manages alone again. Raises NoCall."""
    call = _open(store)
    StandInCall.objects.filter(pk=call.pk).update(ended_at=at or now())
    record(events.STAND_INS_ENDED, call, by=by, at=at, came=StandIn.objects.filter(call=call).count())


def ungreeted(store: Store) -> int:
    """How many customers of a store wait and were greeted by nobody. One query."""
    return RepairOrder.objects.filter(store=store, status=Status.ARRIVED, greeting=None).count()


def _open(store: Store) -> StandInCall:
    call = StandInCall.objects.select_for_update(of=("self",)).filter(store=store, ended_at=None).first()
    if call is None:
        raise errors.NoCall(store=store)
    return call
