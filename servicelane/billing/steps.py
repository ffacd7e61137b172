"""The steps that billing offers on the order page: settle, take the payment, issue the exit pass."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.steps import Step, step
from servicelane.org.queries import today_in
from servicelane.people.models import Employee

from .account_services import Standing, account_of, standing_of
from .bills import said
from .deposit_services import BEFORE_SETTLEMENT, held
from .discounts import limit_of, names_of, released_of
from .exit_services import exit_pass_of
from .forms import (
    ChargeForm,
    DepositBackForm,
    DepositForm,
    ExitPassForm,
    OnAccountForm,
    PayForm,
    ReleaseForm,
    SettleForm,
)
from .models import NOTHING, Invoice, in_percent
from .pages import Money, checklist, customers_invoice
from .permissions import Perm

Form = BaseForm | None


@step(Status.READY, code="billing.settle", rank=10)
def settle(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Settle the order. About fifteen queries."""
    if not viewer.may(Perm.SETTLE, order.store):
        return None
    release = released_of(order)
    known = {"discount": release.percent, "reason": release.reason} if release else {}
    form = bound or SettleForm(order=order, viewer=viewer, initial=known)
    points = checklist(order)
    still = [point.words for point in points if not point.is_done]
    limit = limit_of(viewer, order.store)
    return Step(
        code="billing.settle",
        title=_("Settle"),
        template="billing/_settle.html",
        url=reverse("billing:settle", args=[order.pk]),
        label=_("Settle"),
        context={
            "form": form,
            "bills": Money(order).bills,
            "points": points,
            "release": release,
            "limit": in_percent(limit) if limit else None,
        },
        after=_("Each payer gets an invoice; then the payment is taken."),
        blocked=_("First: {open}").format(open="; ".join(still)) if still else "",
    )


@step(*BEFORE_SETTLEMENT, code="billing.deposit", rank=65)
def deposit(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Take a deposit. No query."""
    if not viewer.may(Perm.TAKE_PAYMENT, order.store):
        return None
    return Step(
        code="billing.deposit",
        title=_("Take a deposit"),
        template="orders/_fields.html",
        url=reverse("billing:take_deposit", args=[order.pk]),
        label=_("Book the deposit"),
        context={"form": bound or DepositForm(order=order)},
        after=_("The settlement uses it; what is left over is paid back."),
        aside=True,
    )


@step(*Status, code="billing.deposit_back", rank=66)
def deposit_back(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Pay back what is left of a deposit. One query."""
    if not viewer.may(Perm.CREDIT, order.store):
        return None
    left = held(order)
    if not left:
        return None
    return Step(
        code="billing.deposit_back",
        title=_("Pay the deposit back"),
        template="orders/_fields.html",
        url=reverse("billing:return_deposit", args=[order.pk]),
        label=_("Pay the deposit back"),
        context={"form": bound or DepositBackForm(order=order, initial={"amount": left})},
        after=_("{amount} of deposit is left.").format(amount=said(left)),
    )


@step(Status.QUALITY_CHECK, Status.READY, code="billing.release", rank=60)
def release(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Release a higher discount for whoever settles. Two queries."""
    if not viewer.may(Perm.RELEASE_DISCOUNT, order.store) or not limit_of(viewer, order.store):
        return None
    limit = in_percent(limit_of(viewer, order.store))
    return Step(
        code="billing.release",
        title=_("Release a discount"),
        template="orders/_fields.html",
        url=reverse("billing:release_discount", args=[order.pk]),
        label=_("Release it"),
        context={"form": bound or ReleaseForm(order=order)},
        after=_("Up to your limit of {limit} %; whoever settles can then give it.").format(limit=limit),
    )


@step(Status.SETTLED, code="billing.pay", rank=10)
def pay(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Take the customer's payment while something is open. One query."""
    if not viewer.may(Perm.TAKE_PAYMENT, order.store):
        return None
    invoice = customers_invoice(order)
    if invoice is None or not invoice.open:
        return None
    return Step(
        code="billing.pay",
        title=_("Take the payment"),
        template="billing/_pay.html",
        url=reverse("billing:pay", args=[order.pk]),
        label=_("Book the payment"),
        context={"form": bound or PayForm.of(invoice), "invoice": invoice},
        after=_("Less than the whole is a part payment; the rest stays open."),
    )


@step(Status.SETTLED, code="billing.exit_pass", rank=15)
def exit_pass(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Issue the exit pass once the customer's part is paid or put off. Two queries."""
    if not viewer.may(Perm.EXIT_PASS, order.store) or exit_pass_of(order):
        return None
    invoice = customers_invoice(order)
    still = invoice.open if invoice else 0
    if still and viewer.may(Perm.TAKE_PAYMENT, order.store):
        return None
    blocked = ""
    if invoice and still:
        blocked = _("{amount} is not paid yet: the cashier takes it.").format(amount=said(invoice.open))
    return Step(
        code="billing.exit_pass",
        title=_("Issue the exit pass"),
        template="billing/_exit_pass.html",
        url=reverse("billing:issue_exit_pass", args=[order.pk]),
        label=_("Issue the exit pass"),
        context={"form": bound or ExitPassForm.of(order)},
        after=_("The key may be handed over; next the car is delivered."),
        blocked=blocked,
    )


@step(Status.SETTLED, code="billing.on_account", rank=30)
def on_account(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Let the customer pay later, without an account or beyond its limit. Three queries at most."""
    if not viewer.may(Perm.ON_ACCOUNT, order.store):
        return None
    invoice = customers_invoice(order)
    if invoice is None or not invoice.open:
        return None
    standing = _standing(order)
    over = standing.over(invoice.open) if standing else NOTHING
    if standing and not over and viewer.may(Perm.TAKE_PAYMENT, order.store):
        return None
    after = _("It stays a receivable; the exit pass can be issued.")
    if standing and over:
        after = _("{over} beyond the limit of {limit}, {open} is open; your reason is recorded.").format(
            over=said(over), limit=said(standing.account.limit), open=said(standing.open)
        )
    return Step(
        code="billing.on_account",
        title=_("Let the customer pay later"),
        template="orders/_fields.html",
        url=reverse("billing:on_account", args=[order.pk]),
        label=_("Put {amount} on account").format(amount=said(invoice.open)),
        context={"form": bound or OnAccountForm(invoice=invoice)},
        after=after,
    )


@step(Status.SETTLED, code="billing.charge", rank=8)
def charge(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Put what is open on the customer's account, while its limit allows. Three queries."""
    found = _chargeable(order, viewer)
    return _charge(order, *found, bound) if found and not found[1].over(found[0].open) else None


@step(Status.SETTLED, code="billing.charge", rank=32)
def charge_beyond(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Say how far what is open is beyond the customer's limit, and who may release it. Seven queries."""
    found = _chargeable(order, viewer)
    over = found[1].over(found[0].open) if found else NOTHING
    if found is None or not over or viewer.may(Perm.ON_ACCOUNT, order.store):
        return None
    who = names_of(order.store, Perm.ON_ACCOUNT)
    blocked = _("{over} beyond the limit. It can be released by: {who}").format(over=said(over), who=who)
    return _charge(order, *found, bound, blocked)


def _charge(order: RepairOrder, invoice: Invoice, standing: Standing, bound: Form, blocked: str = "") -> Step:
    return Step(
        code="billing.charge",
        title=_("Put it on the account"),
        template="billing/_charge.html",
        url=reverse("billing:charge", args=[order.pk]),
        label=_("Put {amount} on account").format(amount=said(invoice.open)),
        context={"form": bound or ChargeForm(invoice=invoice), "standing": standing, "invoice": invoice},
        after=_("It stays a receivable; the exit pass can be issued."),
        blocked=blocked,
    )


def _chargeable(order: RepairOrder, viewer: Employee) -> tuple[Invoice, Standing] | None:
    if not viewer.may(Perm.TAKE_PAYMENT, order.store):
        return None
    invoice = customers_invoice(order)
    standing = _standing(order) if invoice and invoice.open else None
    return (invoice, standing) if invoice and standing else None


def _standing(order: RepairOrder) -> Standing | None:
    account = account_of(order.customer_id)
    return standing_of(account, today_in(order.store)) if account else None
