"""How running jobs go, asked and answered (RO-4), and delays told to customers (BIL-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Prefetch

from servicelane.kernel.clock import now
from servicelane.orders.models import Job, JobState, RepairOrder, Status
from servicelane.orders.order_services import check_promise, set_promise
from servicelane.orders.writing import take, tell
from servicelane.org.queries import rule
from servicelane.people.models import Employee

from . import errors, events
from .models import Clocking, DelayNotice, Outlook, ProgressCheck, TellWay
from .permissions import Perm
from .rules import PROGRESS_SHARE

BEFORE_READY = (Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a technician says: on time, or later until a moment and why."""

    outlook: Outlook
    until: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """How the customer was told, why it takes longer, and the promise that holds now."""

    way: TellWay
    promised_at: datetime
    reason: str


def ask_due(at: datetime) -> int:
    """Ask about every running job whose clocked time has reached the store's share; returns how many.

    A job is asked about once. Its order's version stays: nobody's form is stale because of a question.
    Three queries, one for a store, four for a question.
    """
    shares: dict[int, int] = {}
    asked = 0
    running = Clocking.objects.running().filter(
        job__state=JobState.RUNNING, job__minutes__gt=timedelta(), job__progress_check=None
    )
    rows = running.select_related("job__order__store", "technician").order_by("started_at", "pk")
    for clock in rows.prefetch_related(Prefetch("job__clockings", Clocking.objects.all())):
        store = clock.job.order.store
        if store.pk not in shares:
            shares[store.pk] = rule(store, PROGRESS_SHARE)
        asked += ask(clock, at, shares[store.pk]) is not None
    return asked


def ask(clock: Clocking, at: datetime, share: int | None = None) -> ProgressCheck | None:
    """Ask whose clock it is how the job goes, once `share` per cent of its planned time are clocked.

    None before that, and where it was asked already. `share` is the store's rule where not given.
    """
    job = clock.job
    if share is None:
        share = rule(job.order.store, PROGRESS_SHARE)
    worked = sum((one.worked(at) for one in job.clockings.all()), timedelta())
    if not job.minutes or 100 * worked < share * job.minutes:
        return None
    made = ProgressCheck(order=job.order, job=job, technician=clock.technician, asked_at=at)
    try:
        # The database decides between two schedulers.
        with transaction.atomic():
            made.save(force_insert=True)
            tell(
                events.PROGRESS_ASKED, job.order, by=None, at=at,
                job=job.pk, technician=clock.technician_id, share=int(100 * worked / job.minutes),
            )  # fmt: skip
    except IntegrityError:
        return None
    return made


@transaction.atomic
def answer(
    job: Job, said: Answer, *, by: Employee, at: datetime | None = None, version: int | None = None
) -> ProgressCheck:
    """Say how a job goes that was asked about.

    Raises NothingAsked, NotYourQuestion, UntilMissing, OrderChanged, WrongMoment.
    """
    order, moment = job.order, at or now()
    asked = ProgressCheck.objects.filter(job=job, answered_at=None).select_related("technician").first()
    if asked is None:
        raise errors.NothingAsked(job=job)
    if by != asked.technician and not by.may(Perm.CLOCK_FOR_OTHERS, order.store):
        raise errors.NotYourQuestion(job=job, technician=asked.technician, person=by)
    until = said.until if said.outlook == Outlook.LATER else None
    if said.outlook == Outlook.LATER and (until is None or until <= moment or not said.words.strip()):
        raise errors.UntilMissing(job=job)
    take(order, version, during=(Status.IN_WORK,))
    moment = max(moment, asked.asked_at)
    words = said.words.strip()[:200]
    changes = {"answered_at": moment, "answered_by": by, "outlook": said.outlook, "until": until}
    rows = ProgressCheck.objects.filter(pk=asked.pk, answered_at=None)
    if not rows.update(words=words, **changes):
        raise errors.NothingAsked(job=job)
    asked.refresh_from_db()
    tell(
        events.PROGRESS_ANSWERED, order, by=by, at=at, note=words,
        job=job.pk, outlook=str(said.outlook), until=until.isoformat() if until else "",
        seconds=(moment - asked.asked_at) // timedelta(seconds=1),
    )  # fmt: skip
    return asked


@transaction.atomic
def tell_delay(order: RepairOrder, told: Told, *, by: Employee, version: int | None = None) -> DelayNotice:
    """Note that the customer was told of a delay; the promise they were given holds from now on.

    The same promise again says that it stands. Raises NothingPromised, ReasonMissing, PromiseInPast,
    PromiseTooFar, OrderChanged.
    """
    was, reason = order.promised_at, told.reason.strip()[:200]
    if was is None or order.status not in BEFORE_READY:
        raise errors.NothingPromised(order=order)
    if not reason:
        raise errors.ReasonMissing(order=order)
    check_promise(order, told.promised_at)
    take(order, version, during=BEFORE_READY)
    at = now()
    notice = DelayNotice.objects.create(
        order=order, promised_at=was, new_promised_at=told.promised_at, way=told.way, reason=reason,
        in_time=at <= was, told_by=by, told_at=at,
    )  # fmt: skip
    set_promise(order, told.promised_at, by=by, reason=reason)
    tell(
        events.DELAY_TOLD, order, by=by, note=reason,
        way=str(told.way), promised_at=was.isoformat(),
        new_promised_at=told.promised_at.isoformat(), in_time=int(notice.in_time),
    )  # fmt: skip
    return notice
