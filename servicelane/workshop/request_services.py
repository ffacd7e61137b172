"""What a technician asks for from the car, and who answers it (WSH-4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now
from servicelane.orders.models import Job, RepairOrder, Status
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.orders.writing import take, tell
from servicelane.people.models import Employee

from . import errors, events
from .models import FloorRequest, RequestKind
from .permissions import Perm

AT_WORK = (Status.AGREED, Status.IN_WORK)
ANSWERED_BY: dict[str, str] = {
    RequestKind.PART: OrdersPerm.ISSUE_PARTS,
    RequestKind.HELP: Perm.CLOCK_FOR_OTHERS,
}
"""The right of those to whom a request goes."""


@transaction.atomic
def ask(
    job: Job,
    kind: RequestKind,
    *,
    by: Employee,
    words: str = "",
    quantity: int = 1,
    at: datetime | None = None,
    version: int | None = None,
) -> FloorRequest:
    """Ask the parts desk for `quantity` pieces of a part, or the dispatcher for help, on a job.

    It promises nothing: what the customer pays still goes by finding and estimate. Raises HelpIsCalled
    while the same person's call on the job is open, WrongMoment, OrderChanged.
    """
    order = job.order
    take(order, version, during=AT_WORK)
    asked = FloorRequest(
        order=order, job=job, kind=kind, words=words.strip()[:200], quantity=quantity, asked_by=by,
        asked_at=at or now(),
    )  # fmt: skip
    try:
        # The database decides between two phones of one person.
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        raise errors.HelpIsCalled(job=job) from None
    tell(
        events.ASKED, order, by=by, at=at, note=asked.words,
        request=asked.pk, what=str(kind), job=job.pk, quantity=quantity,
    )  # fmt: skip
    return asked


@transaction.atomic
def close(
    asked: FloorRequest,
    *,
    by: Employee,
    answer: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Close a request with an answer in words; who asked may take it back.

    Raises NotYourRequest, RequestIsClosed, OrderIsOver, OrderChanged.
    """
    order = asked.order
    if not may_close(asked, by, order):
        raise errors.NotYourRequest(person=by)
    take(order, version)
    moment, words = max(at or now(), asked.asked_at), answer.strip()[:200]
    rows = FloorRequest.objects.filter(pk=asked.pk, closed_at=None)
    if not rows.update(closed_at=moment, closed_by=by, answer=words):
        raise errors.RequestIsClosed()
    asked.closed_at, asked.closed_by, asked.answer = moment, by, words
    seconds = (moment - asked.asked_at) // timedelta(seconds=1)
    tell(
        events.REQUEST_CLOSED, order, by=by, at=at, note=words,
        request=asked.pk, what=str(asked.kind), job=asked.job_id, seconds=seconds,
    )  # fmt: skip


def may_close(asked: FloorRequest, person: Employee, order: RepairOrder) -> bool:
    """Whether `person` asked for it or answers such requests in the order's store. No query."""
    return asked.asked_by_id == person.pk or person.may(ANSWERED_BY[asked.kind], order.store)
