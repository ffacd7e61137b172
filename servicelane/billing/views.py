"""Views of billing: what is done about money on the order page, the settlement list, the cashier's place."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.paging import Pages
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.errors import WrongMoment
from servicelane.orders.http import answer, order_of
from servicelane.orders.models import RepairOrder
from servicelane.people.http import StaffRequest, StoreRequest

from . import deposit_services, exit_services, invoice_services, payment_services
from .bills import discounted
from .forms import (
    CreditForm,
    DepositBackForm,
    DepositForm,
    ExitPassForm,
    OnAccountForm,
    PayForm,
    RefundForm,
    ReleaseForm,
    SettleForm,
)
from .models import ExitPass, Invoice
from .pages import Sheet, cashier, customers_invoice, receivables
from .permissions import Perm

PAGE = 50


@STAFF(Perm.SEE_MONEY, scope=HERE)
@require_GET
def desk(request: StoreRequest) -> HttpResponse:
    """The cashier's place: cars to settle, to pay, to let go, deposits, and what is owed after they left."""
    owed = receivables(request.employee, request.store)
    page = Pages(owed, PAGE).get_page(request.GET.get("page"))
    context = {"cashier": cashier(request.employee, request.store), "page": page}
    return render(request, "billing/cashier.html", context)


@STAFF(Perm.SETTLE, scope=RepairOrder)
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """Issue the invoices of an order."""
    order = order_of(request, pk, Perm.SETTLE)
    form = SettleForm(request.POST, order=order, viewer=request.employee)
    if not form.is_valid():
        return answer(request, order, {"billing.settle": form})
    invoice_services.settle(order, form.settlement(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.GIVE_DISCOUNT, scope=RepairOrder)
@require_GET
def try_discount(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what the customer would pay with a discount, or who can release it."""
    order = order_of(request, pk, Perm.GIVE_DISCOUNT)
    asked = {"discount": request.GET.get("discount", ""), "reason": "-"}
    form = SettleForm(asked, order=order, viewer=request.employee)
    context: dict[str, Any] = {"form": form, "order": order}
    if form.is_valid():
        bill = invoice_services.customers_bill(order)
        share = form.settlement().discount_percent / 100
        reduced = discounted(bill, share)
        context |= {"bill": reduced, "given": reduced.gross - bill.gross}
    return render(request, "billing/_discount.html", context)


@STAFF(Perm.RELEASE_DISCOUNT, scope=RepairOrder)
@require_POST
def release_discount(request: StaffRequest, pk: int) -> HttpResponse:
    """Release a discount for whoever settles."""
    order = order_of(request, pk, Perm.RELEASE_DISCOUNT)
    form = ReleaseForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"billing.release": form})
    entered = form.cleaned_data
    invoice_services.release_discount(
        order, entered["percent"], entered["reason"], by=request.employee, version=form.seen
    )
    return redirect("orders:order", order.pk)


def customers_or_refuse(order: RepairOrder) -> Invoice:
    """Return the customer's invoice of an order that is payable; raises WrongMoment without one."""
    invoice = customers_invoice(order)
    if invoice is None:
        raise WrongMoment(order=order, now=order.get_status_display())
    return invoice


@STAFF(Perm.TAKE_PAYMENT, scope=RepairOrder)
@require_POST
def pay(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the customer's payment on the order page."""
    order = order_of(request, pk, Perm.TAKE_PAYMENT)
    invoice = customers_or_refuse(order)
    form = PayForm(request.POST, invoice=invoice)
    if not form.is_valid():
        return answer(request, order, {"billing.pay": form})
    payment_services.take_payment(invoice, form.paid(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.TAKE_PAYMENT, scope=RepairOrder)
@require_POST
def take_deposit(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a deposit on the order page."""
    order = order_of(request, pk, Perm.TAKE_PAYMENT)
    form = DepositForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"billing.deposit": form})
    deposit_services.take_deposit(order, form.paid(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.CREDIT, scope=RepairOrder)
@require_POST
def return_deposit(request: StaffRequest, pk: int) -> HttpResponse:
    """Pay back what is left of a deposit."""
    order = order_of(request, pk, Perm.CREDIT)
    form = DepositBackForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"billing.deposit_back": form})
    deposit_services.return_deposit(order, form.paid(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.ON_ACCOUNT, scope=RepairOrder)
@require_POST
def on_account(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the customer pay later what is open."""
    order = order_of(request, pk, Perm.ON_ACCOUNT)
    invoice = customers_or_refuse(order)
    form = OnAccountForm(request.POST, invoice=invoice)
    if not form.is_valid():
        return answer(request, order, {"billing.on_account": form})
    payment_services.take_payment(invoice, form.paid(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


@STAFF(Perm.EXIT_PASS, scope=RepairOrder)
@require_POST
def issue_exit_pass(request: StaffRequest, pk: int) -> HttpResponse:
    """Release the car and its key to whoever collects them."""
    order = order_of(request, pk, Perm.EXIT_PASS)
    form = ExitPassForm(request.POST, order=order)
    if not form.is_valid():
        return answer(request, order, {"billing.exit_pass": form})
    exit_services.issue_exit_pass(order, form.collector(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


def _invoice(request: StaffRequest, pk: int, perm: Perm) -> Invoice:
    rows = Invoice.objects.visible_to(request.employee, perm)
    of_order = ("order__vehicle", "order__customer", "order__advisor", "order__store")
    return get_object_or_404(
        rows.select_related(*of_order, "store", "payer", "credit_of", "issued_by"), pk=pk
    )


def _sheet(request: StaffRequest, invoice: Invoice, **bound: Any) -> HttpResponse:
    may = request.employee.may
    forms: dict[str, Any] = {}
    if invoice.owed and may(Perm.TAKE_PAYMENT, invoice.store):
        forms["pay"] = PayForm.of(invoice)
    if invoice.stands and may(Perm.CREDIT, invoice.store):
        if invoice.paid:
            forms["refund"] = RefundForm(invoice=invoice, initial={"amount": invoice.paid})
        else:
            forms["credit"] = CreditForm(invoice=invoice)
    context = {
        "invoice": invoice,
        "order": invoice.order,
        "sheet": Sheet(invoice),
        "forms": {**forms, **bound},
    }
    return render(request, "billing/invoice.html", context, status=422 if bound else 200)


@STAFF(Perm.SEE_MONEY, scope=Invoice)
@require_GET
def invoice(request: StaffRequest, pk: int) -> HttpResponse:
    """One invoice as a settlement list to read and to print, and what can be done about it."""
    return _sheet(request, _invoice(request, pk, Perm.SEE_MONEY))


@STAFF(Perm.TAKE_PAYMENT, scope=Invoice)
@require_POST
def take_payment(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a payment on the page of an invoice, also when the car has left."""
    shown = _invoice(request, pk, Perm.TAKE_PAYMENT)
    form = PayForm(request.POST, invoice=shown)
    if not form.is_valid():
        return _sheet(request, shown, pay=form)
    payment_services.take_payment(shown, form.paid(), by=request.employee, version=form.seen)
    return redirect("billing:invoice", shown.pk)


@STAFF(Perm.CREDIT, scope=Invoice)
@require_POST
def refund(request: StaffRequest, pk: int) -> HttpResponse:
    """Pay money back."""
    shown = _invoice(request, pk, Perm.CREDIT)
    form = RefundForm(request.POST, invoice=shown)
    if not form.is_valid():
        return _sheet(request, shown, refund=form)
    payment_services.refund(shown, form.paid(), by=request.employee, version=form.seen)
    return redirect("billing:invoice", shown.pk)


@STAFF(Perm.CREDIT, scope=Invoice)
@require_POST
def credit(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the invoices of an order back."""
    shown = _invoice(request, pk, Perm.CREDIT)
    form = CreditForm(request.POST, invoice=shown)
    if not form.is_valid():
        return _sheet(request, shown, credit=form)
    invoice_services.credit(shown, form.cleaned_data["reason"], by=request.employee, version=form.seen)
    return redirect("orders:order", shown.order_id)


@STAFF(Perm.EXIT_PASS, scope=ExitPass)
@require_GET
def exit_pass(request: StaffRequest, pk: int) -> HttpResponse:
    """One exit pass to print: the gate and the key cabinet read it (form F07)."""
    rows = ExitPass.objects.visible_to(request.employee, Perm.EXIT_PASS)
    related = ("order__vehicle", "order__customer", "store", "issued_by")
    shown = get_object_or_404(rows.select_related(*related), pk=pk)
    context = {"exit_pass": shown, "order": shown.order, "invoice": customers_invoice(shown.order)}
    return render(request, "billing/exit_pass.html", context)
