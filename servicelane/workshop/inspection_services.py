"""Inspection and wash: what makes a repaired car ready to settle (WSH-7, WSH-10).

A car is ready when its inspection passed and it is washed, or the wash is not wanted. Each service is
one transaction and records its fact on the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicelane.kernel.clock import now
from servicelane.orders import order_services
from servicelane.orders.gates import open_points
from servicelane.orders.job_services import put_rework
from servicelane.orders.models import Consent, Job, RepairOrder, Status
from servicelane.orders.writing import By, take, tell
from servicelane.people.models import Employee
from servicelane.schedule.queries import is_technician, team_of
from servicelane.schedule.services import Place, put

from . import errors, events
from .models import CheckAnswer, CheckItem, Fault, QualityCheck, Use, Wash, WashSkip
from .permissions import Perm
from .queries import wash_of, worked_on
from .sheets import items_for

NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the inspector found on the lift and on the road.

    `faults` and `words` say why a car goes back, `rework` which of its jobs are done again; `odometer`
    is in km after the road test. `released` is the manager's reason for an inspector who worked on it.
    `answers` has the id of each point that was looked at, with its fault, or nothing where it is in
    order; `rest_ok` says that all other points are in order.
    """

    passed: bool
    faults: Sequence[Fault] = ()
    words: str = ""
    odometer: int | None = None
    rework: Sequence[int] = ()
    released: str = ""
    answers: Mapping[int, Fault | str] = field(default_factory=dict)
    rest_ok: bool = False


@transaction.atomic
def inspect(
    order: RepairOrder,
    seen: Inspection,
    *,
    by: Employee,
    at: datetime | None = None,
    version: int | None = None,
) -> QualityCheck:
    """Sign the inspection of `order`: on to settlement, or back to the same technicians, unpaid (WSH-7).

    A passed car that still has to be washed becomes ready by the wash. Raises SelfInspection unless
    released by right and with a reason, FindingsMissing, ReworkUnnamed, OdometerTooLow, PointsOpen and
    PointFailed where the work's checklist is not answered in full or not all in order, NotOnSheet,
    OrderChanged, WrongMoment.
    """
    take(order, version, during=(Status.QUALITY_CHECK,))
    has_worked = worked_on(order, by)
    released = seen.released.strip() if has_worked else ""
    if has_worked and not (released and by.may(Perm.RELEASE_INSPECTION, order.store)):
        raise errors.SelfInspection(order=order, person=by, store=order.store)
    if seen.odometer is not None and seen.odometer < (order.odometer or 0):
        raise errors.OdometerTooLow(order=order, odometer=seen.odometer, last=order.odometer)
    answers = _answers(order, seen)
    faults = list(dict.fromkeys(map(str, (*seen.faults, *filter(None, answers.values())))))
    words = seen.words.strip()
    if not seen.passed and not faults and not words:
        raise errors.FindingsMissing(order=order)
    is_first = not order.quality_checks.exists()
    check = QualityCheck.objects.create(
        order=order,
        inspector=by,
        passed=seen.passed,
        inspected_at=at or now(),
        faults=faults,
        words=words[:500],
        odometer=seen.odometer,
        released_reason=released[:300],
    )
    CheckAnswer.objects.bulk_create(
        CheckAnswer(check_of=check, item=item, fault=fault) for item, fault in answers.items()
    )
    tell(
        events.INSPECTED, order, by=by, at=at, note="\n".join(filter(None, (words, released))),
        passed=int(seen.passed), first=int(is_first), faults=check.faults, released=int(bool(released)),
        points=len(answers), failed=[item.code for item, fault in answers.items() if fault],
    )  # fmt: skip
    if seen.passed:
        _ready_if_all(order, by=by, at=at)
    else:
        _send_back(order, seen.rework, by=by, at=at)
    return check


def _answers(order: RepairOrder, seen: Inspection) -> dict[CheckItem, str]:
    """What was said to each point of the work's checklist. Three queries. Raises what `inspect` raises."""
    items = {item.pk: item for item in items_for(order, Use.QC)}
    if not seen.answers.keys() <= items.keys():
        raise errors.NotOnSheet(order=order)
    said = {item: str(seen.answers[pk]) for pk, item in items.items() if pk in seen.answers}
    if seen.rest_ok:
        said = {item: said.get(item, "") for item in items.values()}
    left = [item for item in items.values() if item not in said]
    failed = [item for item, fault in said.items() if fault]
    if seen.passed and failed:
        raise errors.PointFailed(order=order, item=failed[0])
    if seen.passed and left:
        raise errors.PointsOpen(order=order, item=left[0], count=len(left))
    return said


def _send_back(order: RepairOrder, rework: Sequence[int], *, by: Employee, at: datetime | None) -> None:
    firsts = list(order.jobs.filter(pk__in=rework, consent=Consent.AGREED))
    if not firsts or len(firsts) != len(set(rework)):
        raise errors.ReworkUnnamed(order=order)
    for first in firsts:
        again = put_rework(
            order,
            first,
            name_zh=_again("zh-hans", first.name_zh),
            name_en=_again("en", first.name_en),
            by=by,
        )
        for technician, place in _team(order, first):
            put(order, again, technician, place, by=by, at=at, team=())
    order_services.advance(order, Status.IN_WORK, by=by, at=at)


def _again(language: str, name: str) -> str:
    with override(language):
        return _("Rework: {job}").format(job=name)[:NAME_LENGTH]


def _team(order: RepairOrder, job: Job) -> list[tuple[Employee, Place]]:
    """Who is on a job and where, or who worked on it; without people and bays that are out meanwhile."""
    team = {one.technician: one.bay for one in team_of(job)}
    if not team:
        team = {row.technician: row.bay for row in job.clockings.select_related("technician", "bay")}
    return [
        (person, Place(bay if bay and bay.in_service else None))
        for person, bay in team.items()
        if is_technician(person, order.store)
    ]


def _ready_if_all(order: RepairOrder, *, by: By, at: datetime | None) -> None:
    if order.status == Status.QUALITY_CHECK and not open_points(order, Status.READY):
        order_services.advance(order, Status.READY, by=by, at=at)


WASHABLE = (Status.OPEN, Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK)
"""A car is washed whenever it stands in the house, also before the work where the store does so."""


@transaction.atomic
def start_wash(
    order: RepairOrder, *, by: Employee, at: datetime | None = None, version: int | None = None
) -> Wash:
    """Begin to wash the car. Raises WashRunsAlready, WashIsOver, OrderChanged, WrongMoment."""
    take(order, version, during=WASHABLE)
    wash = _open_wash(order)
    if wash.started_at:
        raise errors.WashRunsAlready(order=order)
    wash.started_at, wash.washed_by = at or now(), by
    wash.save()
    tell(events.WASH_STARTED, order, by=by, at=at)
    return wash


@transaction.atomic
def wash_done(
    order: RepairOrder, *, by: Employee, at: datetime | None = None, version: int | None = None
) -> Wash:
    """Say that the car is clean inside and outside; an inspected car is ready then (WSH-10).

    Raises WashIsOver, OrderChanged, WrongMoment.
    """
    take(order, version, during=WASHABLE)
    wash = _open_wash(order)
    moment = at or now()
    # Never before its start, also where the server's clock was set back meanwhile.
    wash.done_at, wash.washed_by = max(moment, wash.started_at or moment), by
    wash.save()
    length = wash.done_at - wash.started_at if wash.started_at else timedelta()
    tell(events.WASHED, order, by=by, at=at, seconds=length // timedelta(seconds=1))
    _ready_if_all(order, by=by, at=at)
    return wash


@transaction.atomic
def skip_wash(
    order: RepairOrder,
    reason: WashSkip,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> Wash:
    """Leave the wash out for a reason; an inspected car is ready then. Raises WashIsOver, OrderChanged."""
    take(order, version, during=WASHABLE)
    wash = _open_wash(order)
    wash.skip_reason = reason
    wash.save()
    tell(events.WASH_SKIPPED, order, by=by, at=at, reason=str(reason))
    _ready_if_all(order, by=by, at=at)
    return wash


def _open_wash(order: RepairOrder) -> Wash:
    wash = wash_of(order) or Wash(order=order)
    if wash.is_over:
        raise errors.WashIsOver(order=order)
    return wash
