"""Clock, inspection and wash for programs: the same services as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from servicelane.kernel.routes import STAFF
from servicelane.orders.documents import PDF, printed
from servicelane.orders.models import Job, RepairOrder
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.org.models import Bay
from servicelane.people.http import ApiRequest
from servicelane.people.models import Employee

from . import (
    clock_services,
    inspection_services,
    progress_services,
    request_services,
    undo_services,
)
from .inspection_services import Inspection
from .models import (
    CheckItem,
    Fault,
    FloorRequest,
    Outlook,
    PauseReason,
    ProgressCheck,
    QualityCheck,
    RequestKind,
    TellWay,
    Use,
    WashSkip,
)
from .permissions import Perm
from .printed import check_of
from .printed import inspection as inspection_paper
from .progress_services import Answer, Told
from .sheets import items_for

router = Router(tags=["workshop"])


class ClockIn(Schema):
    technician: int | None = None
    version: int | None = None


class StartIn(ClockIn):
    bay: int | None = None


class PauseIn(ClockIn):
    reason: PauseReason


class FinishIn(Schema):
    version: int | None = None


class JobOut(Schema):
    id: int
    state: str
    order: int = Field(validation_alias="order_id")
    order_status: str = Field(validation_alias="order.status")
    version: int = Field(validation_alias="order.version")


def _job(request: ApiRequest, pk: int) -> Job:
    jobs = Job.objects.visible_to(request.employee, Perm.CLOCK)
    return get_object_or_404(jobs.select_related("order__store"), pk=pk)


def _technician(request: ApiRequest, job: Job, pk: int | None) -> Employee:
    if pk is None or pk == request.employee.pk:
        return request.employee
    return get_object_or_404(Employee.objects.in_store(job.order.store), pk=pk)


@router.post("/jobs/{int:job}/start", response=JobOut)
@STAFF(Perm.CLOCK, scope=Job)
def start(request: ApiRequest, job: int, wanted: StartIn) -> Job:
    """Start the clock of the caller, or of the named technician, on a job."""
    shown = _job(request, job)
    bay = get_object_or_404(Bay, pk=wanted.bay, store=shown.order.store) if wanted.bay else None
    technician = _technician(request, shown, wanted.technician)
    clock_services.start(shown, technician, by=request.employee, bay=bay, version=wanted.version)
    return shown


@router.post("/jobs/{int:job}/pause", response=JobOut)
@STAFF(Perm.CLOCK, scope=Job)
def pause(request: ApiRequest, job: int, wanted: PauseIn) -> Job:
    """Stop the clock of the caller, or of the named technician, for a reason."""
    shown = _job(request, job)
    technician = _technician(request, shown, wanted.technician)
    clock_services.pause(
        shown, wanted.reason, by=request.employee, technician=technician, version=wanted.version
    )
    return shown


@router.post("/jobs/{int:job}/resume", response=JobOut)
@STAFF(Perm.CLOCK, scope=Job)
def resume(request: ApiRequest, job: int, wanted: ClockIn) -> Job:
    """Go on with a paused job."""
    shown = _job(request, job)
    technician = _technician(request, shown, wanted.technician)
    clock_services.resume(shown, technician, by=request.employee, version=wanted.version)
    return shown


@router.post("/jobs/{int:job}/finish", response=JobOut)
@STAFF(Perm.CLOCK, scope=Job)
def finish(request: ApiRequest, job: int, wanted: FinishIn) -> Job:
    """Finish a job; after the last one the car goes to the inspection."""
    shown = _job(request, job)
    clock_services.finish(shown, by=request.employee, version=wanted.version)
    return shown


class UndoIn(Schema):
    version: int | None = None


@router.post("/orders/{int:order}/undo", response=JobOut)
@STAFF(Perm.CLOCK, scope=RepairOrder)
def undo(request: ApiRequest, order: int, wanted: UndoIn) -> Job:
    """Take back the caller's last press on the clock of an order, within 60 seconds."""
    shown = _order(request, order, Perm.CLOCK)
    job: Job = undo_services.undo(shown, by=request.employee, version=wanted.version).job
    return job


class RequestIn(Schema):
    kind: RequestKind
    words: str = Field("", max_length=200)
    quantity: int = Field(1, ge=1, le=999)
    version: int | None = None


class CloseRequestIn(Schema):
    answer: str = Field("", max_length=200)
    version: int | None = None


class RequestOut(Schema):
    """What a technician asked for; `closed_at` is empty while it is open."""

    id: int
    kind: str
    job: int = Field(validation_alias="job_id")
    order: int = Field(validation_alias="order_id")
    quantity: int
    closed_at: datetime | None
    version: int = Field(validation_alias="order.version")


@router.post("/jobs/{int:job}/requests", response={201: RequestOut})
@STAFF(Perm.CLOCK, scope=Job)
def ask(request: ApiRequest, job: int, wanted: RequestIn) -> Status:
    """Ask the parts desk for a part, or the dispatcher for help."""
    shown = _job(request, job)
    return Status(201, request_services.ask(shown, by=request.employee, **wanted.model_dump()))


@router.post("/requests/{int:asked}/close", response=RequestOut)
@STAFF(OrdersPerm.SEE_ORDERS, scope=FloorRequest)
def close_request(request: ApiRequest, asked: int, wanted: CloseRequestIn) -> FloorRequest:
    """Answer a request, or take one's own back."""
    rows = FloorRequest.objects.visible_to(request.employee, OrdersPerm.SEE_ORDERS)
    shown = get_object_or_404(rows.select_related("order__store"), pk=asked)
    request_services.close(shown, by=request.employee, answer=wanted.answer, version=wanted.version)
    return shown


class PointAnswerIn(Schema):
    """One point of the inspection's checklist; without a fault it is in order."""

    item: int
    fault: Fault | None = None


class InspectionIn(Schema):
    passed: bool
    answers: list[PointAnswerIn] = Field([], max_length=200)
    rest_ok: bool = False
    faults: list[Fault] = []
    words: str = Field("", max_length=500)
    odometer: int | None = Field(None, ge=0, le=1_999_999)
    rework: list[int] = Field([], max_length=50)
    released: str = Field("", max_length=300)
    version: int | None = None


class InspectionOut(Schema):
    id: int
    passed: bool
    faults: list[str]
    order: int = Field(validation_alias="order_id")
    order_status: str = Field(validation_alias="order.status")
    version: int = Field(validation_alias="order.version")


@router.post("/orders/{int:order}/inspections", response={201: InspectionOut})
@STAFF(Perm.INSPECT, scope=RepairOrder)
def inspect(request: ApiRequest, order: int, seen: InspectionIn) -> Status:
    """Sign an inspection: passed, or back with fault codes and the jobs to be done again."""
    shown = _order(request, order, Perm.INSPECT)
    found = seen.model_dump(exclude={"version", "answers"})
    answers = {one.item: one.fault or "" for one in seen.answers}
    inspected = Inspection(**found, answers=answers)
    check = inspection_services.inspect(shown, inspected, by=request.employee, version=seen.version)
    return Status(201, check)


class InspectionPointOut(Schema):
    """One point of the inspection's checklist; `fault` is what it is called when it fails."""

    item: int = Field(validation_alias="pk")
    code: str
    name_zh: str
    name_en: str
    fault: str


@router.get("/orders/{int:order}/inspection-points", response=list[InspectionPointOut])
@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
def inspection_points(request: ApiRequest, order: int) -> list[CheckItem]:
    """The points that an inspection of this order answers."""
    return items_for(_order(request, order, OrdersPerm.SEE_ORDERS), Use.QC)


class WashIn(Schema):
    what: Literal["start", "done", "skip"]
    reason: WashSkip = WashSkip.CUSTOMER
    version: int | None = None


class WashOut(Schema):
    order: int
    order_status: str
    version: int
    is_over: bool


@router.post("/orders/{int:order}/wash", response=WashOut)
@STAFF(Perm.WASH, scope=RepairOrder)
def wash(request: ApiRequest, order: int, wanted: WashIn) -> dict[str, Any]:
    """Start a wash, say that it is done, or leave it out for a reason."""
    shown, by, version = _order(request, order, Perm.WASH), request.employee, wanted.version
    if wanted.what == "start":
        made = inspection_services.start_wash(shown, by=by, version=version)
    elif wanted.what == "done":
        made = inspection_services.wash_done(shown, by=by, version=version)
    else:
        made = inspection_services.skip_wash(shown, wanted.reason, by=by, version=version)
    return {
        "order": shown.pk,
        "order_status": shown.status,
        "version": shown.version,
        "is_over": made.is_over,
    }


def _order(request: ApiRequest, pk: int, perm: str) -> RepairOrder:
    orders = RepairOrder.objects.visible_to(request.employee, perm)
    return get_object_or_404(orders.select_related("store__region"), pk=pk)


class ProgressIn(Schema):
    outlook: Outlook
    until: AwareDatetime | None = None
    words: str = Field("", max_length=200)
    version: int | None = None


class ProgressOut(Schema):
    job: int = Field(validation_alias="job_id")
    order: int = Field(validation_alias="order_id")
    technician: int = Field(validation_alias="technician_id")
    outlook: str
    until: datetime | None
    asked_at: datetime
    answered_at: datetime | None


@router.post("/jobs/{int:job}/progress", response=ProgressOut)
@STAFF(Perm.CLOCK, scope=Job)
def progress(request: ApiRequest, job: int, said: ProgressIn) -> ProgressCheck:
    """Say how a job goes that was asked about: on time, or later until when and why."""
    shown, given = _job(request, job), Answer(said.outlook, said.until, said.words)
    return progress_services.answer(shown, given, by=request.employee, version=said.version)


class DelayIn(Schema):
    way: TellWay
    promised_at: AwareDatetime
    reason: str = Field(max_length=200)
    version: int | None = None


class DelayOut(Schema):
    order: int = Field(validation_alias="order_id")
    way: str
    in_time: bool
    promised_at: datetime
    new_promised_at: datetime
    version: int = Field(validation_alias="order.version")


@router.post("/orders/{int:order}/delays", response={201: DelayOut})
@STAFF(OrdersPerm.WRITE_ORDERS, scope=RepairOrder)
def tell_delay(request: ApiRequest, order: int, said: DelayIn) -> Status:
    """Note that the customer was told of a delay, with the promise they were given."""
    shown = _order(request, order, OrdersPerm.WRITE_ORDERS)
    told = Told(said.way, said.promised_at, said.reason)
    return Status(201, progress_services.tell_delay(shown, told, by=request.employee, version=said.version))


@router.get("/quality-checks/{int:check}/inspection.pdf", response=bytes, openapi_extra=PDF)
@STAFF(OrdersPerm.SEE_ORDERS, scope=QualityCheck)
def inspection_pdf(request: ApiRequest, check: int, lang: str = "") -> HttpResponse:
    """The record of one inspection, or the rework it orders, as a PDF (F21); `lang` is zh or en."""
    found = check_of(request.employee, check)
    return printed(request, request.employee, lambda: inspection_paper(found))
