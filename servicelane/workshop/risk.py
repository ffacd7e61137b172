"""Whether the planned work of a car still fits before its promise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from servicelane.orders.models import Consent, Job, RepairOrder
from servicelane.orders.pages import urgency_of


def left_of(job: Job, at: datetime) -> timedelta:
    """The planned time of a job that is not used yet: max(standard − clocked, 0); its clockings are read."""
    worked = sum((clock.worked(at) for clock in job.clockings.all()), timedelta())
    return max(job.minutes - worked, timedelta())


def remaining(jobs: Iterable[Job], at: datetime) -> timedelta:
    """The remaining planned work of a car: Σ max(standard − clocked, 0) over its agreed and open jobs.

    One job is done after the other. A job past its standard counts nothing more, and neither do waits,
    the inspection and the wash: nobody planned a time for them.
    """
    todo = [job for job in jobs if job.is_open and job.consent == Consent.AGREED]
    return sum((left_of(job, at) for job in todo), timedelta())


def until_of(jobs: Iterable[Job], said: datetime | None) -> datetime | None:
    """The later one of what the technician said and of the accepted plan's end of the open jobs.

    None without either; the assignments of the jobs are read.
    """
    planned = [one.planned_end for job in jobs if job.is_open for one in job.assignments.all()]
    return max((end for end in (said, *planned) if end), default=None)


def standing(order: RepairOrder, jobs: Iterable[Job], at: datetime, until: datetime | None = None) -> str:
    """`late` when the promise has passed unready, `risk` when the work does not fit before it, else empty.

    At risk = at + remaining planned work > promise, or less than the half hour of every other page is left
    (`urgency_of`), or it takes `until` after it: as its technician said, or as the accepted plan has it.
    The clockings of the jobs are read.
    """
    urgency = urgency_of(order, at)
    if urgency or order.promised_at is None or order.ready_at or order.is_over:
        return urgency
    ends_at = max(at + remaining(jobs, at), until or at)
    return "risk" if ends_at > order.promised_at else ""
