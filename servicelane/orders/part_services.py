"""Parts out to a job and back: only what the customer agreed to (PRT-3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from servicelane.parts import services as stock
from servicelane.people.models import Employee

from . import errors, events
from .models import Consent, JobState, PartLine, RepairOrder, Status
from .order_services import PURPOSE
from .writing import take, tell, thousandths

AT_WORK = (Status.AGREED, Status.IN_WORK)


@transaction.atomic
def issue_parts(
    line: PartLine,
    quantity: Decimal,
    *,
    by: Employee,
    at: datetime | None = None,
    below_zero: bool = False,
    version: int | None = None,
) -> None:
    """Issue parts from the store's stock to an authorised job.

    Raises NotAgreed, WrongJobStep for a dropped job, TooManyParts, and the stock's own refusals.
    """
    order = line.job.order
    take(order, version, during=AT_WORK)
    if line.job.consent != Consent.AGREED:
        raise errors.NotAgreed(job=line.job)
    if line.job.state == JobState.DROPPED:
        raise errors.WrongJobStep(job=line.job, now=line.job.get_state_display(), to=line.name)
    if quantity > line.open_quantity:
        raise errors.TooManyParts(quantity=quantity, part=line, open=line.open_quantity)
    stock.issue(
        order.store,
        line.part,
        quantity,
        for_type=PURPOSE,
        for_id=line.pk,
        by=by,
        below_zero=below_zero,
        at=at,
    )
    line.issued += quantity
    line.missing = Decimal(0) if line.open_quantity == 0 else line.missing
    line.save(update_fields=["issued", "missing"])
    _told(events.PARTS_ISSUED, order, line, quantity, by, at)


@transaction.atomic
def return_parts(
    line: PartLine, quantity: Decimal, *, by: Employee, at: datetime | None = None, version: int | None = None
) -> None:
    """Take parts back into the stock at the cost at which they left it. Raises the stock's refusals."""
    order = line.job.order
    take(order, version, during=(*AT_WORK, Status.QUALITY_CHECK, Status.READY))
    stock.return_to_stock((PURPOSE, line.pk), quantity, by=by, at=at)
    line.returned += quantity
    line.save(update_fields=["returned"])
    _told(events.PARTS_RETURNED, order, line, quantity, by, at)


def _told(
    kind: str, order: RepairOrder, line: PartLine, quantity: Decimal, by: Employee, at: datetime | None
) -> None:
    tell(kind, order, by=by, at=at, job=line.job_id, part=line.part_id, quantity=thousandths(quantity))
