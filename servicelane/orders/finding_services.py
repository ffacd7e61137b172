"""What a technician found and what an order waits for (RO-2; architecture, "a wait is a Hold")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from servicelane.kernel.clock import now
from servicelane.people.models import Employee

from . import errors, events
from .job_services import JobDetails, put
from .models import Consent, Finding, FindingState, Hold, HoldReason, Job, RepairOrder, Safety, Status
from .writing import By, fen, take, tell

AT_WORK = (Status.AGREED, Status.IN_WORK)


@transaction.atomic
def report_finding(
    order: RepairOrder,
    words: str,
    safety: Safety,
    *,
    by: Employee,
    at: datetime | None = None,
    version: int | None = None,
) -> Finding:
    """Report something found on the car; the advisor prices it and asks the customer (RO-2).

    Raises WrongMoment unless the car is agreed or in work.
    """
    take(order, version, during=AT_WORK)
    finding = Finding.objects.create(
        order=order, words=words.strip()[:500], safety=safety, found_by=by, found_at=at or now()
    )
    tell(events.FOUND, order, by=by, at=at, note=finding.words, finding=finding.pk, safety=str(safety))
    hold(order, HoldReason.APPROVAL, by=by)
    return finding


@transaction.atomic
def price_finding(
    finding: Finding, jobs: Sequence[JobDetails], *, by: Employee, version: int | None = None
) -> list[Job]:
    """Price a finding as jobs that the customer is then asked about. Raises FindingAnswered, PriceRefused."""
    order = finding.order
    take(order, version, during=AT_WORK)
    if not finding.is_open:
        raise errors.FindingAnswered(now=finding.get_state_display())
    made = [put(order, details, by=by, finding=finding) for details in jobs]
    _move(finding, FindingState.PRICED)
    tell(
        events.PRICED,
        order,
        by=by,
        finding=finding.pk,
        total=sum(fen(job.price) + sum(fen(line.price) for line in job.part_lines.all()) for job in made),
    )
    return made


@transaction.atomic
def dismiss_finding(finding: Finding, *, by: Employee, note: str = "", version: int | None = None) -> None:
    """Say that nothing is to be done about a finding. Raises FindingAnswered."""
    order = finding.order
    take(order, version)
    if finding.state != FindingState.REPORTED:
        raise errors.FindingAnswered(now=finding.get_state_display())
    _move(finding, FindingState.DISMISSED)
    tell(events.DISMISSED, order, by=by, note=note, finding=finding.pk)
    _release_when_answered(order, by=by)


def settle_findings(order: RepairOrder, jobs: Sequence[Job], *, by: By) -> None:
    """Close the findings whose jobs all have their answer, and end the wait for it."""
    ids = {job.finding_id for job in jobs if job.finding_id}
    if not ids:
        return
    open_ids = set(
        Job.objects.filter(finding__in=ids, consent=Consent.NEW)
        .exclude(state="dropped")
        .values_list("finding_id", flat=True)
    )
    Finding.objects.filter(pk__in=ids - open_ids).update(state=FindingState.ANSWERED)
    _release_when_answered(order, by=by)


def _release_when_answered(order: RepairOrder, *, by: By) -> None:
    waiting = order.findings.filter(state__in=[FindingState.REPORTED, FindingState.PRICED])
    if not waiting.exists():
        release(order, HoldReason.APPROVAL, by=by)


def _move(finding: Finding, to: FindingState) -> None:
    if not Finding.objects.filter(pk=finding.pk, state=finding.state).update(state=to):
        raise errors.FindingAnswered(now=to.label)
    finding.state = to


def hold(order: RepairOrder, reason: HoldReason, *, by: By, at: datetime | None = None) -> Hold | None:
    """Let a wait begin inside another service; None when the order waits for it already."""
    begun, is_new = Hold.objects.get_or_create(
        order=order, reason=reason, ended_at=None, defaults={"started_at": at or now()}
    )
    if not is_new:
        return None
    tell(events.HELD, order, by=by, at=at, reason=str(reason))
    return begun


def release(order: RepairOrder, reason: HoldReason, *, by: By, at: datetime | None = None) -> Hold | None:
    """End a wait inside another service; None when the order does not wait for it."""
    waiting = order.holds.filter(reason=reason, ended_at=None).first()
    if waiting is None:
        return None
    moment = at or now()
    if not order.holds.filter(pk=waiting.pk, ended_at=None).update(ended_at=moment):
        return None
    seconds = (moment - waiting.started_at) // timedelta(seconds=1)
    tell(events.RELEASED, order, by=by, at=at, reason=str(reason), seconds=seconds)
    return waiting


def take_back_waits(order: RepairOrder, *, begun: Sequence[int], ended: Sequence[int]) -> None:
    """Take back what a wrong press did to waits: those it began never were, those it ended go on.

    `begun` and `ended` are ids of holds of `order`, whose version is taken. Two statements.
    """
    order.holds.filter(pk__in=begun, ended_at=None).update(ended_at=F("started_at"))
    order.holds.filter(pk__in=ended).update(ended_at=None)


@transaction.atomic
def start_hold(order: RepairOrder, reason: HoldReason, *, by: By, version: int | None = None) -> None:
    """Say that the order waits for something from now on."""
    take(order, version)
    hold(order, reason, by=by)


@transaction.atomic
def end_hold(order: RepairOrder, reason: HoldReason, *, by: By, version: int | None = None) -> None:
    """Say that the wait is over. Raises NotWaiting."""
    take(order, version)
    if not order.holds.filter(reason=reason, ended_at=None).exists():
        raise errors.NotWaiting(order=order, reason=HoldReason(reason).label)
    release(order, reason, by=by)
