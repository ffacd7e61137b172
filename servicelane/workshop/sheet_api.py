"""The maintenance sheet for programs: the same services as the page."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from servicelane.kernel.routes import STAFF
from servicelane.orders.documents import PDF, printed
from servicelane.orders.models import RepairOrder
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.people.http import ApiRequest

from . import sheet_services
from .models import SheetEntry, Verdict
from .permissions import Perm
from .printed import maintenance_sheet
from .sheet_services import Seen
from .sheets import Sheet, sheet_of

router = Router(tags=["workshop"])


class SheetPointOut(Schema):
    """One point; `verdict` is empty while it is open, `entry` is the id of what stands there."""

    item: int
    code: str
    name_zh: str
    name_en: str
    limit: str
    unit: str
    verdict: str
    value: Decimal | None
    entry: int | None
    entered_by: int | None
    entered_at: datetime | None
    finding: int | None


class SheetOut(Schema):
    """The maintenance sheet of an order."""

    order: int
    version: int
    is_complete: bool
    points: list[SheetPointOut]


class SheetAnswerIn(Schema):
    """A verdict, or a value where the point is measured; `before` is the entry seen, 0 for none."""

    item: int
    verdict: Verdict | None = None
    value: Decimal | None = Field(None, ge=0, le=99_999, decimal_places=3)
    before: int | None = Field(None, ge=0)


class SheetIn(Schema):
    """What was found; `rest_ok` answers every open point that is judged by eye."""

    answers: list[SheetAnswerIn] = Field([], max_length=200)
    rest_ok: bool = False


class ReportIn(Schema):
    version: int | None = None


class ReportOut(Schema):
    """The finding that an entry was reported as."""

    id: int
    order: int = Field(validation_alias="order_id")
    safety: str
    words: str


def _order(request: ApiRequest, pk: int, perm: str) -> RepairOrder:
    orders = RepairOrder.objects.visible_to(request.employee, perm)
    shown = orders.select_related("vehicle", "customer", "driver", "advisor", "store__region")
    return get_object_or_404(shown, pk=pk)


def _out(order: RepairOrder, sheet: Sheet) -> SheetOut:
    points = []
    for point in sheet.points:
        item, entry = point.item, point.entry
        points.append(
            SheetPointOut(
                item=item.pk,
                code=item.code,
                name_zh=item.name_zh,
                name_en=item.name_en,
                limit=item.limit,
                unit=item.unit,
                verdict=entry.verdict if entry else "",
                value=entry.value if entry else None,
                entry=entry.pk if entry else None,
                entered_by=entry.entered_by_id if entry else None,
                entered_at=entry.entered_at if entry else None,
                finding=entry.finding_id if entry else None,
            )
        )
    return SheetOut(order=order.pk, version=order.version, is_complete=sheet.is_complete, points=points)


@router.get("/orders/{int:order}/sheet", response=SheetOut)
@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
def sheet(request: ApiRequest, order: int) -> SheetOut:
    """The maintenance sheet of an order with what was found."""
    shown = _order(request, order, OrdersPerm.SEE_ORDERS)
    return _out(shown, sheet_of(shown))


@router.post("/orders/{int:order}/sheet", response=SheetOut)
@STAFF(Perm.CLOCK, scope=RepairOrder)
def fill_sheet(request: ApiRequest, order: int, found: SheetIn) -> SheetOut:
    """Write what was found; the traffic light of a value is the system's."""
    shown = _order(request, order, Perm.CLOCK)
    seen = [Seen(one.item, one.verdict, one.value, one.before) for one in found.answers]
    filled = sheet_services.fill_sheet(shown, seen, by=request.employee, rest_ok=found.rest_ok)
    return _out(shown, filled)


@router.post("/sheet-entries/{int:entry}/finding", response={201: ReportOut})
@STAFF(OrdersPerm.REPORT_FINDINGS, scope=SheetEntry)
def report_entry(request: ApiRequest, entry: int, wanted: ReportIn) -> Status:
    """Report a red or amber entry to the advisor as a finding."""
    rows = SheetEntry.objects.visible_to(request.employee, OrdersPerm.REPORT_FINDINGS)
    shown = get_object_or_404(rows.select_related("item", "order__store"), pk=entry)
    return Status(201, sheet_services.report_entry(shown, by=request.employee, version=wanted.version))


@router.get("/orders/{int:order}/sheet.pdf", response=bytes, openapi_extra=PDF)
@STAFF(OrdersPerm.SEE_ORDERS, scope=RepairOrder)
def sheet_pdf(request: ApiRequest, order: int, lang: str = "") -> HttpResponse:
    """The maintenance sheet of an order as a PDF (F20); `lang` is zh or en."""
    shown = _order(request, order, OrdersPerm.SEE_ORDERS)
    return printed(request, request.employee, lambda: maintenance_sheet(shown))
