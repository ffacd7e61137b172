"""Contacts and complaints for programs: the same services as the pages of care (public contract)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field, model_validator

from servicelane.customers.models import Customer
from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.orders.models import RepairOrder
from servicelane.org.models import Store
from servicelane.people.http import ApiRequest

from . import complaint_services, follow_up_services
from .models import (
    Cause,
    Complaint,
    ComplaintSource,
    ComplaintState,
    FollowUp,
    FollowUpState,
    Outcome,
    Resolution,
    Severity,
)
from .permissions import Perm

router = Router(tags=["care"])
LARGEST_ID = 2**63 - 1
LONGEST = 2000
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class ContactOut(Schema):
    id: int
    store_id: int
    order_id: int
    customer_id: int
    state: str
    delivered_on: date
    from_on: date
    due_on: date
    last_on: date
    next_on: date
    tries: int
    version: int


class ContactsOut(Schema):
    items: list[ContactOut]
    next_cursor: str


class CallIn(Schema):
    outcome: Outcome
    car_ok: bool | None = None
    work_ok: bool | None = None
    price_ok: bool | None = None
    time_ok: bool | None = None
    said: str = Field("", max_length=LONGEST, description="the customer's words; needed when dissatisfied")
    next_try_on: date | None = Field(None, description="when the customer asks to be called later")
    wish: str = Field("", max_length=LONGEST)
    severity: Severity = Severity.MINOR
    version: int | None = Field(None, description="of the contact, as it was read")


class CallOut(Schema):
    id: int
    at: datetime
    outcome: str
    reached: bool
    next_try_on: date | None
    complaint_id: int | None


@router.get("/contacts", response=ContactsOut)
@STAFF(Perm.SEE_CARE, scope=ANYWHERE)
def contacts(
    request: ApiRequest,
    asked: PageQuery,
    due: Annotated[date | None, Query(description="to be called by this day at the latest")] = None,
) -> dict[str, Any]:
    """Customers to be called after their visit; `due` narrows to those due on that day or before."""
    rows = FollowUp.objects.visible_to(request.employee, Perm.SEE_CARE).filter(state=FollowUpState.DUE)
    page, following = page_by_pk(rows.filter(due_on__lte=due) if due else rows, asked)
    return {"items": page, "next_cursor": following}


@router.post("/contacts/{int:contact}/calls", response={201: CallOut})
@STAFF(Perm.CALL, scope=FollowUp)
def record_call(request: ApiRequest, contact: int, made: CallIn) -> Status:
    """Record one call; a dissatisfied customer's complaint is opened with it."""
    rows = FollowUp.objects.visible_to(request.employee, Perm.CALL)
    row = get_object_or_404(rows.select_related("order", "customer", "store"), pk=contact)
    details = follow_up_services.CallDetails(**made.model_dump(exclude={"version"}))
    call = follow_up_services.record_call(row, details, by=request.employee, version=made.version)
    complaint = getattr(call, "complaint", None)
    kept = {name: getattr(call, name) for name in ("at", "outcome", "reached", "next_try_on")}
    return Status(201, CallOut(id=call.pk, complaint_id=complaint.pk if complaint else None, **kept))


class ComplaintIn(Schema):
    """A complaint about an order, or about a customer in a store."""

    order: Id | None = None
    store: Id | None = Field(None, description="needed without an order")
    customer: Id | None = Field(None, description="needed without an order")
    words: str = Field(min_length=1, max_length=LONGEST)
    wish: str = Field("", max_length=LONGEST)
    source: ComplaintSource = ComplaintSource.PHONE
    severity: Severity = Severity.MINOR
    due_at: datetime | None = None

    @model_validator(mode="after")
    def complete(self) -> "ComplaintIn":
        """Refuse a complaint about nobody."""
        if self.order is None and (self.store is None or self.customer is None):
            raise ValueError("order is needed, or store and customer")
        return self


class ComplaintOut(Schema):
    id: int
    store_id: int
    customer_id: int
    vehicle_id: int | None
    order_id: int | None
    owner_id: int | None
    source: str
    severity: str
    state: str
    words: str
    wish: str
    answer: str
    opened_at: datetime
    due_at: datetime
    answered_at: datetime | None
    told_at: datetime | None
    satisfied: bool | None
    cause: str
    outcome: str
    cost: Decimal | None = Field(description="yuan")
    closed_at: datetime | None
    version: int


class ComplaintsOut(Schema):
    items: list[ComplaintOut]
    next_cursor: str


class AnswerIn(Schema):
    text: str = Field(min_length=1, max_length=LONGEST)
    told: bool = False
    version: int | None = None


class CloseIn(Schema):
    satisfied: bool
    cause: Cause
    outcome: Resolution
    told: bool = False
    cost: Decimal = Field(Decimal(0), max_digits=12, decimal_places=2, description="yuan")
    note: str = Field("", max_length=LONGEST)
    version: int | None = None


@router.get("/complaints", response=ComplaintsOut)
@STAFF(Perm.SEE_CARE, scope=ANYWHERE)
def complaints(request: ApiRequest, asked: PageQuery, state: ComplaintState | None = None) -> dict[str, Any]:
    """The complaints of the stores in which the caller sees care, or those in one state."""
    rows = Complaint.objects.visible_to(request.employee, Perm.SEE_CARE)
    page, following = page_by_pk(rows.filter(state=state) if state else rows, asked)
    return {"items": page, "next_cursor": following}


@router.post("/complaints", response={201: ComplaintOut})
@STAFF(Perm.HANDLE_COMPLAINTS, scope=ANYWHERE)
def open_complaint(request: ApiRequest, taken: ComplaintIn) -> Status:
    """Take a complaint about an order, or about a customer in a store."""
    viewer, perm = request.employee, Perm.HANDLE_COMPLAINTS
    entered = taken.model_dump(exclude={"order", "store", "customer"})
    if taken.order is not None:
        orders = RepairOrder.objects.visible_to(viewer, perm).with_car()
        order = get_object_or_404(orders, pk=taken.order)
        details = complaint_services.ComplaintDetails(order.visitor, order=order, **entered)
        store = order.store
    else:
        store = get_object_or_404(Store.objects.visible_to(viewer, perm), pk=taken.store)
        served = Customer.objects.visible_to(viewer, perm).served_in(store)
        customer = get_object_or_404(served, pk=taken.customer)
        details = complaint_services.ComplaintDetails(customer, **entered)
    return Status(201, complaint_services.open_complaint(store, details, by=viewer))


@router.post("/complaints/{int:complaint}/answer", response=ComplaintOut)
@STAFF(Perm.HANDLE_COMPLAINTS, scope=Complaint)
def answer(request: ApiRequest, complaint: int, given: AnswerIn) -> Complaint:
    """Answer a complaint."""
    row = _complaint(request, complaint, Perm.HANDLE_COMPLAINTS)
    details = complaint_services.Answer(given.text, given.told)
    return complaint_services.answer_complaint(row, details, by=request.employee, version=given.version)


@router.post("/complaints/{int:complaint}/close", response=ComplaintOut)
@STAFF(Perm.CLOSE_COMPLAINTS, scope=Complaint)
def close(request: ApiRequest, complaint: int, closing: CloseIn) -> Complaint:
    """Close an answered complaint with the customer's verdict."""
    row = _complaint(request, complaint, Perm.CLOSE_COMPLAINTS)
    details = complaint_services.Closing(**closing.model_dump(exclude={"version"}))
    return complaint_services.close_complaint(row, details, by=request.employee, version=closing.version)


def _complaint(request: ApiRequest, pk: int, perm: Perm) -> Complaint:
    rows = Complaint.objects.visible_to(request.employee, perm)
    return get_object_or_404(rows.with_names(), pk=pk)
