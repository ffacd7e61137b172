"""Which customers have to be told that their promise is in danger (RO-4, BIL-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch

from servicelane.orders.models import Consent, Job, JobState, RepairOrder
from servicelane.org.models import Store
from servicelane.people.models import Employee
from servicelane.schedule.models import Assignment

from .models import Clocking, DelayNotice, ProgressCheck
from .progress_services import BEFORE_READY
from .risk import remaining, standing, until_of


@dataclass(frozen=True, slots=True)
class Delay:
    """How the promise of one car stands.

    `urgency` is late, risk or empty; `ends_at` is when its planned work would end if it went on now.
    `is_told` says that the customer was told about the promise in force. `said` is the technician's last
    answer.
    """

    urgency: str
    ends_at: datetime
    is_told: bool
    said: ProgressCheck | None

    @property
    def is_due(self) -> bool:
        """Whether the customer still has to be told."""
        return bool(self.urgency) and not self.is_told


def delays_of(orders: Iterable[RepairOrder], at: datetime) -> dict[int, Delay]:
    """How the promises stand of those of `orders` that are in the workshop, by id. Five queries at most."""
    shown = {order.pk: order for order in orders if order.promised_at and order.status in BEFORE_READY}
    if not shown:
        return {}
    jobs: dict[int, list[Job]] = {}
    rows = Job.objects.filter(order__in=shown, consent=Consent.AGREED).exclude(state=JobState.DROPPED)
    team = Prefetch("assignments", Assignment.objects.current())
    for job in rows.prefetch_related(Prefetch("clockings", Clocking.objects.all())).prefetch_related(team):
        jobs.setdefault(job.order_id, []).append(job)
    told = set(DelayNotice.objects.filter(order__in=shown).values_list("order_id", "promised_at"))
    answers = answers_of(shown)
    found = {}
    for pk, order in shown.items():
        said = answers.get(pk)
        mine = jobs.get(pk, [])
        until = until_of(mine, said.until if said else None)
        urgency = standing(order, mine, at, until)
        ends_at = max(at + remaining(mine, at), until or at)
        found[pk] = Delay(urgency, ends_at, (pk, order.promised_at) in told, said)
    return found


def answers_of(orders: Iterable[int]) -> dict[int, ProgressCheck]:
    """The last answer about a job that is still open, by order. One query."""
    rows = ProgressCheck.objects.filter(
        order__in=list(orders), answered_at__isnull=False, job__state__in=(JobState.RUNNING, JobState.PAUSED)
    )
    return {row.order_id: row for row in rows.select_related("technician").order_by("answered_at")}


def next_promise(delay: Delay, at: datetime) -> datetime:
    """The promise to begin with: half an hour after the planned end, on the next quarter of an hour."""
    after = max(delay.ends_at, at) + timedelta(minutes=30)
    quarter = timedelta(minutes=15)
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + -(-(after - midnight) // quarter) * quarter


def questions_for(technician: Employee, store: Store) -> list[ProgressCheck]:
    """What a technician is asked in a store and has not answered yet, while the job is open. One query."""
    rows = ProgressCheck.objects.filter(
        technician=technician,
        answered_at=None,
        order__store=store,
        job__state__in=(JobState.RUNNING, JobState.PAUSED),
    )
    return list(rows.select_related("order__vehicle", "job"))
