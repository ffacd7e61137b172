"""Orders for programs: where each stands, and everything that happened to it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from servicelane.kernel.clock import now
from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.people.http import ApiRequest

from . import package_services, photo_services
from .documents import PDF, printed
from .errors import NotAPhoto
from .http import picture
from .models import Estimate, Job, Package, PartLine, RepairOrder, Shows
from .permissions import Perm
from .printed import estimate as estimate_paper
from .printed import estimate_of
from .printed import repair_order as repair_order_paper
from .promising import proposal_for, short_parts
from .queries import jobs_of, totals_of
from .timeline import timeline

router = Router(tags=["orders"])


class OrderRow(Schema):
    """One order as lists name it; `promised_at` is the promise in force."""

    id: int
    store: int = Field(validation_alias="store_id")
    number: str
    status: str
    plate: str = Field(validation_alias="vehicle.plate")
    advisor: int = Field(validation_alias="advisor_id")
    arrived_at: datetime
    promised_at: datetime | None
    version: int


class OrdersOut(Schema):
    items: list[OrderRow]
    next_cursor: str


class OrderPartOut(Schema):
    id: int
    part: int = Field(validation_alias="part_id")
    number: str = Field(validation_alias="part.number")
    name: str
    quantity: Decimal
    price: Decimal
    issued: Decimal
    returned: Decimal


class OrderJobOut(Schema):
    id: int
    name: str
    work_type: str
    pay_type: str
    minutes: int = Field(validation_alias="standard_minutes")
    price: Decimal
    discount: Decimal
    consent: str
    state: str
    part_lines: list[OrderPartOut]

    @staticmethod
    def resolve_part_lines(job: Job) -> list[PartLine]:
        return list(job.part_lines.all())


class OrderOut(OrderRow):
    """One order with its jobs and sums in yuan including VAT; `odometer` is km, `fuel` eighths of a tank."""

    vehicle: int = Field(validation_alias="vehicle_id")
    customer: int = Field(validation_alias="customer_id")
    source: str
    odometer: int | None
    fuel: int | None
    words: str
    comeback_of: int | None = Field(validation_alias="comeback_of_id")
    checked_in_at: datetime | None
    agreed_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    ready_at: datetime | None
    settled_at: datetime | None
    delivered_at: datetime | None
    jobs: list[OrderJobOut] = Field(validation_alias="listed")
    agreed_total: Decimal
    asked_total: Decimal


class MomentOut(Schema):
    """One fact of an order; `label` and `details` are in the caller's language, `by` who did it."""

    at: datetime
    kind: str
    label: str
    details: str
    by: str
    note: str
    times: int


class ProposalOut(Schema):
    """A proposed promise; `chance` and `promised_chance` are cases in a hundred.

    `begins_at` and `ends_at` are of the work if all goes to plan; `known_jobs` counts the finished jobs
    behind the spread. Without `proposed_at`, `why_not` says why; `missing_parts` count as if they were here.
    """

    promised_at: datetime | None
    promised_chance: int | None = None
    proposed_at: datetime | None = None
    chance: int
    minutes: int
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    cars_ahead: int = 0
    known_jobs: int = 0
    missing_parts: list[str] = []
    why_not: str = ""


class TimelineOut(Schema):
    items: list[MomentOut]


@router.get("/orders", response=OrdersOut)
@STAFF(Perm.SEE_ORDERS, scope=ANYWHERE)
def orders(request: ApiRequest, asked: PageQuery) -> dict[str, Any]:
    """The orders of the stores in which the caller may see orders, in the order of their ids."""
    rows = RepairOrder.objects.visible_to(request.employee, Perm.SEE_ORDERS).select_related("vehicle")
    items, following = page_by_pk(rows, asked)
    return {"items": items, "next_cursor": following}


@router.get("/orders/{int:order}", response=OrderOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def order(request: ApiRequest, order: int) -> RepairOrder:
    """One order with its jobs, parts and sums."""
    found = _order(request, order)
    jobs = jobs_of(found)
    totals = totals_of(jobs)
    found.listed, found.agreed_total, found.asked_total = jobs, totals.agreed, totals.asked  # type: ignore[attr-defined]
    return found


@router.get("/orders/{int:order}/repair-order.pdf", response=bytes, openapi_extra=PDF)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def repair_order_pdf(request: ApiRequest, order: int, lang: str = "") -> HttpResponse:
    """The repair order as a PDF (F01); `lang` is zh or en."""
    rows = RepairOrder.objects.visible_to(request.employee, Perm.SEE_ORDERS)
    found = get_object_or_404(rows.with_car(), pk=order)
    return printed(request, request.employee, lambda: repair_order_paper(found))


@router.get("/estimates/{int:estimate}/estimate.pdf", response=bytes, openapi_extra=PDF)
@STAFF(Perm.SEE_ORDERS, scope=Estimate)
def estimate_pdf(request: ApiRequest, estimate: int, lang: str = "") -> HttpResponse:
    """One version of the estimate (F03) or of extra work (F02) as a PDF; `lang` is zh or en."""
    version = estimate_of(request.employee, estimate)
    return printed(request, request.employee, lambda: estimate_paper(version))


@router.get("/orders/{int:order}/promise", response=ProposalOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def proposed_promise(request: ApiRequest, order: int) -> dict[str, Any]:
    """The earliest time that the load of the workshop allows for the open work of an order."""
    found = _order(request, order)
    proposal = proposal_for(found, now())
    if proposal is None:
        return {"promised_at": found.promised_at, "chance": 0, "minutes": 0}
    return {
        "promised_at": found.promised_at,
        "promised_chance": proposal.held,
        "proposed_at": proposal.ready_at,
        "chance": proposal.chance,
        "minutes": -(-proposal.work // timedelta(minutes=1)),
        "begins_at": proposal.begins_at,
        "ends_at": proposal.ends_at,
        "cars_ahead": proposal.ahead,
        "known_jobs": proposal.known,
        "missing_parts": [line.part.number for line in short_parts(found)],
        "why_not": proposal.why_not,
    }


@router.get("/orders/{int:order}/timeline", response=TimelineOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def order_timeline(request: ApiRequest, order: int) -> dict[str, Any]:
    """Everything that happened to one order, the newest first."""
    found = _order(request, order)
    return {
        "items": [
            {
                "at": moment.at,
                "kind": moment.kind,
                "label": moment.label,
                "details": moment.details,
                "by": str(moment.by or moment.who),
                "note": moment.note,
                "times": moment.times,
            }
            for moment in timeline(found)
        ]
    }


class PackageOut(Schema):
    """One package; `price` is yuan including VAT, null where it is the sum of what it holds."""

    code: str
    name: str
    every_km: int | None
    every_months: int | None
    price: Decimal | None
    is_due: bool


class PackagesOut(Schema):
    items: list[PackageOut]


class PackageIn(Schema):
    package: str = Field(max_length=16)
    version: int | None = None


class PackageAddedOut(Schema):
    order: int
    jobs: list[int]
    version: int


@router.get("/orders/{int:order}/packages", response=PackagesOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def packages(request: ApiRequest, order: int) -> dict[str, Any]:
    """The packages that fit the order's car; `is_due` marks the maintenance its odometer asks for."""
    found = _order(request, order)
    fitting = package_services.packages_for(found)
    due = package_services.due_package(found, fitting)
    for one in fitting:
        one.is_due = one == due  # type: ignore[attr-defined]
    return {"items": fitting}


@router.post("/orders/{int:order}/packages", response={201: PackageAddedOut})
@STAFF(Perm.WRITE_ORDERS, scope=RepairOrder)
def add_package(request: ApiRequest, order: int, wanted: PackageIn) -> Status:
    """Put a package, named by its code, on an order at the package's price."""
    rows = RepairOrder.objects.visible_to(request.employee, Perm.WRITE_ORDERS)
    found = get_object_or_404(rows.select_related("vehicle", "store__region"), pk=order)
    of_group = Package.objects.filter(group_id=found.store.region.group_id)
    package = get_object_or_404(of_group, code=wanted.package)
    jobs = package_services.add_package(found, package, by=request.employee, version=wanted.version)
    return Status(201, {"order": found.pk, "jobs": [job.pk for job in jobs], "version": found.version})


class PhotoOut(Schema):
    """One photo: `sha256` is the digest of the JPEG that is kept, width and height its pixels."""

    id: int
    shows: str
    finding: int | None = Field(validation_alias="finding_id")
    taken_by: int = Field(validation_alias="taken_by_id")
    taken_at: datetime
    sha256: str
    width: int
    height: int


class PhotosOut(Schema):
    items: list[PhotoOut]


@router.get("/orders/{int:order}/photos", response=PhotosOut)
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def order_photos(request: ApiRequest, order: int) -> dict[str, Any]:
    """The photos of one order, the oldest first."""
    return {"items": _order(request, order).photos.all()}


@router.get("/orders/{int:order}/photos/{int:photo}", response={200: None})
@STAFF(Perm.SEE_ORDERS, scope=RepairOrder)
def order_photo(request: ApiRequest, order: int, photo: int) -> HttpResponse:
    """One picture, as the JPEG that is kept."""
    return picture(get_object_or_404(_order(request, order).photos, pk=photo))


@router.post("/orders/{int:order}/photos", response={201: PhotoOut})
@STAFF(Perm.REPORT_FINDINGS, scope=RepairOrder)
def add_photo(
    request: ApiRequest, order: int, photo: File[UploadedFile | None] = None, shows: Form[Shows] = Shows.OTHER
) -> Status:
    """Keep a photo: JPEG, PNG or WebP, at most 15 MB; place and device are left out of the kept copy."""
    rows = RepairOrder.objects.visible_to(request.employee, Perm.REPORT_FINDINGS)
    found = get_object_or_404(rows.select_related("store"), pk=order)
    if photo is None:
        raise NotAPhoto
    return Status(201, photo_services.add_photo(found, photo, shows, by=request.employee))


def _order(request: ApiRequest, pk: int) -> RepairOrder:
    rows = RepairOrder.objects.visible_to(request.employee, Perm.SEE_ORDERS)
    return get_object_or_404(rows.select_related("vehicle", "store"), pk=pk)
