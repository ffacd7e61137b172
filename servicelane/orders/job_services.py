"""Writes on the jobs of an order: added, changed, dropped, and moved by the workshop (RO-1, RO-2, RO-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.parts.models import Part
from servicelane.people.models import Employee

from . import errors, events
from .models import (
    JOB_BACK,
    JOB_FLOW,
    Consent,
    DropReason,
    EstimateState,
    Finding,
    Job,
    JobState,
    Operation,
    Package,
    PartLine,
    PayType,
    RepairOrder,
    Status,
    WorkType,
)
from .order_services import release_parts
from .pricing import (
    MOST_MINUTES,
    MOST_PRICE,
    MOST_QUANTITY,
    labour_price,
    parts_price,
    rate_of,
    vat_rate_of,
)
from .writing import By, fen, take, tell

PRICING = (Status.ARRIVED, Status.OPEN, Status.AGREED, Status.IN_WORK)
"""Statuses in which jobs are added: what is inspected is settled as it is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part that a job is to take, with its quantity in the part's unit; the catalogue's price if None."""

    part: Part
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class JobDetails:
    """What is to be done: an operation of the catalogue, or own words with minutes and work type.

    Empty fields come from the operation and from the store's rate for the pay type. `price` is yuan
    including VAT and replaces minutes × rate; `package` is what it comes with.
    """

    operation: Operation | None = None
    name_zh: str = ""
    name_en: str = ""
    work_type: WorkType | None = None
    pay_type: PayType = PayType.CUSTOMER
    minutes: timedelta | None = None
    price: Decimal | None = None
    parts: Sequence[Wanted] | None = None
    package: Package | None = None


@transaction.atomic
def add_job(
    order: RepairOrder,
    details: JobDetails,
    *,
    by: By,
    finding: Finding | None = None,
    version: int | None = None,
) -> Job:
    """Put a job with its parts on `order`, to be agreed to by the customer (RCP-5).

    Without `parts` it takes the usual ones of its operation. Raises NoRate, PriceRefused, WrongMoment.
    """
    take(order, version, during=PRICING)
    return put(order, details, by=by, finding=finding)


def put(order: RepairOrder, details: JobDetails, *, by: By, finding: Finding | None = None) -> Job:
    """Put a job on an order whose version is taken; see `add_job`. Nine statements."""
    operation, moment = details.operation, now()
    name = details.name_zh or details.name_en or (operation.name_zh if operation else "")
    minutes = details.minutes if details.minutes is not None else operation.minutes if operation else None
    count = minutes // timedelta(minutes=1) if minutes is not None else -1
    if minutes is None or not 0 <= count <= MOST_MINUTES:
        raise errors.PriceRefused(order=order, job=name, value=count, least=0, most=MOST_MINUTES)
    rate = rate_of(order.store, details.pay_type, moment)
    price = details.price if details.price is not None else labour_price(minutes, rate)
    _check_price(order, name, price)
    last = order.jobs.aggregate(last=Max("position"))["last"] or 0
    job = Job.objects.create(
        order=order,
        position=last + 1,
        operation=operation,
        name_zh=details.name_zh or (operation.name_zh if operation else details.name_en),
        name_en=details.name_en or (operation.name_en if operation else details.name_zh),
        work_type=details.work_type or (operation.work_type if operation else WorkType.GENERAL_REPAIR),
        pay_type=details.pay_type,
        minutes=minutes,
        rate=rate,
        price=price,
        vat_rate=vat_rate_of(order.store),
        finding=finding,
        package=details.package,
        added_by=by if isinstance(by, Employee) else None,
    )
    put_parts(job, wanted_of(details))
    supersede(order)
    tell(
        events.JOB_ADDED,
        order,
        by=by,
        job=job.pk,
        code=operation.code if operation else "",
        work_type=str(job.work_type),
        pay_type=str(job.pay_type),
        minutes=count,
        price=fen(price),
    )
    return job


def wanted_of(details: JobDetails) -> list[Wanted]:
    """Return the parts a job takes: those given, else the operation's usual ones. One query at most."""
    if details.parts is not None:
        return list(details.parts)
    if details.operation is None:
        return []
    usual = details.operation.usual_parts.select_related("part")
    return [Wanted(row.part, row.quantity) for row in usual]


def put_parts(job: Job, wanted: Sequence[Wanted]) -> None:
    """Put part lines on a job. One statement. Raises PriceRefused."""
    lines = []
    for want in wanted:
        unit_price = want.part.price if want.unit_price is None else want.unit_price
        if not 0 < want.quantity <= MOST_QUANTITY:
            raise errors.PriceRefused(
                order=job.order, job=want.part, value=want.quantity, least=0, most=MOST_QUANTITY
            )
        price = parts_price(want.quantity, unit_price)
        _check_price(job.order, want.part, price)
        lines.append(
            PartLine(
                job=job,
                part=want.part,
                name_zh=want.part.name_zh,
                name_en=want.part.name_en,
                quantity=want.quantity,
                unit_price=unit_price,
                price=price,
                vat_rate=want.part.vat_rate,
            )
        )
    PartLine.objects.bulk_create(lines)


def _check_price(order: RepairOrder, job: object, price: Decimal) -> None:
    if not 0 <= price <= MOST_PRICE:
        raise errors.PriceRefused(order=order, job=job, value=price, least=0, most=MOST_PRICE)


@transaction.atomic
def change_job(
    order: RepairOrder, job: Job, details: JobDetails, *, by: By, version: int | None = None
) -> Job:
    """Change a job that the customer has not answered yet. Raises AlreadyAgreed, PriceRefused, NoRate."""
    take(order, version, during=PRICING)
    _check_new(job)
    minutes = details.minutes if details.minutes is not None else job.minutes
    count = minutes // timedelta(minutes=1)
    if not 0 <= count <= MOST_MINUTES:
        raise errors.PriceRefused(order=order, job=job, value=count, least=0, most=MOST_MINUTES)
    job.pay_type, job.minutes = details.pay_type, minutes
    job.rate = rate_of(order.store, details.pay_type, now())
    job.price = details.price if details.price is not None else labour_price(minutes, job.rate)
    job.name_zh, job.name_en = details.name_zh or job.name_zh, details.name_en or job.name_en
    _check_price(order, job, job.price)
    job.save(update_fields=["pay_type", "minutes", "rate", "price", "name_zh", "name_en"])
    supersede(order)
    tell(events.JOB_CHANGED, order, by=by, job=job.pk, price=fen(job.price))
    return job


@transaction.atomic
def add_part(order: RepairOrder, job: Job, wanted: Wanted, *, by: By, version: int | None = None) -> None:
    """Put one more part on a job that has no answer yet. Raises AlreadyAgreed, PriceRefused."""
    take(order, version, during=PRICING)
    _check_new(job)
    put_parts(job, [wanted])
    supersede(order)
    tell(events.JOB_CHANGED, order, by=by, job=job.pk, price=fen(job.price))


@transaction.atomic
def remove_part(order: RepairOrder, line: PartLine, *, by: By, version: int | None = None) -> None:
    """Take a part off a job that the customer has not answered yet. Raises AlreadyAgreed."""
    take(order, version, during=PRICING)
    _check_new(line.job)
    supersede(order)
    if line.job.order.estimates.filter(lines__part_line=line).exists():
        # A version that was shown keeps its lines; the job itself is put on anew without the part.
        raise errors.AlreadyAgreed(job=line, price=line.price)
    line.delete()
    tell(events.JOB_CHANGED, order, by=by, job=line.job_id, price=fen(line.job.price))


def _check_new(job: Job) -> None:
    if job.consent != Consent.NEW:
        raise errors.AlreadyAgreed(job=job, price=job.price)


def supersede(order: RepairOrder) -> None:
    """Close the open estimate version: what it asks is not what the order says any more. One statement."""
    order.estimates.filter(state=EstimateState.OPEN).update(state=EstimateState.SUPERSEDED)


@transaction.atomic
def drop_job(
    order: RepairOrder,
    job: Job,
    reason: DropReason,
    *,
    by: By,
    note: str = "",
    version: int | None = None,
) -> None:
    """Take a job off the order: before the customer agreed, or after with a reason (RO-8).

    Raises WrongJobStep while it runs or once it is done, PartsStillOut, WrongMoment.
    """
    take(order, version, during=PRICING)
    if job.consent == Consent.NEW:
        supersede(order)
    drop(order, job, reason, by=by, note=note)


def drop(order: RepairOrder, job: Job, reason: DropReason, *, by: By, note: str = "") -> None:
    """Drop a job of an order whose version is taken; see `drop_job`."""
    if any(line.in_car for line in job.part_lines.all()):
        raise errors.PartsStillOut(job=job)
    job.drop_reason = reason
    move_job(job, JobState.DROPPED, drop_reason=reason)
    release_parts([job], by=by)
    tell(events.JOB_DROPPED, order, by=by, note=note, job=job.pk, reason=str(reason))


def move_job(job: Job, to: JobState, **changes: object) -> None:
    """Move a job along JOB_FLOW by compare-and-set; the only writer of its state. One statement.

    The workshop calls it inside its own service. Raises NotAgreed and WrongJobStep.
    """
    if to is not JobState.DROPPED and job.consent != Consent.AGREED:
        raise errors.NotAgreed(job=job)
    if to not in JOB_FLOW[JobState(job.state)]:
        raise errors.WrongJobStep(job=job, now=job.get_state_display(), to=to.label)
    if to is JobState.DONE:
        changes["finished_at"] = changes.get("finished_at") or now()
    if not Job.objects.filter(pk=job.pk, state=job.state).update(state=to, **changes):
        raise ChangedMeanwhile(subject=job)
    job.state = to
    for name, value in changes.items():
        setattr(job, name, value)


def move_job_back(job: Job, to: JobState) -> None:
    """Move a job one step back along JOB_BACK, because a press is taken back. One statement.

    The workshop calls it inside its own service. Raises WrongJobStep and ChangedMeanwhile.
    """
    if to not in JOB_BACK.get(JobState(job.state), set()):
        raise errors.WrongJobStep(job=job, now=job.get_state_display(), to=to.label)
    if not Job.objects.filter(pk=job.pk, state=job.state).update(state=to, finished_at=None):
        raise ChangedMeanwhile(subject=job)
    job.state, job.finished_at = to, None


def put_rework(order: RepairOrder, first: Job, *, name_zh: str, name_en: str, by: By) -> Job:
    """Put an unpaid job on an order whose version is taken: what an inspection sent back (WSH-7).

    It repeats `first`, is internal, costs nothing and needs nobody's consent.
    """
    last = order.jobs.aggregate(last=Max("position"))["last"] or 0
    job = Job.objects.create(
        order=order,
        position=last + 1,
        operation=first.operation,
        name_zh=name_zh,
        name_en=name_en,
        work_type=first.work_type,
        pay_type=PayType.INTERNAL,
        minutes=timedelta(0),
        rate=Decimal(0),
        price=Decimal(0),
        vat_rate=first.vat_rate,
        consent=Consent.AGREED,
        rework_of=first,
    )
    tell(
        events.JOB_ADDED, order, by=by, job=job.pk, code="", work_type=str(job.work_type),
        pay_type=str(job.pay_type), minutes=0, price=0,
    )  # fmt: skip
    return job


def finished_all(order: RepairOrder) -> bool:
    """Whether no job of `order` is open any more and no finding waits. Two queries."""
    jobs = list(order.jobs.all())
    return not any(job.is_open for job in jobs) and not any(
        finding.is_open for finding in order.findings.all()
    )
