"""Money for programs: the same services as the pages (public contract)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from servicelane.booking.models import Booking
from servicelane.customers.models import Customer
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.orders.documents import PDF, printed
from servicelane.orders.models import CollectorRelation, RepairOrder
from servicelane.org.models import Store
from servicelane.people.http import ApiRequest

from . import (
    account_services,
    booked_deposit_services,
    cash_services,
    deposit_services,
    exit_services,
    invoice_services,
    payment_services,
)
from .account_services import MOST, MOST_DAYS
from .models import CashDay, DocumentSeen, ExitPass, Invoice, Way
from .permissions import Perm
from .printed import exit_pass as exit_pass_paper
from .printed import exit_pass_of, invoice_of
from .printed import settlement as settlement_paper
from .receivables import Age, Receivable, receivables_of

router = Router(tags=["billing"])


class SettleIn(Schema):
    discount_percent: Decimal = Field(Decimal(0), ge=0, le=100, decimal_places=2)
    reason: str = Field("", max_length=300)
    version: int | None = Field(None, description="version of the order that was read")


class InvoiceOut(Schema):
    id: int
    number: str
    payer_kind: str
    gross: str
    net: str
    tax: str
    discount: str
    paid: str
    on_account: str
    owed: str
    state: str
    issued_at: datetime


def _out(invoice: Invoice) -> dict[str, Any]:
    amounts = ("gross", "net", "tax", "discount", "paid", "on_account", "owed")
    plain = ("number", "payer_kind", "state", "issued_at")
    return {
        "id": invoice.pk,
        **{name: getattr(invoice, name) for name in plain},
        **{name: f"{getattr(invoice, name):.2f}" for name in amounts},
    }


def _order(request: ApiRequest, pk: int, perm: Perm) -> RepairOrder:
    rows = RepairOrder.objects.visible_to(request.employee, perm)
    return get_object_or_404(rows.select_related("store", "customer", "driver"), pk=pk)


def _invoice(request: ApiRequest, pk: int, perm: Perm) -> Invoice:
    rows = Invoice.objects.visible_to(request.employee, perm)
    return get_object_or_404(rows.select_related("order", "store"), pk=pk)


@router.post("/orders/{int:order}/settle", response={201: list[InvoiceOut]})
@STAFF(Perm.SETTLE, scope=RepairOrder)
def settle(request: ApiRequest, order: int, wanted: SettleIn) -> Status:
    """Issue an invoice to every payer of an order and move it to settled."""
    shown = _order(request, order, Perm.SETTLE)
    settlement = invoice_services.Settlement(wanted.discount_percent, wanted.reason)
    invoices = invoice_services.settle(shown, settlement, by=request.employee, version=wanted.version)
    return Status(201, [_out(invoice) for invoice in invoices])


class PaymentIn(Schema):
    way: Way
    amount: Decimal = Field(gt=0, decimal_places=2, max_digits=11)
    reference: str = Field("", max_length=120, description="receipt number, or why it is put on account")
    version: int | None = None


@router.post("/invoices/{int:invoice}/payments", response={201: InvoiceOut})
@STAFF(Perm.TAKE_PAYMENT, scope=Invoice)
def take_payment(request: ApiRequest, invoice: int, paid: PaymentIn) -> Status:
    """Book a payment, or put an amount on account."""
    shown = _invoice(request, invoice, Perm.TAKE_PAYMENT)
    entered = payment_services.Paid(paid.way, paid.amount, paid.reference)
    payment_services.take_payment(shown, entered, by=request.employee, version=paid.version)
    return Status(201, _out(shown))


class DepositOut(Schema):
    """The deposit of an order: `held` is what is left of it, in yuan."""

    order: int
    held: str
    version: int


def _deposit(order: RepairOrder) -> dict[str, Any]:
    return {"order": order.pk, "held": f"{deposit_services.held(order):.2f}", "version": order.version}


@router.get("/orders/{int:order}/deposit", response=DepositOut)
@STAFF(Perm.SEE_MONEY, scope=RepairOrder)
def deposit(request: ApiRequest, order: int) -> dict[str, Any]:
    """What is left of the deposits of an order."""
    return _deposit(_order(request, order, Perm.SEE_MONEY))


@router.post("/orders/{int:order}/deposit", response={201: DepositOut})
@STAFF(Perm.TAKE_PAYMENT, scope=RepairOrder)
def take_deposit(request: ApiRequest, order: int, paid: PaymentIn) -> Status:
    """Take a deposit before the settlement, which uses it."""
    shown = _order(request, order, Perm.TAKE_PAYMENT)
    entered = payment_services.Paid(paid.way, paid.amount, paid.reference)
    deposit_services.take_deposit(shown, entered, by=request.employee, version=paid.version)
    return Status(201, _deposit(shown))


@router.post("/orders/{int:order}/deposit/return", response={201: DepositOut})
@STAFF(Perm.CREDIT, scope=RepairOrder)
def return_deposit(request: ApiRequest, order: int, back: PaymentIn) -> Status:
    """Pay back what is left of a deposit; `reference` says why."""
    shown = _order(request, order, Perm.CREDIT)
    entered = payment_services.Paid(back.way, back.amount, back.reference)
    deposit_services.return_deposit(shown, entered, by=request.employee, version=back.version)
    return Status(201, _deposit(shown))


class CreditIn(Schema):
    reason: str = Field(min_length=1, max_length=300)
    version: int | None = None


class BookedDepositOut(Schema):
    """The deposit of a booking: `held` is what is left of it, in yuan, 0 once the order has it."""

    booking: int
    held: str
    version: int


class KeepIn(Schema):
    reference: str = Field(min_length=1, max_length=120, description="why it is kept")
    version: int | None = None


def _booked(booking: Booking) -> dict[str, Any]:
    held = booked_deposit_services.held(booking)
    return {"booking": booking.pk, "held": f"{held:.2f}", "version": booking.version}


def _booking(request: ApiRequest, pk: int, perm: Perm) -> Booking:
    return get_object_or_404(Booking.objects.visible_to(request.employee, perm).with_car(), pk=pk)


@router.get("/bookings/{int:booking}/deposit", response=BookedDepositOut)
@STAFF(Perm.SEE_MONEY, scope=Booking)
def booked_deposit(request: ApiRequest, booking: int) -> dict[str, Any]:
    """What is left of the deposits of a booking."""
    return _booked(_booking(request, booking, Perm.SEE_MONEY))


@router.post("/bookings/{int:booking}/deposit", response={201: BookedDepositOut})
@STAFF(Perm.TAKE_PAYMENT, scope=Booking)
def take_booked_deposit(request: ApiRequest, booking: int, paid: PaymentIn) -> Status:
    """Take a deposit on a booking; its order has it when the car is received."""
    shown = _booking(request, booking, Perm.TAKE_PAYMENT)
    entered = payment_services.Paid(paid.way, paid.amount, paid.reference)
    booked_deposit_services.take_deposit(shown, entered, by=request.employee, version=paid.version)
    return Status(201, _booked(shown))


@router.post("/bookings/{int:booking}/deposit/return", response={201: BookedDepositOut})
@STAFF(Perm.CREDIT, scope=Booking)
def return_booked_deposit(request: ApiRequest, booking: int, back: PaymentIn) -> Status:
    """Pay back what is left of a booking's deposit; `reference` says why."""
    shown = _booking(request, booking, Perm.CREDIT)
    entered = payment_services.Paid(back.way, back.amount, back.reference)
    booked_deposit_services.return_deposit(shown, entered, by=request.employee, version=back.version)
    return Status(201, _booked(shown))


@router.post("/bookings/{int:booking}/deposit/keep", response={201: BookedDepositOut})
@STAFF(Perm.CREDIT, scope=Booking)
def keep_booked_deposit(request: ApiRequest, booking: int, kept: KeepIn) -> Status:
    """Keep what is left of the deposit of a booking whose car did not come; `reference` says why."""
    shown = _booking(request, booking, Perm.CREDIT)
    booked_deposit_services.keep_deposit(shown, kept.reference, by=request.employee, version=kept.version)
    return Status(201, _booked(shown))


@router.post("/invoices/{int:invoice}/credit", response={201: list[InvoiceOut]})
@STAFF(Perm.CREDIT, scope=Invoice)
def credit(request: ApiRequest, invoice: int, wanted: CreditIn) -> Status:
    """Take the invoices of the order back by credit notes; before hand-over it can then be settled anew."""
    shown = _invoice(request, invoice, Perm.CREDIT)
    notes = invoice_services.credit(shown, wanted.reason, by=request.employee, version=wanted.version)
    return Status(201, [_out(note) for note in notes])


class ExitPassIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    relation: CollectorRelation = CollectorRelation.OWNER
    document: DocumentSeen = DocumentSeen.KNOWN
    version: int | None = None


class ExitPassOut(Schema):
    id: int
    number: str
    relation: str
    key_tag: str
    issued_at: datetime


@router.post("/orders/{int:order}/exit-pass", response={201: ExitPassOut})
@STAFF(Perm.EXIT_PASS, scope=RepairOrder)
def exit_pass(request: ApiRequest, order: int, collected: ExitPassIn) -> Status:
    """Release the car of a settled order to whoever collects it."""
    shown = _order(request, order, Perm.EXIT_PASS)
    collector = exit_services.Collector(collected.name, collected.relation, collected.document)
    issued = exit_services.issue_exit_pass(shown, collector, by=request.employee, version=collected.version)
    return Status(201, issued)


class OpeningIn(Schema):
    store: int = Field(ge=1, le=2**63 - 1, description="id of the store")
    opening: Decimal = Field(ge=0, le=cash_services.MOST_IN_TILL, decimal_places=2, description="yuan")


class CountedIn(Schema):
    counted: Decimal = Field(ge=0, le=cash_services.MOST_IN_TILL, decimal_places=2, description="yuan")
    left: Decimal = Field(Decimal(0), ge=0, le=cash_services.MOST_IN_TILL, decimal_places=2)
    reason: str = Field("", max_length=300, description="why the count differs")


class CashDayOut(Schema):
    id: int
    store: int
    cashier: int
    opened_at: datetime
    closed_at: datetime | None
    opening: str
    expected: str | None
    counted: str | None
    left: str | None
    difference: str | None


def _day_out(day: CashDay) -> dict[str, Any]:
    amounts = ("opening", "expected", "counted", "left", "difference")
    written = {name: None if getattr(day, name) is None else f"{getattr(day, name):.2f}" for name in amounts}
    times = {"opened_at": day.opened_at, "closed_at": day.closed_at}
    return {"id": day.pk, "store": day.store_id, "cashier": day.cashier_id, **times, **written}


@router.post("/cash-days", response={201: CashDayOut})
@STAFF(Perm.TAKE_PAYMENT, scope=ANYWHERE)
def open_cash_day(request: ApiRequest, wanted: OpeningIn) -> Status:
    """Begin the caller's day at the till with the counted float."""
    store = get_object_or_404(Store.objects.visible_to(request.employee, Perm.TAKE_PAYMENT), pk=wanted.store)
    return Status(201, _day_out(cash_services.open_day(store, wanted.opening, by=request.employee)))


@router.get("/cash-days/{int:day}", response=CashDayOut)
@STAFF(Perm.SEE_MONEY, scope=CashDay)
def cash_day(request: ApiRequest, day: int) -> dict[str, Any]:
    """One cashier's day at the till; amounts are yuan, null before the closing."""
    return _day_out(get_object_or_404(CashDay.objects.visible_to(request.employee, Perm.SEE_MONEY), pk=day))


@router.post("/cash-days/{int:day}/close", response=CashDayOut)
@STAFF(Perm.TAKE_PAYMENT, scope=CashDay)
def close_cash_day(request: ApiRequest, day: int, counted: CountedIn) -> dict[str, Any]:
    """Close the caller's day with the counted till; a difference needs its reason."""
    rows = CashDay.objects.visible_to(request.employee, Perm.TAKE_PAYMENT).select_related("store", "cashier")
    told = cash_services.Counted(counted.counted, counted.left, counted.reason)
    return _day_out(cash_services.close_day(get_object_or_404(rows, pk=day), told, by=request.employee))


@router.get("/invoices/{int:invoice}/settlement.pdf", response=bytes, openapi_extra=PDF)
@STAFF(Perm.SEE_MONEY, scope=Invoice)
def settlement_pdf(request: ApiRequest, invoice: int, lang: str = "") -> HttpResponse:
    """The settlement list or credit note as a PDF (F05); `lang` is zh or en."""
    found = invoice_of(request.employee, invoice)
    return printed(request, request.employee, lambda: settlement_paper(found))


@router.get("/exit-passes/{int:exit_pass}/exit-pass.pdf", response=bytes, openapi_extra=PDF)
@STAFF(Perm.EXIT_PASS, scope=ExitPass)
def exit_pass_pdf(request: ApiRequest, exit_pass: int, lang: str = "") -> HttpResponse:
    """The exit pass as a PDF (F07); `lang` is zh or en."""
    found = exit_pass_of(request.employee, exit_pass)
    return printed(request, request.employee, lambda: exit_pass_paper(found))


class ReceivableInvoiceOut(Schema):
    """One invoice that is put off: `open` is what of it is not received yet; `age` as in the columns."""

    id: int
    number: str
    open: str
    due_on: date
    age: Age


class ReceivableOut(Schema):
    """What one customer put off in a store; yuan. `limit` and `days` are null without an account."""

    customer: int
    name: str
    open: str
    limit: str | None
    days: int | None
    oldest: date
    by_age: dict[str, str]
    invoices: list[ReceivableInvoiceOut]


@router.get("/stores/{int:store}/receivables", response=list[ReceivableOut])
@STAFF(Perm.SEE_MONEY, scope=Store)
def receivables(request: ApiRequest, store: int) -> list[dict[str, Any]]:
    """What customers of a store put off and still owe, the earliest day to pay first."""
    shown = get_object_or_404(Store.objects.visible_to(request.employee, Perm.SEE_MONEY), pk=store)
    return [_receivable(row) for row in receivables_of(request.employee, shown)]


def _receivable(row: Receivable) -> dict[str, Any]:
    return {
        "customer": row.customer.pk,
        "name": row.customer.name,
        "open": f"{row.total:.2f}",
        "limit": f"{row.account.limit:.2f}" if row.account else None,
        "days": row.account.days if row.account else None,
        "oldest": row.oldest,
        "by_age": {str(age): f"{amount:.2f}" for age, amount in row.by_age},
        "invoices": [
            {
                "id": one.invoice.pk,
                "number": one.invoice.number,
                "open": f"{one.amount:.2f}",
                "due_on": one.due_on,
                "age": one.age,
            }
            for one in row.rows
        ],
    }


class AccountIn(Schema):
    limit: Decimal = Field(ge=0, le=MOST, decimal_places=2, description="yuan, 0 closes the account")
    days: int = Field(ge=0, le=MOST_DAYS, description="days to pay")
    note: str = Field("", max_length=300)
    version: int | None = Field(None, description="version of the account that was read, 0 for none")


class AccountOut(Schema):
    customer: int
    limit: str
    days: int
    version: int


@router.put("/customers/{int:customer}/account", response=AccountOut)
@STAFF(Perm.SET_ACCOUNTS, scope=Customer)
def set_account(request: ApiRequest, customer: int, wanted: AccountIn) -> dict[str, Any]:
    """Let a customer pay later up to a limit."""
    shown = get_object_or_404(Customer.objects.visible_to(request.employee, Perm.SET_ACCOUNTS), pk=customer)
    kept = account_services.set_account(
        shown, wanted.limit, wanted.days, wanted.note, by=request.employee, version=wanted.version
    )
    return {"customer": shown.pk, "limit": f"{kept.limit:.2f}", "days": kept.days, "version": kept.version}
