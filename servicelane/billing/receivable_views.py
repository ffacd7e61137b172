"""Receivables on the screen: who owes how much for how long, and the account of a customer (BIL-3)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.customers.models import Customer
from servicelane.kernel.routes import HERE, STAFF
from servicelane.orders.http import answer, order_of
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import today_in
from servicelane.people.http import StaffRequest, StoreRequest

from . import account_services, payment_services
from .account_services import account_of, standing_of
from .forms import AccountForm, ChargeForm
from .models import NOTHING
from .permissions import Perm
from .receivables import Age, open_invoices, receivables_of, sums_of
from .views import customers_or_refuse


@STAFF(Perm.SEE_MONEY, scope=HERE)
@require_GET
def receivables(request: StoreRequest) -> HttpResponse:
    """What customers of this store put off and still owe, one row for each; `age` narrows to one column."""
    rows = receivables_of(request.employee, request.store)
    every = [row for one in rows for row in one.rows]
    age = _age(request)
    if age:
        rows = [one for one in rows if any(row.age is age for row in one.rows)]
    context = {
        "rows": rows,
        "ages": Age,
        "age": age,
        "sums": sums_of(every),
        "total": sum((row.amount for row in every), NOTHING),
        "today": today_in(request.store),
    }
    return render(request, "billing/receivables.html", context)


@STAFF(Perm.SEE_MONEY, scope=Customer)
@require_GET
def receivable(request: StaffRequest, pk: int) -> HttpResponse:
    """What one customer put off and still owes in this store, invoice by invoice, and the account."""
    customer = _customer(request, pk, Perm.SEE_MONEY)
    every = open_invoices(request.employee, request.store, customer) if request.store else []
    age = _age(request)
    account = account_of(customer.pk)
    context = {
        "customer": customer,
        "rows": [row for row in every if age is None or row.age is age],
        "age": age,
        "sums": sums_of(every),
        "total": sum((row.amount for row in every), NOTHING),
        "standing": standing_of(account, today_in(request.store)) if account else None,
        "may_set": _may_set(request, customer),
    }
    return render(request, "billing/receivable.html", context)


@STAFF(Perm.SET_ACCOUNTS, scope=Customer)
@require_http_methods(["GET", "POST"])
def account(request: StaffRequest, pk: int) -> HttpResponse:
    """Set how much a customer may leave open, and for how many days."""
    customer = _customer(request, pk, Perm.SET_ACCOUNTS)
    known = account_of(customer.pk)
    form = AccountForm(request.POST) if request.method == "POST" else AccountForm.of(known)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        account_services.set_account(
            customer, entered["limit"], entered["days"], entered["note"],
            by=request.employee, version=form.seen,
        )  # fmt: skip
        messages.success(request, _("The account is set."))
        return redirect("billing:receivable", customer.pk)
    context = {
        "customer": customer,
        "form": form,
        "standing": standing_of(known, today_in(request.store)) if known else None,
    }
    return render(request, "billing/account.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.TAKE_PAYMENT, scope=RepairOrder)
@require_POST
def charge(request: StaffRequest, pk: int) -> HttpResponse:
    """Put what is open on the customer's account, within its limit."""
    order = order_of(request, pk, Perm.TAKE_PAYMENT)
    invoice = customers_or_refuse(order)
    form = ChargeForm(request.POST, invoice=invoice)
    if not form.is_valid():
        return answer(request, order, {"billing.charge": form})
    payment_services.take_payment(invoice, form.paid(), by=request.employee, version=form.seen)
    return redirect("orders:order", order.pk)


def _age(request: HttpRequest) -> Age | None:
    asked = request.GET.get("age", "")
    return Age(asked) if asked in Age.values else None


def _customer(request: StaffRequest, pk: int, perm: Perm) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.employee, perm), pk=pk)


def _may_set(request: StaffRequest, customer: Customer) -> bool:
    return Customer.objects.visible_to(request.employee, Perm.SET_ACCOUNTS).filter(pk=customer.pk).exists()
